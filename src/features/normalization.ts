/** Normalisation of a feature matrix by the statistics of its own utterance, of all of it or of a window that slides. */
import { z } from 'zod';
import type { FeatureStage } from './stages.js';

/** Standard deviations below are raised to it, so that a bin that never moves becomes 0 rather than noise. */
const SMALLEST_DEVIATION = 1e-5;

const sliding = z.strictObject({
  type: z.literal('sliding'),
  window: z.int().min(1).max(100_000).default(600).describe('Frames under the window.'),
  minWindow: z
    .int()
    .min(1)
    .default(100)
    .describe('Frames that the first windows have at least, without center: they look ahead as far as that takes.'),
  center: z
    .boolean()
    .default(false)
    .describe('Whether a frame is in the middle of its window; else the window is the frame and those before it.'),
  variance: z.boolean().default(false).describe('Whether to divide by the standard deviation.'),
});

/** The option that features share. */
export const normalizationOption = z
  .union([z.enum(['none', 'mean', 'mean-variance']), sliding], {
    error: 'expected "none", "mean", "mean-variance" or {"type": "sliding", ...}',
  })
  .default('none')
  .describe(
    'Per bin: subtract the mean over the frames of the utterance ("mean"), and divide by the standard deviation ' +
      '("mean-variance"), or both over {"type": "sliding", ...} windows, as Kaldi\'s apply-cmvn-sliding does.',
  );

/** A value of `normalizationOption`. */
export type Normalization = z.output<typeof normalizationOption>;

type Sliding = z.output<typeof sliding>;

/**
 * Normalises each bin over the frames, in place; the variance is the population's.
 *
 * @param matrix row-major `[frames, nBins]`
 */
export function normalizeFrames(matrix: Float32Array, nBins: number, normalization: Normalization): void {
  if (normalization === 'none') return;
  if (typeof normalization === 'object') slide(matrix, nBins, normalization);
  else normalizeUtterance(matrix, nBins, normalization === 'mean-variance');
}

/** The stages with those of {@link normalizeFrames} behind them; undefined for windows that slide. */
export function normalizationStages(
  normalization: Normalization,
  before: readonly FeatureStage[],
): FeatureStage[] | undefined {
  if (normalization === 'none') return [...before];
  if (typeof normalization === 'object') return undefined;
  const variance = normalization === 'mean-variance';
  return [...before, { kind: 'normalization', variance, smallest: SMALLEST_DEVIATION }];
}

function normalizeUtterance(matrix: Float32Array, nBins: number, variance: boolean): void {
  const nFrames = matrix.length / nBins;
  const mean = new Float64Array(nBins);
  for (let at = 0; at < matrix.length; at += nBins) {
    for (let bin = 0; bin < nBins; bin++) mean[bin] += matrix[at + bin];
  }
  for (let bin = 0; bin < nBins; bin++) mean[bin] /= nFrames;
  const scale = new Float64Array(nBins).fill(1);
  if (variance) {
    const squares = new Float64Array(nBins);
    for (let at = 0; at < matrix.length; at += nBins) {
      for (let bin = 0; bin < nBins; bin++) squares[bin] += (matrix[at + bin] - mean[bin]) ** 2;
    }
    for (let bin = 0; bin < nBins; bin++)
      scale[bin] = 1 / Math.max(Math.sqrt(squares[bin] / nFrames), SMALLEST_DEVIATION);
  }
  for (let at = 0; at < matrix.length; at += nBins) {
    for (let bin = 0; bin < nBins; bin++) matrix[at + bin] = (matrix[at + bin] - mean[bin]) * scale[bin];
  }
}

function slide(matrix: Float32Array, nBins: number, options: Sliding): void {
  const nFrames = matrix.length / nBins;
  const original = matrix.slice();
  const sum = new Float64Array(nBins);
  const squares = new Float64Array(nBins);
  let [start, end] = [0, 0];
  for (let frame = 0; frame < nFrames; frame++) {
    const [from, to] = windowOf(frame, nFrames, options);
    for (; end < to; end++) accumulate(original, end * nBins, sum, squares, 1);
    for (; start < from; start++) accumulate(original, start * nBins, sum, squares, -1);
    const length = to - from;
    for (let bin = 0; bin < nBins; bin++) {
      const mean = sum[bin] / length;
      const spread = Math.sqrt(Math.max(squares[bin] / length - mean * mean, SMALLEST_DEVIATION ** 2));
      const centred = original[frame * nBins + bin] - mean;
      matrix[frame * nBins + bin] = options.variance ? centred / spread : centred;
    }
  }
}

function accumulate(from: Float32Array, at: number, sum: Float64Array, squares: Float64Array, sign: 1 | -1): void {
  for (let bin = 0; bin < sum.length; bin++) {
    const value = from[at + bin];
    sum[bin] += sign * value;
    squares[bin] += sign * value * value;
  }
}

/**
 * The frames `[start, end)` that a frame is normalised by. Kaldi's windows: near the ends they are moved, not shortened,
 * and one that looks back has a frame more than its length.
 */
function windowOf(frame: number, nFrames: number, { window, minWindow, center }: Sliding): readonly [number, number] {
  let start = center ? frame - Math.floor(window / 2) : frame - window;
  let end = center ? start + window : frame + 1;
  if (start < 0) {
    end -= start;
    start = 0;
  }
  if (!center && end > frame) end = Math.max(frame + 1, minWindow);
  if (end > nFrames) {
    start = Math.max(start - (end - nFrames), 0);
    end = nFrames;
  }
  return [start, end];
}
