/** Time stretch: the clip spoken faster or slower at its own pitch, by WSOLA (see `dsp/time-scale.ts`). */
import { z } from 'zod';
import { changeTempo } from '../../dsp/time-scale.js';
import { type AugmentationType, probability, range } from './augmentation.js';

const schema = z.strictObject({
  probability,
  rate: range(0.5, 2).default([0.9, 1.1]).describe('Slowest and fastest tempo; 1 is that of the clip.'),
});

/** The registry entry; see the top of the file. */
export const timeStretch: AugmentationType<typeof schema, 'clip'> = {
  stage: 'clip',
  schema,
  create: ({ probability, rate }, { sampleRate }) => ({
    probability,
    apply: (clip, random) => changeTempo(clip, random.uniformBetween(...rate), sampleRate),
  }),
};
