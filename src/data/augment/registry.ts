/** The augmentations there are, and lists of them at work. */
import { z } from 'zod';
import { parseOptions, parseSections, type TypedOptions } from '../../runtime/options.js';
import { createRandom } from '../../runtime/random.js';
import { Registry } from '../../runtime/registry.js';
import type { Augmentation, AugmentationContext, AugmentationType, Stage, Subjects } from './augmentation.js';
import { bandLimit } from './band-limit.js';
import { codec } from './codec.js';
import { gain } from './gain.js';
import { mixup } from './mixup.js';
import { noise } from './noise.js';
import { pitchShift } from './pitch-shift.js';
import { rawboost } from './rawboost.js';
import { reverb } from './reverb.js';
import { silenceTrimming } from './silence-trimming.js';
import { specAugment } from './spec-augment.js';
import { specAverage } from './spec-average.js';
import { specMix } from './spec-mix.js';
import { speed } from './speed.js';
import { timeShift } from './time-shift.js';
import { timeStretch } from './time-stretch.js';

const ours = {
  'silence-trimming': silenceTrimming,
  speed,
  'time-stretch': timeStretch,
  'time-shift': timeShift,
  'pitch-shift': pitchShift,
  gain,
  noise,
  reverb,
  'band-limit': bandLimit,
  codec,
  rawboost,
  'spec-augment': specAugment,
  'spec-average': specAverage,
  mixup,
  'spec-mix': specMix,
} as const satisfies Readonly<Record<string, AugmentationType>>;

/** Every augmentation by the `type` that configs name it by. */
export const augmentations = new Registry<AugmentationType, typeof ours, 'augmentation'>('augmentation', ours);

/** A list of augmentations, ready to be applied. */
export interface Augmenter {
  /** The stages at which there is something to apply. */
  readonly stages: ReadonlySet<Stage>;
  /** Whether any of them would change the waveform of this clip in this epoch, and so its feature. */
  affectsWaveform(epoch: number, utterance: string): boolean;
  /**
   * Applies, in the order of the list, those of a stage that the draw of this clip and epoch picks.
   *
   * @param subject never changed
   * @param utterance names the draws; of a batch, the first
   * @returns `subject` itself where nothing was applied
   */
  apply<At extends Stage>(stage: At, subject: Subjects[At], epoch: number, utterance: string): Promise<Subjects[At]>;
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
  const parsers = list.map((entry, i) => [i, () => augmentations.parse(entry, where, [...path, String(i)])] as const);
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
  const steps = list.map((each, i) => {
    const { entry, options } = augmentations.resolve(each, `augment.${i}.type`, 'augment', [String(i)]);
    return { stage: entry.stage, i, ...entry.create(options, context) };
  });
  const stages = new Set(steps.map(({ stage }) => stage));
  const streamOf = (epoch: number, utterance: string, i: number) => createRandom(seed, 'augment', epoch, utterance, i);

  return {
    stages,
    affectsWaveform: (epoch, utterance) =>
      steps.some(
        ({ stage, i, probability }) =>
          (stage === 'clip' || stage === 'waveform') && streamOf(epoch, utterance, i).uniform() < probability,
      ),
    async apply<At extends Stage>(at: At, subject: Subjects[At], epoch: number, utterance: string) {
      let result = subject;
      for (const { stage, i, probability, apply } of steps) {
        if (stage !== at) continue;
        const random = streamOf(epoch, utterance, i);
        // An entry of the stage takes what the stage takes.
        if (random.uniform() < probability) result = await (apply as Augmentation<At>['apply'])(result, random);
      }
      return result;
    },
  };
}
