/**
 * SpecAverage: some bins and frames of a feature replaced by its mean.
 *
 * Paper: Cohen et al., "A study on data augmentation in voice anti-spoofing", Speech Communication 141, 2022. The
 * defaults are those of the authors' code: one mask over bins, none over frames.
 */
import { z } from 'zod';
import { type AugmentationType, probability } from './augmentation.js';
import { drawStretch, masked } from './spectral-masks.js';

const schema = z.strictObject({
  probability,
  nBinMasks: z.int().min(0).default(1).describe('Masks over bins.'),
  maxBins: z.int().min(0).default(12).describe('Most bins under a mask.'),
  nFrameMasks: z.int().min(0).default(0).describe('Masks over frames.'),
  maxFrames: z.int().min(0).default(80).describe('Most frames under a mask.'),
});

/** The registry entry; see the top of the file. */
export const specAverage: AugmentationType<typeof schema, 'feature'> = {
  stage: 'feature',
  schema,
  create: ({ probability, nBinMasks, maxBins, nFrameMasks, maxFrames }) => ({
    probability,
    apply(matrix, random) {
      const { values, nFrames, nBins } = matrix;
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i];
      const bins = Array.from({ length: nBinMasks }, () => drawStretch(nBins, maxBins, random));
      const frames = Array.from({ length: nFrameMasks }, () => drawStretch(nFrames, maxFrames, random));
      return masked(matrix, bins, frames, sum / values.length);
    },
  }),
};
