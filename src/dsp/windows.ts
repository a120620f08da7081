/** Window functions for short-time spectra. */

/** The windows there are; all are cosine sums. */
export const WINDOW_NAMES = ['hann', 'hamming', 'blackman', 'rectangular'] as const;

/** One of `WINDOW_NAMES`. */
export type WindowName = (typeof WINDOW_NAMES)[number];

/**
 * `periodic` is one period of the cosine sum, for spectral analysis (the default of librosa and torch); `symmetric` ends
 * on the value it starts with, for filter design (and what NumPy's functions give).
 */
export const WINDOW_SYMMETRIES = ['periodic', 'symmetric'] as const;

/** One of `WINDOW_SYMMETRIES`. */
export type WindowSymmetry = (typeof WINDOW_SYMMETRIES)[number];

/** w[i] = sum over m of (-1)^m c[m] cos(2 pi m i / period) */
const COSINE_SUMS: Readonly<Record<WindowName, readonly number[]>> = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  rectangular: [1],
};

/**
 * The window called `name`, `length` samples long.
 *
 * @returns values in [0, 1]; a window of one sample is 1
 */
export function createWindow(name: WindowName, length: number, symmetry: WindowSymmetry = 'periodic'): Float64Array {
  if (length === 1) return Float64Array.of(1);
  const period = symmetry === 'periodic' ? length : length - 1;
  const terms = COSINE_SUMS[name];
  return Float64Array.from({ length }, (_, i) =>
    terms.reduce((sum, term, m) => sum + (m % 2 === 0 ? term : -term) * Math.cos((2 * Math.PI * m * i) / period), 0),
  );
}
