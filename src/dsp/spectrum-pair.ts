/** The power spectra of two frames: the innermost work of every spectrogram. */
import { createFourierTransform } from './fourier.js';
import { createSpectrumKernel } from './spectrum-kernel.js';

/** The power spectra of two frames, and the memory that goes in and out. Not re-entrant. */
export interface SpectrumPair {
  /** The sample before the first frame, then both frames, the second `hopLength` samples after the first. */
  readonly samples: Float32Array;
  /** `[nFft / 2 + 1]` each. */
  readonly powers: readonly [Float64Array, Float64Array];
  /** Passes both frames through y[n] = x[n] - preEmphasis x[n-1] and the window, and computes their spectra. */
  run(preEmphasis: number): void;
}

/**
 * The fastest way to the spectra of a size: the kernel for powers of two, fft.js for all others.
 *
 * @param nFft even
 * @param window at most `nFft` values; the rest of the transform's input is 0
 */
export function createSpectrumPair(nFft: number, window: Float64Array, hopLength: number): SpectrumPair {
  const isPowerOfTwo = (nFft & (nFft - 1)) === 0;
  return isPowerOfTwo && nFft >= 8
    ? createSpectrumKernel(nFft, window, hopLength)
    : createGeneralSpectrumPair(nFft, window, hopLength);
}

/** The spectra by `createFourierTransform`, of any even size. */
export function createGeneralSpectrumPair(nFft: number, window: Float64Array, hopLength: number): SpectrumPair {
  const half = nFft / 2;
  const { input, output, run: transform } = createFourierTransform(half);
  const twiddles = new Float64Array(2 * Math.floor(half / 2) + 2);
  for (let i = 0; i < twiddles.length; i += 2) {
    twiddles[i] = Math.cos((Math.PI * i) / nFft);
    twiddles[i + 1] = -Math.sin((Math.PI * i) / nFft);
  }
  const samples = new Float32Array(1 + hopLength + window.length);
  const powers = [new Float64Array(half + 1), new Float64Array(half + 1)] as const;
  const run = (preEmphasis: number): void => {
    for (const [i, power] of powers.entries()) {
      const start = 1 + i * hopLength;
      // Even samples are real parts, odd ones imaginary; the zeros behind the window stay.
      for (let n = 0; n < window.length; n++) {
        input[n] = window[n] * (samples[start + n] - preEmphasis * samples[start + n - 1]);
      }
      transform();
      separatePower(output, twiddles, power);
    }
  };
  return { samples, powers, run };
}

/**
 * With Z the transform of x[2n] + i x[2n+1] and h = nFft / 2, the spectra of the even and odd samples are
 * E[k] = (Z[k] + conj Z[h-k]) / 2 and O[k] = (Z[k] - conj Z[h-k]) / 2i. From them come X[k] = E[k] + w^k O[k] and
 * X[h-k] = conj(E[k] - w^k O[k]), with w = exp(-2 pi i / nFft).
 */
function separatePower(output: readonly number[], twiddles: Float64Array, power: Float64Array): void {
  const half = power.length - 1;
  power[0] = (output[0] + output[1]) ** 2;
  power[half] = (output[0] - output[1]) ** 2;
  for (let k = 1, i = 2, j = output.length - 2; i <= j; k++, i += 2, j -= 2) {
    const evenRe = output[i] + output[j];
    const evenIm = output[i + 1] - output[j + 1];
    const oddRe = output[i + 1] + output[j + 1];
    const oddIm = output[j] - output[i];
    const turnedRe = twiddles[i] * oddRe - twiddles[i + 1] * oddIm;
    const turnedIm = twiddles[i] * oddIm + twiddles[i + 1] * oddRe;
    power[k] = 0.25 * ((evenRe + turnedRe) ** 2 + (evenIm + turnedIm) ** 2);
    power[half - k] = 0.25 * ((evenRe - turnedRe) ** 2 + (evenIm - turnedIm) ** 2);
  }
}
