/** What every augmentation must do. */
import type { z } from 'zod';
import type { AugmentationContext, AugmentationType, Stage, Subjects } from '../data/augment/augmentation.js';
import type { AugmentationDefinition } from '../experiment/definitions.js';
import { parseOptions } from '../runtime/options.js';
import { createRandom } from '../runtime/random.js';
import {
  areSameNumbers,
  assert,
  assertEqual,
  assertFinite,
  assertSameNumbers,
  assertThrows,
  type Check,
  runChecks,
} from './check.js';
import { synthesizeSpeech } from './synthetic-speech.js';

/** Options under which an augmentation is tried, and what it then does. */
export interface AugmentationCase {
  /** Default: none beside its own defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Whether it draws, so that another clip becomes another thing. Default true. */
  readonly isRandom?: boolean;
}

const CONTEXT: AugmentationContext = { sampleRate: 16000, noise: [] };

/**
 * Checks an augmentation: all randomness from the stream it is given, its input left alone, finite numbers, lengths and shapes
 * kept where the stage keeps them, clips of one sample taken.
 *
 * @throws ContractError that lists all that does not hold
 */
export async function checkAugmentation<Schema extends z.ZodType, At extends Stage>(
  augmentation: AugmentationDefinition<Schema, At>,
  cases: readonly AugmentationCase[] = [{}],
): Promise<void> {
  const { name, entry } = augmentation;
  await runChecks(name, augmentationChecks(name, entry as unknown as AugmentationType, cases));
}

/** The checks of {@link checkAugmentation}, for those who run them one by one. */
export function augmentationChecks(name: string, entry: AugmentationType, cases: readonly AugmentationCase[]): Check[] {
  const refuses: Check = {
    name: 'refuses options it does not know',
    run: () => {
      const act = () => parseOptions(entry.schema, { ...cases[0].options, unheardOf: 1 }, name);
      assertThrows(act, /unknown option unheardOf/, 'an option unheardOf');
    },
  };
  const others = cases.flatMap((each) =>
    caseChecks(name, entry, each).map(({ name: what, run }) => ({
      name: `with ${JSON.stringify(each.options ?? {})}: ${what}`,
      run,
    })),
  );
  return [refuses, ...others];
}

function caseChecks(
  name: string,
  { stage, schema, create }: AugmentationType,
  { options = {}, isRandom = true }: AugmentationCase,
): Check[] {
  const waveform = synthesizeSpeech(6000);
  const subjects: Subjects = {
    clip: waveform,
    waveform,
    feature: { values: waveform, nFrames: 100, nBins: 60 },
    batch: {
      inputs: waveform as Float32Array<ArrayBuffer>,
      shape: [3, 50, 40],
      labels: Float32Array.of(1, 0, 0, 1, 0, 1),
    },
  };
  const make = () => create(parseOptions(schema, options, name), CONTEXT);
  const run = async (key: string) => make().apply(subjects[stage], createRandom(7, key));
  const checks: Check[] = [
    {
      name: 'is the same for the same stream, and another for another',
      run: async () => {
        const once = numbersOf(await run('a'));
        await run('b');
        assertSameNumbers(numbersOf(await run('a')), once, 'the second time');
        if (!isRandom) return;
        // Some may draw the same twice.
        const others = await Promise.all(['c', 'd', 'e', 'f', 'g'].map(async (key) => numbersOf(await run(key))));
        assert(
          others.some((other) => !areSameNumbers(other, once)),
          'expected other numbers from other streams, got the same from six',
        );
      },
    },
    {
      name: 'leaves its input alone, and makes finite numbers',
      run: async () => {
        const before = waveform.slice();
        const result = numbersOf(await run('a'));
        assertSameNumbers(waveform, before, 'the input');
        assertFinite(result, 'the result');
      },
    },
    {
      name: 'keeps length and shape, but for whole clips',
      run: async () => {
        const result = await run('a');
        if (stage !== 'clip') assertEqual(numbersOf(result).length, waveform.length, 'length');
        if ('nBins' in result) assertEqual([result.nFrames, result.nBins], [100, 60], 'frames and bins');
        if (!('labels' in result)) return;
        assertEqual(result.shape, [3, 50, 40], 'shape');
        for (let row = 0; row < 3; row++) {
          const sum = result.labels[2 * row] + result.labels[2 * row + 1];
          assert(Math.abs(sum - 1) < 1e-6, `labels of row ${row}: expected a sum of 1, got ${sum}`);
        }
      },
    },
  ];
  if (stage === 'batch' || stage === 'feature') return checks;
  return [
    ...checks,
    {
      name: 'takes a clip of one sample',
      run: async () => {
        const result = await make().apply(Float32Array.of(0.25), createRandom(1));
        assert(numbersOf(result).length >= 1, 'expected at least one sample, got none');
      },
    },
  ];
}

function numbersOf(subject: Subjects[Stage]): Float32Array {
  if (subject instanceof Float32Array) return subject;
  return 'values' in subject ? subject.values : subject.inputs;
}
