/** Clips brought to a length: short ones repeated, long ones cropped, or each left as long as it is within bounds. */
import { AudioError, ConfigError } from '../runtime/errors.js';
import type { Random } from '../runtime/random.js';

/**
 * A clip of exactly `nSamples`: a shorter one repeated from its start, as ASVspoof baselines do, a longer one cropped.
 *
 * @param waveform any rate; left as it is
 * @param nSamples at least 1
 * @param random draws where the crop starts, all starts equally likely; without it the crop is the first `nSamples`
 * @returns may share memory with `waveform`
 * @throws AudioError where there is no sample to repeat
 */
export function toFixedLength(waveform: Float32Array, nSamples: number, random?: Random): Float32Array {
  if (!Number.isSafeInteger(nSamples) || nSamples < 1) {
    throw new ConfigError(`fixed length: expected at least 1 sample, got ${nSamples}`);
  }
  const nGiven = waveform.length;
  if (nGiven === 0) throw new AudioError('fixed length: expected at least 1 sample of audio, got none');
  if (nGiven === nSamples) return waveform;
  if (nGiven > nSamples) {
    const start = random === undefined ? 0 : random.integer(nGiven - nSamples + 1);
    return waveform.subarray(start, start + nSamples);
  }
  return repeated(waveform, nSamples, 0);
}

/** Samples that a clip of its own length is repeated to at least: those of one frame of Wav2Vec2. */
const LEAST_SAMPLES = 400;

/**
 * A clip as long as it is, but for one of less than 400 samples, which is repeated to these, and one that is too long, which
 * is cropped.
 *
 * @param mostSamples at least 400
 * @param random as in `toFixedLength`
 * @returns may share memory with `waveform`
 * @throws AudioError where there is no sample to repeat
 */
export function toOwnLength(waveform: Float32Array, mostSamples: number, random?: Random): Float32Array {
  return toFixedLength(waveform, Math.min(Math.max(waveform.length, LEAST_SAMPLES), mostSamples), random);
}

/**
 * `nSamples` of a clip that is played over and over, starting at `offset`.
 *
 * @param waveform at least 1 sample
 * @param offset 0 to `waveform.length - 1`
 * @returns freshly allocated
 */
export function repeated(waveform: Float32Array, nSamples: number, offset: number): Float32Array {
  const result = new Float32Array(nSamples);
  let at = 0;
  let from = offset;
  while (at < nSamples) {
    const part = waveform.subarray(from, from + nSamples - at);
    result.set(part, at);
    at += part.length;
    from = 0;
  }
  return result;
}
