/** Courses of the learning rate under Hugging Face's names, with the options that each has. */
import { z } from 'zod';
import type { OneOf } from '../runtime/typed-schema.js';

const nCycles = z.number().positive();

/** Options of every schedule by its `type`. */
export const schedulers = {
  constant: { schema: z.strictObject({}) },
  constant_with_warmup: { schema: z.strictObject({}) },
  linear: { schema: z.strictObject({}) },
  cosine: { schema: z.strictObject({ numCycles: nCycles.default(0.5).describe('Waves; half a wave ends at 0.') }) },
  cosine_with_min_lr: {
    schema: z.strictObject({
      minLr: z.number().min(0).describe('Learning rate at the end.'),
      numCycles: nCycles.default(0.5).describe('Waves; half a wave ends at minLr.'),
    }),
  },
  cosine_with_restarts: {
    schema: z.strictObject({ numCycles: z.int().min(1).default(1).describe('Falls from the full rate to 0.') }),
  },
  polynomial: {
    schema: z.strictObject({
      power: z.number().positive().default(1).describe('Of what is left of the run.'),
      lrEnd: z.number().min(0).default(1e-7).describe('Learning rate at the end.'),
    }),
  },
  inverse_sqrt: {
    schema: z.strictObject({
      timescale: z
        .int()
        .min(1)
        .nullable()
        .default(null)
        .describe('Updates until the rate has fallen by a root of two; null: those of the warm-up, or 10,000.'),
    }),
  },
} as const;

/** A schedule with its options. */
export type SchedulerOptions = OneOf<typeof schedulers>;
