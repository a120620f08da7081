/** The contract of features as tests, for those of the registry. */
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createFeature, features } from '../../src/features/registry.js';
import { AudioError } from '../../src/runtime/errors.js';
import { type Departures, featureChecks } from '../../src/testing/feature-checks.js';
import { synthesizeSpeech } from './synthetic-speech.js';

const SAMPLE_RATE = 16000;

/**
 * @param type the feature's name
 * @param departures for every option, other options under which it is tried (often none) and a value that is not its
 *   default
 */
export function describeFeatureContract(type: string, departures: Departures): void {
  const create = (options: Readonly<Record<string, unknown>> = {}) => createFeature({ type, ...options }, SAMPLE_RATE);
  const entry = features.get(type, 'test');

  describe(`${type} keeps the contract of features`, () => {
    for (const { name, run } of featureChecks(type, entry, departures)) test(name, run);

    test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20])('a sample of %d is refused in our way', (sample) => {
      const broken = synthesizeSpeech(4000);
      broken[2000] = sample;
      expect(() => create().compute(broken)).toThrow(/expected samples of about -1 to 1, got .* in frame \d+; repair/);
      expect(() => create().compute(new Float32Array(0))).toThrow(AudioError);
    });

    test('silence gives numbers, normalised in any way', () => {
      const { shape } = entry.schema as z.ZodObject;
      const sliding = { type: 'sliding', variance: true };
      const ways = ['mean', 'mean-variance', sliding].map((normalization) => ({ normalization }));
      for (const options of 'normalization' in shape ? [{}, ...ways] : [{}]) {
        expect(create(options).compute(new Float32Array(2000)).every(Number.isFinite)).toBe(true);
      }
    });
  });
}
