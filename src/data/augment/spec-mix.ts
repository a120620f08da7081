/**
 * SpecMix: bands of bins and of frames of each example in a batch taken from another, and as much of its label.
 *
 * Paper: Kim et al., "SpecMix: a mixed sample data augmentation method for training with time-frequency domain
 * features", Interspeech 2021.
 */
import { z } from 'zod';
import { ConfigError } from '../../runtime/errors.js';
import { shuffled } from '../../runtime/random.js';
import { type AugmentationType, type LabelledExamples, probability } from './augmentation.js';
import { drawStretch, type Stretch } from './spectral-masks.js';

const schema = z.strictObject({
  probability,
  maxBinBands: z.int().min(0).default(3).describe('Most bands of bins; each batch draws from 1.'),
  maxFrameBands: z.int().min(0).default(3).describe('Most bands of frames; each batch draws from 1.'),
  maxShare: z.number().positive().max(1).default(0.15).describe('Widest band, as a share of all bins or frames.'),
});

/** The registry entry; see the top of the file. */
export const specMix: AugmentationType<typeof schema, 'batch'> = {
  stage: 'batch',
  schema,
  create: ({ probability, maxBinBands, maxFrameBands, maxShare }) => ({
    probability,
    apply(examples, random) {
      if (examples.shape.length !== 3) {
        throw new ConfigError('spec-mix: expected features, got waveforms; take it out or name a feature');
      }
      const [nExamples, nFrames, nBins] = examples.shape;
      const partners = shuffled([...Array(nExamples).keys()], random);
      const bands = (most: number, length: number) =>
        Array.from({ length: most === 0 ? 0 : 1 + random.integer(most) }, () =>
          drawStretch(length, maxShare * length, random),
        );
      const bins = bands(maxBinBands, nBins);
      return crossed(examples, partners, bins, bands(maxFrameBands, nFrames));
    },
  }),
};

/**
 * Row `i` of the result is row `partners[i]` within the bands and row `i` elsewhere; so are its labels, by area.
 *
 * @param partners a row for each row
 */
export function crossed(
  { inputs, shape, labels }: LabelledExamples,
  partners: readonly number[],
  bins: readonly Stretch[],
  frames: readonly Stretch[],
): LabelledExamples {
  const [, nFrames, nBins] = shape;
  const size = nFrames * nBins;
  const isForeign = new Uint8Array(size);
  for (const [start, end] of frames) isForeign.fill(1, start * nBins, end * nBins);
  for (const [start, end] of bins) {
    for (let frame = 0; frame < nFrames; frame++) isForeign.fill(1, frame * nBins + start, frame * nBins + end);
  }
  const share = isForeign.reduce((sum, value) => sum + value, 0) / size;
  const result = inputs.slice();
  const mixed = new Float32Array(labels.length);
  for (const [row, partner] of partners.entries()) {
    for (let i = 0; i < size; i++) if (isForeign[i] === 1) result[row * size + i] = inputs[partner * size + i];
    for (let k = 0; k < 2; k++)
      mixed[2 * row + k] = (1 - share) * labels[2 * row + k] + share * labels[2 * partner + k];
  }
  return { inputs: result, shape, labels: mixed };
}
