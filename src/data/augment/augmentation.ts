/**
 * What an augmentation is: options that it parses itself, the stage at which it is applied, and a pure function at that
 * stage. An augmentation is one file and one line in the registry.
 */
import { z } from 'zod';
import type { Random } from '../../runtime/random.js';

/** A row-major `[frames, bins]` matrix, as a feature makes it. */
export interface FeatureMatrix {
  readonly values: Float32Array;
  readonly nFrames: number;
  readonly nBins: number;
}

/** Examples with soft labels. */
export interface LabelledExamples {
  /** The examples one after the other. */
  readonly inputs: Float32Array<ArrayBuffer>;
  /** `[batch, frames, bins]` or `[batch, samples]`. */
  readonly shape: readonly number[];
  /** `[batch, 2]`: how much of each example is spoof and how much bona fide; every row sums to 1. */
  readonly labels: Float32Array;
}

/** What augmentations work on at each stage; the stages follow each other in this order. */
export interface Subjects {
  /** The whole clip, before it is brought to length: mono, about -1 to 1, at least 1 sample. May change its length. */
  readonly clip: Float32Array;
  /** As `clip`, repeated or cropped to the length that the model takes. Keeps its length. */
  readonly waveform: Float32Array;
  /** The feature of the waveform. Keeps its shape. */
  readonly feature: FeatureMatrix;
  /** All examples of a batch, features or waveforms. Keeps their shape. */
  readonly batch: LabelledExamples;
}

/** When an augmentation is applied. */
export type Stage = keyof Subjects;

/** An augmentation with its options applied. */
export interface Augmentation<At extends Stage = Stage> {
  /** How likely it is applied to a clip, or at the stage `batch` to a batch, 0 to 1. */
  readonly probability: number;
  /**
   * @param subject never changed
   * @param random the stream of this clip, epoch and place in the list; all randomness comes from it
   */
  /** Changes what its stage is given, or gives another; every draw comes from `random`. */
  apply(subject: Subjects[At], random: Random): Subjects[At] | Promise<Subjects[At]>;
}

/** What augmentations are applied amid. Plain data. */
export interface AugmentationContext {
  /** Hz. */
  readonly sampleRate: number;
  /** Absolute paths of the corpus's own noise recordings. */
  readonly noise: readonly string[];
}

/** An entry of the augmentation registry. */
export interface AugmentationType<Schema extends z.ZodType = z.ZodType, At extends Stage = Stage> {
  readonly stage: At;
  /** Options with their defaults, units and ranges; includes `probability`. */
  readonly schema: Schema;
  /** @throws ConfigError where the options name something that is not there, such as a folder of noise */
  create(options: z.output<Schema>, context: AugmentationContext): Augmentation<At>;
}

/** The option that every augmentation has. */
export const probability = z
  .number()
  .min(0)
  .max(1)
  .default(1)
  .describe('How likely it is applied to a clip, or to a batch by what mixes examples, 0 to 1; drawn each epoch anew.');

/** An option of two numbers between which each clip draws one. */
export function range(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) {
  const bound = z.number().min(least).max(most);
  return z.tuple([bound, bound]).refine(([low, high]) => low <= high, 'expected the lower bound first');
}
