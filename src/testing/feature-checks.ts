/** What every feature keeps, whatever it computes. */
import type { z } from 'zod';
import type { FeatureDefinition } from '../experiment/definitions.js';
import type { FeatureType } from '../features/feature.js';
import { parseOptions } from '../runtime/options.js';
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

const SAMPLE_RATE = 16000;

/**
 * For every option a value that is not its default, and other options under which it is tried, often none.
 */
export type Departures = Readonly<Record<string, { value: unknown; beside?: Readonly<Record<string, unknown>> }>>;

/**
 * Checks a feature: the shape it promises for clips of any length, finite numbers, broken clips refused, nothing carried over
 * from clip to clip, and every option tried at another value, which must come back from JSON and change the output.
 *
 * @throws ContractError that lists all that does not hold
 */
export async function checkFeature<Schema extends z.ZodType>(
  feature: FeatureDefinition<Schema>,
  departures: Departures,
): Promise<void> {
  await runChecks(feature.name, featureChecks(feature.name, feature.entry as unknown as FeatureType, departures));
}

/** The checks of {@link checkFeature}, for those who run them one by one. */
export function featureChecks(name: string, entry: FeatureType, departures: Departures): Check[] {
  const speech = synthesizeSpeech(4000);
  const resolve = (options: object) => parseOptions(entry.schema, options, name) as object;
  const create = (options: object = {}) => entry.create(resolve(options), SAMPLE_RATE);

  const lengths = [1, 159, 160, 161, 3999, 4000, 4001].map(
    (length): Check => ({
      name: `its shape is the promised one for ${length} samples`,
      run: () => {
        const extractor = create();
        const nFrames = extractor.nFrames(length);
        if (nFrames < 1) {
          assertThrows(() => extractor.compute(synthesizeSpeech(length)), /./, 'a clip of less than one frame');
          return;
        }
        const matrix = extractor.compute(synthesizeSpeech(length));
        assertEqual(matrix.length, nFrames * extractor.nBins, 'numbers');
        assertFinite(matrix, 'the matrix');
      },
    }),
  );

  const broken = [Number.NaN, Number.POSITIVE_INFINITY, 1e20].map(
    (sample): Check => ({
      name: `a sample of ${sample} is refused`,
      run: () => {
        const clip = speech.slice();
        clip[2000] = sample;
        assertThrows(() => create().compute(clip), /./, `a sample of ${sample}`);
      },
    }),
  );

  const options = Object.entries(departures).map(
    ([option, { value, beside }]): Check => ({
      name: `the option ${option} changes the output`,
      run: () => {
        const plain = create(beside).compute(speech);
        const changed = create({ ...beside, [option]: value }).compute(speech);
        assertFinite(changed, 'the matrix');
        assert(!areSameNumbers(changed, plain), `expected other numbers with ${JSON.stringify(value)}, got the same`);
      },
    }),
  );

  return [
    ...lengths,
    {
      name: 'an empty clip is refused',
      run: () => {
        assertEqual(create().nFrames(0), 0, 'frames');
        assertThrows(() => create().compute(new Float32Array(0)), /./, 'an empty clip');
      },
    },
    ...broken,
    {
      name: 'silence gives numbers',
      run: () => assertFinite(create().compute(new Float32Array(4000)), 'the matrix'),
    },
    {
      name: 'a hop more of samples is a frame more',
      run: () => {
        const extractor = create();
        assertEqual(extractor.nFrames(8000 + extractor.hopLength), extractor.nFrames(8000) + 1, 'frames');
      },
    },
    {
      name: 'a clip gives the same numbers whatever came before it, in memory of its own',
      run: () => {
        const extractor = create();
        const first = extractor.compute(speech);
        const copy = first.slice();
        extractor.compute(synthesizeSpeech(7777).reverse());
        assertSameNumbers(extractor.compute(speech), copy, 'the second time');
        assertSameNumbers(first, copy, 'the first result, later');
      },
    },
    {
      name: 'its resolved options come back from JSON with equal output',
      run: () => {
        for (const [option, { value, beside }] of Object.entries(departures)) {
          const config = resolve({ ...beside, [option]: value });
          const again = resolve(JSON.parse(JSON.stringify(config)));
          assertEqual(again, config, `options with ${option}`);
          assertSameNumbers(create(again).compute(speech), create(config).compute(speech), `output with ${option}`);
        }
      },
    },
    {
      name: 'every option is tried here',
      run: () => {
        const known = Object.keys((entry.schema as z.ZodObject).shape).sort();
        assertEqual(Object.keys(departures).sort(), known, 'options tried');
      },
    },
    ...options,
  ];
}
