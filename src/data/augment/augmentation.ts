/**
 * What an augmentation is: options that it parses itself, and a pure function from waveform to waveform. An
 * augmentation is one file and one line in the registry.
 */
import { z } from 'zod';
import type { Random } from '../../runtime/random.js';

/** An augmentation with its options applied. */
export interface Augmentation {
  /** How likely it is applied to a clip, 0 to 1. */
  readonly probability: number;
  /**
   * @param waveform mono, about -1 to 1, at least 1 sample; never changed
   * @param random the stream of this clip, epoch and place in the list; all randomness comes from it
   * @returns as long as `waveform`
   */
  apply(waveform: Float32Array, random: Random): Float32Array | Promise<Float32Array>;
}

/** What augmentations are applied amid. Plain data. */
export interface AugmentationContext {
  /** Hz. */
  readonly sampleRate: number;
  /** Absolute paths of the corpus's own noise recordings. */
  readonly noise: readonly string[];
}

/** An entry of the augmentation registry. */
export interface AugmentationType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults, units and ranges; includes `probability`. */
  readonly schema: Schema;
  /** @throws ConfigError where the options name something that is not there, such as a folder of noise */
  create(options: z.output<Schema>, context: AugmentationContext): Augmentation;
}

/** The option that every augmentation has. */
export const probability = z
  .number()
  .min(0)
  .max(1)
  .default(1)
  .describe('How likely it is applied to a clip, 0 to 1, drawn anew for every clip and epoch.');
