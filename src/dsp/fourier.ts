/** Discrete Fourier transforms of any size, on top of fft.js, which knows powers of two. */
import FFT from 'fft.js';

/**
 * A forward transform X[k] = sum over n of x[n] exp(-2 pi i k n / size) that owns its buffers, so that a caller fills
 * `input`, calls `run` and reads `output` without an allocation. Not re-entrant.
 */
export interface FourierTransform {
  readonly size: number;
  /** Complex values, interleaved (re, im), length 2 * size, unless it is said to be real. */
  readonly input: Float64Array;
  /** Complex values, as in `input`. */
  readonly output: readonly number[];
  run(): void;
}

/**
 * A transform of `size` points: radix 4 for powers of two, and Bluestein's chirp algorithm (three transforms of at
 * least twice the size) for all others.
 *
 * @param size at least 1
 */
export function createFourierTransform(size: number): FourierTransform {
  if (size > 1 && (size & (size - 1)) === 0) return createRadixTransform(size);
  return createChirpTransform(size);
}

/**
 * A transform of real values: `input` has length `size`, and `output` the whole spectrum. For powers of two from 4 on it
 * costs half of what complex values do.
 *
 * @param size at least 1
 */
export function createRealFourierTransform(size: number): FourierTransform {
  const input = new Float64Array(size);
  if (size < 4 || (size & (size - 1)) !== 0) {
    const complex = createFourierTransform(size);
    const run = () => {
      for (let n = 0; n < size; n++) complex.input[2 * n] = input[n];
      complex.run();
    };
    return { size, input, output: complex.output, run };
  }
  const fft = new FFT(size);
  const output = new Array<number>(2 * size).fill(0.5);
  const run = () => {
    fft.realTransform(output, input);
    fft.completeSpectrum(output);
  };
  return { size, input, output, run };
}

function createRadixTransform(size: number): FourierTransform {
  const fft = new FFT(size);
  const input = new Float64Array(2 * size);
  // fft.js works in its output, and does so faster on a plain array of doubles; the fraction makes it one of those.
  const output = new Array<number>(2 * size).fill(0.5);
  return { size, input, output, run: () => fft.transform(output, input) };
}

/**
 * With k n = (k^2 + n^2 - (k - n)^2) / 2 the transform is a convolution with a chirp, which a larger power of two does.
 * Bluestein, "A linear filtering approach to the computation of discrete Fourier transform", 1970.
 */
function createChirpTransform(size: number): FourierTransform {
  let padded = 2;
  while (padded < 2 * size - 1) padded *= 2;
  const { input: work, output: spectrum, run: transform } = createRadixTransform(padded);

  const chirp = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    // k^2 modulo the period keeps the angle small, and with it the rounding error.
    const angle = (Math.PI * ((k * k) % (2 * size))) / size;
    chirp[2 * k] = Math.cos(angle);
    chirp[2 * k + 1] = -Math.sin(angle);
  }
  work.fill(0);
  for (let k = 0; k < size; k++) {
    for (const at of k === 0 ? [0] : [k, padded - k]) {
      work[2 * at] = chirp[2 * k];
      work[2 * at + 1] = -chirp[2 * k + 1];
    }
  }
  transform();
  const filter = Float64Array.from(spectrum, (value) => value / padded);

  const input = new Float64Array(2 * size);
  const output = new Array<number>(2 * size).fill(0.5);
  const run = () => {
    work.fill(0);
    multiply(work, input, chirp);
    transform();
    multiply(work, spectrum, filter);
    // The inverse transform is the forward one read backwards.
    transform();
    for (let k = 0; k < size; k++) {
      const at = k === 0 ? 0 : 2 * (padded - k);
      output[2 * k] = spectrum[at] * chirp[2 * k] - spectrum[at + 1] * chirp[2 * k + 1];
      output[2 * k + 1] = spectrum[at] * chirp[2 * k + 1] + spectrum[at + 1] * chirp[2 * k];
    }
  };
  return { size, input, output, run };
}

/** out = a * b, complex, over the length of `b`. */
function multiply(out: Float64Array, a: ArrayLike<number>, b: Float64Array): void {
  for (let i = 0; i < b.length; i += 2) {
    out[i] = a[i] * b[i] - a[i + 1] * b[i + 1];
    out[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
  }
}
