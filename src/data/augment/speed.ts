/**
 * Speed: the clip played faster or slower, with its pitch, by resampling.
 *
 * Paper: Ko et al., "Audio augmentation for speech recognition", Interspeech 2015.
 */
import { z } from 'zod';
import { resample } from '../../dsp/resample.js';
import { type AugmentationType, probability, range } from './augmentation.js';

const schema = z.strictObject({
  probability,
  factor: range(0.5, 2)
    .default([0.9, 1.1])
    .describe('Slowest and fastest speed; each clip draws one between them in steps of 0.01.'),
});

/** Steps in a factor of 1: few enough filters to make, and finer than anyone hears. */
const STEPS = 100;

/** The registry entry; see the top of the file. */
export const speed: AugmentationType<typeof schema, 'clip'> = {
  stage: 'clip',
  schema,
  create: ({ probability, factor: [low, high] }) => ({
    probability,
    apply: (clip, random) => atSpeed(clip, Math.round(STEPS * random.uniformBetween(low, high)) / STEPS),
  }),
};

/**
 * A clip at another speed, its pitch with it, in steps of 0.01.
 *
 * @returns `ceil(clip.length / factor)` samples; `clip` itself at speed 1
 */
export function atSpeed(clip: Float32Array, factor: number): Float32Array {
  return resample(clip, Math.round(STEPS * factor), STEPS);
}
