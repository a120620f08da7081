/** What every feature of the registry keeps, whatever it computes. */
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createFeature, features } from '../../src/features/registry.js';
import { AudioError } from '../../src/runtime/errors.js';
import { synthesizeSpeech } from './synthetic-speech.js';

const SAMPLE_RATE = 16000;

/**
 * @param type the feature's name
 * @param departures for every option, other options under which it is tried (often none) and a value that is not its
 *   default
 */
export function describeFeatureContract(
  type: string,
  departures: Readonly<Record<string, { value: unknown; beside?: Readonly<Record<string, unknown>> }>>,
): void {
  const speech = synthesizeSpeech(4000);
  const create = (options: Readonly<Record<string, unknown>> = {}) => createFeature({ type, ...options }, SAMPLE_RATE);

  describe(`${type} keeps the contract of features`, () => {
    test.each([1, 159, 160, 161, 3999, 4000, 4001])('its shape is the promised one for %i samples', (length) => {
      const extractor = create();
      const matrix = extractor.compute(synthesizeSpeech(length));
      expect(matrix.length).toBe(extractor.nFrames(length) * extractor.nBins);
      expect(matrix.every(Number.isFinite)).toBe(true);
    });

    test('an empty clip is refused', () => {
      expect(create().nFrames(0)).toBe(0);
      expect(() => create().compute(new Float32Array(0))).toThrow(AudioError);
    });

    test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20])('a sample of %d is refused', (sample) => {
      const broken = speech.slice();
      broken[2000] = sample;
      expect(() => create().compute(broken)).toThrow(/expected samples of about -1 to 1, got .* in frame \d+; repair/);
    });

    test('silence gives numbers', () => {
      const { shape } = features.get(type, 'test').schema as z.ZodObject;
      const sliding = { type: 'sliding', variance: true };
      const ways = ['mean', 'mean-variance', sliding].map((normalization) => ({ normalization }));
      for (const options of 'normalization' in shape ? [{}, ...ways] : [{}]) {
        expect(create(options).compute(new Float32Array(2000)).every(Number.isFinite)).toBe(true);
      }
    });

    test('a hop more of samples is a frame more', () => {
      const extractor = create();
      expect(extractor.nFrames(8000 + extractor.hopLength)).toBe(extractor.nFrames(8000) + 1);
    });

    test('a clip gives the same numbers whatever came before it, in memory of its own', () => {
      const extractor = create();
      const first = extractor.compute(speech);
      const copy = first.slice();
      extractor.compute(synthesizeSpeech(7777).reverse());
      expect(extractor.compute(speech)).toEqual(copy);
      expect(first).toEqual(copy);
    });

    test('its resolved options come back from JSON with equal output', () => {
      for (const [name, { value, beside }] of Object.entries(departures)) {
        const config = features.parse({ type, ...beside, [name]: value }, 'test');
        const again = features.parse(JSON.parse(JSON.stringify(config)), 'test');
        expect(again).toEqual(config);
        expect(createFeature(again, SAMPLE_RATE).compute(speech)).toEqual(
          createFeature(config, SAMPLE_RATE).compute(speech),
        );
      }
    });

    test('every option is tried here', () => {
      const { shape } = features.get(type, 'test').schema as z.ZodObject;
      expect(Object.keys(departures).sort()).toEqual(Object.keys(shape).sort());
    });

    test.each(Object.entries(departures))('the option %s changes the output', (name, { value, beside }) => {
      const plain = create(beside).compute(speech);
      const changed = create({ ...beside, [name]: value }).compute(speech);
      expect(changed.every(Number.isFinite)).toBe(true);
      expect(changed).not.toEqual(plain);
    });
  });
}
