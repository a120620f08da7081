/** Sampling-rate conversion of a recording that comes in pieces: the numbers of `resample`, in constant memory. */
import { filterReach, KAISER_BEST, type ResampleFilter, resample } from './resample.js';

/** Samples of input that are converted in one go, about, where nothing else is asked for. */
const BLOCK = 2 ** 16;

/** Converts a recording piece by piece. */
export interface StreamResampler {
  /** Takes a piece; what can be computed so far. */
  push(piece: Float32Array): Float32Array;
  /** What is left at the end. */
  finish(): Float32Array;
}

/**
 * Makes a converter for one recording.
 *
 * @param from positive whole number of Hz
 * @param to positive whole number of Hz
 * @param nPiece samples of input that are converted in one go, about: fewer come out sooner and cost more
 */
export function createStreamResampler(
  from: number,
  to: number,
  filter: ResampleFilter = KAISER_BEST,
  nPiece = BLOCK,
): StreamResampler {
  const { step, reach } = filterReach(from, to, filter);
  // Whole steps, so that each piece begins where a phase of the filter does.
  const context = Math.ceil(reach / step) * step;
  const block = Math.max(1, Math.ceil(nPiece / step)) * step;
  /** What is kept: `nBefore` samples that are done but still heard, then what is to be done. */
  let kept = new Float32Array(0);
  let nBefore = 0;
  const outputsOf = (nInputs: number) => Math.ceil((nInputs * to) / from);
  const convert = (nInputs: number): Float32Array => {
    const heard = kept.subarray(0, Math.min(kept.length, nBefore + nInputs + context));
    const skipped = outputsOf(nBefore);
    const converted = resample(heard, from, to, filter);
    const output = converted.slice(skipped, outputsOf(nBefore + nInputs));
    const done = nBefore + nInputs;
    nBefore = Math.min(done, context);
    kept = kept.slice(done - nBefore);
    return output;
  };
  return {
    push: (piece) => {
      if (from === to) return piece;
      const all = new Float32Array(kept.length + piece.length);
      all.set(kept);
      all.set(piece, kept.length);
      kept = all;
      const nReady = Math.floor((kept.length - nBefore - context) / block) * block;
      return nReady > 0 ? convert(nReady) : new Float32Array(0);
    },
    finish: () => (from === to ? new Float32Array(0) : convert(kept.length - nBefore)),
  };
}
