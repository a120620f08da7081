/** Normalisation of a feature matrix by the statistics of its own utterance. */
import { z } from 'zod';

/** Standard deviations below are raised to it, so that a bin that never moves becomes 0 rather than noise. */
const SMALLEST_DEVIATION = 1e-5;

/** The option that features share. */
export const normalizationOption = z
  .enum(['none', 'mean', 'mean-variance'])
  .default('none')
  .describe('Per bin over the frames of the utterance: subtract the mean, and divide by the standard deviation.');

/** A value of `normalizationOption`. */
export type Normalization = z.output<typeof normalizationOption>;

/**
 * Normalises each bin over the frames, in place; the variance is the population's.
 *
 * @param matrix row-major `[frames, nBins]`
 */
export function normalizeUtterance(matrix: Float32Array, nBins: number, normalization: Normalization): void {
  if (normalization === 'none') return;
  const nFrames = matrix.length / nBins;
  const mean = new Float64Array(nBins);
  for (let at = 0; at < matrix.length; at += nBins) {
    for (let bin = 0; bin < nBins; bin++) mean[bin] += matrix[at + bin];
  }
  for (let bin = 0; bin < nBins; bin++) mean[bin] /= nFrames;
  const scale = new Float64Array(nBins).fill(1);
  if (normalization === 'mean-variance') {
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
