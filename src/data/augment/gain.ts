/** Gain: the clip louder or softer. */
import { z } from 'zod';
import { type AugmentationType, probability, range } from './augmentation.js';

const schema = z.strictObject({
  probability,
  gainDb: range().default([-10, 10]).describe('Least and greatest gain in dB. Nothing is clipped at full scale.'),
});

/** The registry entry; see the top of the file. */
export const gain: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create: ({ probability, gainDb }) => ({
    probability,
    apply(waveform, random) {
      const factor = 10 ** (random.uniformBetween(...gainDb) / 20);
      return waveform.map((sample) => sample * factor);
    },
  }),
};
