/**
 * SpecAugment: the time axis of a feature warped, and some of its bins and frames masked.
 *
 * Paper: Park et al., "SpecAugment: a simple data augmentation method for automatic speech recognition", Interspeech
 * 2019. The warp is linear between frames on both sides of one point, as in ESPnet, instead of a spline over the picture.
 */
import { z } from 'zod';
import type { Random } from '../../runtime/random.js';
import { type AugmentationType, type FeatureMatrix, probability } from './augmentation.js';
import { drawStretch, masked } from './spectral-masks.js';

const count = (text: string, usual: number) => z.int().min(0).default(usual).describe(text);

const schema = z.strictObject({
  probability,
  maxWarp: count('Frames by which a point in time is moved at most, either way; 0 for no warp.', 5),
  nBinMasks: count('Masks over bins.', 2),
  maxBins: count('Most bins under a mask.', 8),
  nFrameMasks: count('Masks over frames.', 2),
  maxFrames: count('Most frames under a mask.', 40),
  maxFramesShare: z.number().min(0).max(1).default(0.2).describe('The same, as a share of all frames.'),
  fill: z.number().default(0).describe('What the masks hold. 0 suits normalised features and cepstra.'),
});

/** The registry entry; see the top of the file. */
export const specAugment: AugmentationType<typeof schema, 'feature'> = {
  stage: 'feature',
  schema,
  create({ probability, maxWarp, nBinMasks, maxBins, nFrameMasks, maxFrames, maxFramesShare, fill }) {
    return {
      probability,
      apply(matrix, random) {
        const { nFrames, nBins } = matrix;
        const widest = Math.min(maxFrames, maxFramesShare * nFrames);
        const result = warp(matrix, maxWarp, random);
        const bins = Array.from({ length: nBinMasks }, () => drawStretch(nBins, maxBins, random));
        const frames = Array.from({ length: nFrameMasks }, () => drawStretch(nFrames, widest, random));
        return masked(result, bins, frames, fill);
      },
    };
  },
};

/** Draws a point and how far it goes, so that it has at least a frame on each side before and after. */
function warp(matrix: FeatureMatrix, maxWarp: number, random: Random): FeatureMatrix {
  const furthest = Math.min(maxWarp, Math.floor((matrix.nFrames - 3) / 2));
  if (furthest < 1) return matrix;
  const from = furthest + 1 + random.integer(matrix.nFrames - 2 * furthest - 2);
  return warped(matrix, from, from + random.integer(2 * furthest + 1) - furthest);
}

/**
 * A feature whose frame `from` comes to lie at `to`; first and last frame stay, and what is between is interpolated.
 *
 * @param from 1 to `nFrames - 2`, as `to`
 */
export function warped({ values, nFrames, nBins }: FeatureMatrix, from: number, to: number): FeatureMatrix {
  const result = new Float32Array(values.length);
  const last = nFrames - 1;
  for (let frame = 0; frame < nFrames; frame++) {
    const place = frame <= to ? (frame * from) / to : from + ((frame - to) * (last - from)) / (last - to);
    const before = Math.min(Math.floor(place), last - 1);
    const share = place - before;
    for (let bin = 0; bin < nBins; bin++) {
      const at = before * nBins + bin;
      result[frame * nBins + bin] = values[at] * (1 - share) + values[at + nBins] * share;
    }
  }
  return { values: result, nFrames, nBins };
}
