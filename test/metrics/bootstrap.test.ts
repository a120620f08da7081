import { describe, expect, it } from 'vitest';
import { bootstrapEer } from '../../src/metrics/bootstrap.js';
import { computeEer } from '../../src/metrics/eer.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { createRandom } from '../../src/runtime/random.js';
import { loadFixtureSet, randomSet } from '../support/metric-sets.js';

describe('bootstrapEer', () => {
  it('gives the same interval for the same seed, and another for another', () => {
    const { bonafide, spoof } = randomSet(1, 401, 499);
    const first = bootstrapEer(bonafide, spoof, { seed: 7 });
    expect(bootstrapEer(bonafide.toReversed(), spoof, { seed: 7 })).toEqual(first);
    expect(bootstrapEer(bonafide, spoof, { seed: 8 })).not.toEqual(first);
  });

  // Rounded scores tie across the classes, where the order of equal scores matters.
  it.each(['ties_rounded', 'gauss_100'])('agrees with resampling %s the long way', (name) => {
    const { bonafide, spoof } = loadFixtureSet(name);
    const random = createRandom(1, 'bootstrap');
    const draw = (scores: number[]): number[] => scores.map(() => scores[random.integer(scores.length)]);
    const eers = Array.from({ length: 4000 }, () => computeEer(draw(bonafide), draw(spoof)).eer).sort((a, b) => a - b);
    const { low, high } = bootstrapEer(bonafide, spoof, { resamples: 4000 });
    // Both are estimates; 4,000 resamples settle a bound to well within this.
    expect(Math.abs(low - eers[100])).toBeLessThan(0.006);
    expect(Math.abs(high - eers[3899])).toBeLessThan(0.006);
  });

  it('covers the true EER of the distributions about as often as it says', () => {
    // Unit normals 1.2 apart: the EER is the normal probability below -0.6.
    const truth = 0.27425;
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { bonafide, spoof } = randomSet(seed, 201, 299);
      const { low, high } = bootstrapEer(bonafide, spoof, { resamples: 300, confidence: 0.9, seed });
      if (low <= truth && truth <= high) covered++;
    }
    // Binomial with 200 draws at 0.9: four standard deviations are 17.
    expect(covered).toBeGreaterThan(163);
    expect(covered).toBeLessThan(198);
  });

  it.each([
    ['perfect', 0],
    ['all_equal', 1],
    ['one_each', 0],
    ['one_each_wrong', 1],
  ] as const)('shrinks to a point where every resample of %s is alike', (name, eer) => {
    const { bonafide, spoof } = loadFixtureSet(name);
    expect(bootstrapEer(bonafide, spoof)).toMatchObject({ low: eer, high: eer });
  });

  it('draws a large set, half by half, from the distribution that drawing it trial by trial has', () => {
    // Just below and just above the size from which on halves are drawn; ties cross the classes.
    const rounded = (n: number) => {
      const { bonafide, spoof } = randomSet(4, Math.floor(n / 3), Math.ceil((2 * n) / 3));
      const round = (scores: readonly number[]) => scores.map((score) => Math.round(score * 50) / 50);
      return { bonafide: round(bonafide), spoof: round(spoof) };
    };
    const [small, large] = [rounded(19_990), rounded(20_010)].map(({ bonafide, spoof }) => {
      const { low, high } = bootstrapEer(bonafide, spoof, { resamples: 2000 });
      return { low: low - computeEer(bonafide, spoof).eer, high: high - computeEer(bonafide, spoof).eer };
    });
    const width = small.high - small.low;
    expect(Math.abs(large.low - small.low)).toBeLessThan(0.12 * width);
    expect(Math.abs(large.high - small.high)).toBeLessThan(0.12 * width);
  });

  it('widens with the confidence', () => {
    const { bonafide, spoof } = randomSet(2);
    const wide = bootstrapEer(bonafide, spoof, { confidence: 0.99 });
    const narrow = bootstrapEer(bonafide, spoof, { confidence: 0.5 });
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  it('takes milliseconds for a set of the size of ours', () => {
    const { bonafide, spoof } = randomSet(3, 40, 84);
    bootstrapEer(bonafide, spoof);
    const started = performance.now();
    bootstrapEer(bonafide, spoof);
    // About 1 ms; the bound leaves room for a busy machine.
    expect(performance.now() - started).toBeLessThan(100);
  });

  it.each([{ resamples: 0 }, { resamples: 1.5 }, { confidence: 1 }, { confidence: Number.NaN }, { seed: 0.5 }])(
    'refuses %o',
    (options) => {
      expect(() => bootstrapEer([1], [0], options)).toThrow(ConfigError);
    },
  );
});
