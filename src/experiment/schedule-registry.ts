/**
 * Courses of the learning rate under Hugging Face's names, equal to those of `transformers.get_scheduler`.
 * `cosine_with_min_lr` without a warm-up is that of AASIST's authors.
 */
import { z } from 'zod';
import { type OneOf, Registry } from '../runtime/registry.js';

/** Learning rate over the full one, at a share of the steps after the warm-up. */
export type Course = (progress: number, step: number) => number;

/** Where a schedule is in a run. */
export interface Span {
  readonly learningRate: number;
  /** Steps of the warm-up. */
  readonly warmup: number;
}

/** An entry of the registry of schedules. */
export interface ScheduleType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults and ranges. */
  readonly schema: Schema;
  /** Whether there is no warm-up before it, whatever is asked for. Default false. */
  readonly isWithoutWarmup?: boolean;
  /** @returns the course after the warm-up */
  create(options: z.output<Schema>, span: Span): Course;
}

const plain = z.strictObject({});
const nCycles = z.number().positive();

/** For `inverse_sqrt` where neither a timescale nor a warm-up is given. */
const DEFAULT_TIMESCALE = 10_000;

const constant: ScheduleType<typeof plain> = { schema: plain, isWithoutWarmup: true, create: () => () => 1 };
const constantWithWarmup: ScheduleType<typeof plain> = { schema: plain, create: () => () => 1 };
const linear: ScheduleType<typeof plain> = { schema: plain, create: () => (progress) => Math.max(0, 1 - progress) };

const cosineSchema = z.strictObject({ numCycles: nCycles.default(0.5).describe('Waves; half a wave ends at 0.') });
const cosine: ScheduleType<typeof cosineSchema> = {
  schema: cosineSchema,
  create:
    ({ numCycles }) =>
    (progress) =>
      Math.max(0, halfWave(2 * numCycles * progress)),
};

const minimumSchema = z.strictObject({
  minLr: z.number().min(0).describe('Learning rate at the end.'),
  numCycles: nCycles.default(0.5).describe('Waves; half a wave ends at minLr.'),
});
const cosineWithMinimum: ScheduleType<typeof minimumSchema> = {
  schema: minimumSchema,
  create: ({ minLr, numCycles }, { learningRate }) => {
    const least = minLr / learningRate;
    return (progress) => Math.max(0, halfWave(2 * numCycles * progress) * (1 - least) + least);
  },
};

const restartsSchema = z.strictObject({
  numCycles: z.int().min(1).default(1).describe('Falls from the full rate to 0.'),
});
const cosineWithRestarts: ScheduleType<typeof restartsSchema> = {
  schema: restartsSchema,
  create:
    ({ numCycles }) =>
    (progress) =>
      progress >= 1 ? 0 : halfWave((numCycles * progress) % 1),
};

const polynomialSchema = z.strictObject({
  power: z.number().positive().default(1).describe('Of what is left of the run.'),
  lrEnd: z.number().min(0).default(1e-7).describe('Learning rate at the end.'),
});
const polynomial: ScheduleType<typeof polynomialSchema> = {
  schema: polynomialSchema,
  create: ({ power, lrEnd }, { learningRate }) => {
    const end = lrEnd / learningRate;
    return (progress) => (progress > 1 ? end : (1 - end) * (1 - progress) ** power + end);
  },
};

const inverseSchema = z.strictObject({
  timescale: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Updates until the rate has fallen by a root of two; null: those of the warm-up, or 10,000.'),
});
const inverseSquareRoot: ScheduleType<typeof inverseSchema> = {
  schema: inverseSchema,
  create: (options, { warmup }) => {
    const timescale = options.timescale ?? (warmup || DEFAULT_TIMESCALE);
    return (_, step) => 1 / Math.sqrt((step + timescale - warmup) / timescale);
  },
};

const ours = {
  constant,
  constant_with_warmup: constantWithWarmup,
  linear,
  cosine,
  cosine_with_min_lr: cosineWithMinimum,
  cosine_with_restarts: cosineWithRestarts,
  polynomial,
  inverse_sqrt: inverseSquareRoot,
} as const satisfies Readonly<Record<string, ScheduleType>>;

/** Every schedule by the `type` that configs name it by. */
export const schedules = new Registry<ScheduleType, typeof ours, 'schedule'>('schedule', ours, 'type-last');

/** A schedule with its options. */
export type ScheduleOptions = OneOf<typeof ours>;

/** From 1 to 0 over half a wave. */
export function halfWave(halves: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * halves));
}
