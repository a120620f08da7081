/** Masks over the frames and bins of a feature, for the augmentations that draw them. */
import type { Random } from '../../runtime/random.js';
import type { FeatureMatrix } from './augmentation.js';

/** Places `[start, end)` along an axis. */
export type Stretch = readonly [start: number, end: number];

/** A stretch of 0 to `widest` places, anywhere on an axis of `length`; all widths, then all starts, equally likely. */
export function drawStretch(length: number, widest: number, random: Random): Stretch {
  const width = random.integer(Math.min(length, Math.floor(widest)) + 1);
  const start = random.integer(length - width + 1);
  return [start, start + width];
}

/**
 * A copy of a feature with `value` in some bins of all frames, and in all bins of some frames.
 *
 * @param bins along the bins
 * @param frames along the frames
 */
export function masked(
  { values, nFrames, nBins }: FeatureMatrix,
  bins: readonly Stretch[],
  frames: readonly Stretch[],
  value: number,
): FeatureMatrix {
  const result = values.slice();
  for (const [start, end] of bins) {
    for (let frame = 0; frame < nFrames; frame++) result.fill(value, frame * nBins + start, frame * nBins + end);
  }
  for (const [start, end] of frames) result.fill(value, start * nBins, end * nBins);
  return { values: result, nFrames, nBins };
}
