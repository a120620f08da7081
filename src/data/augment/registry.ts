/** The augmentations there are, and lists of them at work. */
import { z } from 'zod';
import { lookUp, parseOptions, parseSections, parseTyped, type TypedOptions } from '../../runtime/options.js';
import { createRandom } from '../../runtime/random.js';
import type { AugmentationContext, AugmentationType } from './augmentation.js';
import { noise } from './noise.js';
import { timeShift } from './time-shift.js';

/** Every augmentation by the `type` that configs name it by. */
export const augmentations: Readonly<Record<string, AugmentationType>> = {
  noise,
  'time-shift': timeShift,
};

/** A list of augmentations, ready to be applied. */
export interface Augmenter {
  /** Whether any of them would change this clip in this epoch. */
  affects(epoch: number, utterance: string): boolean;
  /**
   * Applies, in the order of the list, those that the draw of this clip and epoch picks.
   *
   * @param waveform at least 1 sample; never changed
   * @returns as long as `waveform`, and `waveform` itself where nothing was applied
   */
  apply(waveform: Float32Array, epoch: number, utterance: string): Promise<Float32Array>;
}

/**
 * Parses a list such as `[{ "type": "noise", "kind": "white", "amplitude": 0.01 }, { "type": "time-shift" }]`.
 *
 * @param where what is being read; opens the message
 * @param path where in that thing the list stands
 * @returns the list with all defaults
 * @throws ConfigError that lists all problems
 */
export function parseAugmentations(
  value: unknown,
  where: string,
  path: readonly string[] = ['augment'],
): TypedOptions[] {
  const list = parseOptions(z.array(z.unknown()), value, where, path);
  const parsers = list.map(
    (entry, i) => [i, () => parseTyped(augmentations, entry, where, [...path, String(i)])] as const,
  );
  return Object.values(parseSections(where, Object.fromEntries(parsers)));
}

/**
 * Makes an augmenter. What it does to a clip depends on the seed, the epoch, the utterance and the place in the list
 * alone: neither on the order of clips nor on who processes them.
 *
 * @param list as {@link parseAugmentations} takes it
 * @param seed of the run
 * @throws ConfigError for an unknown type, and for options that can't be used
 * @throws DataError where a folder of recordings can't be listed
 */
export function createAugmenter(list: readonly TypedOptions[], context: AugmentationContext, seed: number): Augmenter {
  const steps = list.map(({ type, ...options }, i) => {
    const entry = lookUp(augmentations, type, `augment.${i}.type`);
    return entry.create(parseOptions(entry.schema, options, 'augment', [String(i)]), context);
  });
  const streamOf = (epoch: number, utterance: string, i: number) => createRandom(seed, 'augment', epoch, utterance, i);

  return {
    affects: (epoch, utterance) =>
      steps.some(({ probability }, i) => streamOf(epoch, utterance, i).uniform() < probability),
    async apply(waveform, epoch, utterance) {
      let result = waveform;
      for (const [i, step] of steps.entries()) {
        const random = streamOf(epoch, utterance, i);
        if (random.uniform() < step.probability) result = await step.apply(result, random);
      }
      return result;
    },
  };
}
