import { describe, expect, it } from 'vitest';
import { computeEer } from '../../src/metrics/eer.js';
import { expectNear } from '../support/expect-near.js';
import { loadFixtureSet, namedSets, randomSet, TOLERANCE } from '../support/metric-sets.js';

describe('computeEer', () => {
  it.each(namedSets())('gives EER and threshold of %s as the official scripts', (_, { bonafide, spoof, expected }) => {
    const { eer, threshold } = computeEer(bonafide, spoof);
    expectNear(eer, expected.eer, TOLERANCE.value);
    expectNear(threshold, expected.eer_threshold, TOLERANCE.threshold);
  });

  it('is 1, not 0.5, where all scores are equal', () => {
    expect(computeEer([0.5, 0.5], [0.5, 0.5, 0.5])).toEqual({ eer: 1, threshold: 0.5 });
  });

  it('counts bona fide first among equal scores, however the trials are listed', () => {
    const { bonafide, spoof, expected } = loadFixtureSet('tie_bonafide_listed_last');
    expect(computeEer(bonafide.toReversed(), spoof.toReversed()).eer).toBe(expected.eer);
  });

  it.each([1, 2, 3, 4, 5])('keeps its value under increasing maps of the scores (seed %i)', (seed) => {
    const { bonafide, spoof } = randomSet(seed);
    const { eer, threshold } = computeEer(bonafide, spoof);
    for (const map of [(x: number) => 100 * x - 7, Math.exp, (x: number) => x ** 3, Math.atan]) {
      const mapped = computeEer(bonafide.map(map), spoof.map(map));
      expect(mapped.eer).toBe(eer);
      expectNear(mapped.threshold, map(threshold), 1e-12);
    }
  });

  it.each([1, 2, 3, 4, 5])('keeps its value where classes and signs are exchanged (seed %i)', (seed) => {
    const { bonafide, spoof } = randomSet(seed);
    const negated = (scores: number[]): number[] => scores.map((score) => -score);
    expectNear(computeEer(negated(spoof), negated(bonafide)).eer, computeEer(bonafide, spoof).eer, 1e-15);
  });

  it.each([1, 2, 3, 4, 5])('stays a fraction, also where the detector is worse than chance (seed %i)', (seed) => {
    const { bonafide, spoof } = randomSet(seed);
    const { eer } = computeEer(spoof, bonafide);
    expect(eer).toBeGreaterThan(0.5);
    expect(eer).toBeLessThanOrEqual(1);
  });
});
