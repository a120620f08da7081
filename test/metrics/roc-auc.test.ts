import { describe, expect, it } from 'vitest';
import { computeRocAuc } from '../../src/metrics/roc-auc.js';
import { expectNear } from '../support/expect-near.js';
import { namedSets, randomSet, TOLERANCE } from '../support/metric-sets.js';

describe('computeRocAuc', () => {
  it.each(namedSets())('gives the AUC of %s as scikit-learn', (_, { bonafide, spoof, expected }) => {
    expectNear(computeRocAuc(bonafide, spoof), expected.auc, TOLERANCE.value);
  });

  it('is the share of pairs in the right order, ties counting one half', () => {
    const { bonafide, spoof } = randomSet(1);
    const rounded = (scores: number[]): number[] => scores.map((score) => Math.round(2 * score));
    const [b, s] = [rounded(bonafide), rounded(spoof)];
    const pairs = b.flatMap((x) => s.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
    expectNear(computeRocAuc(b, s), pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length, 1e-15);
  });

  it('turns into its complement where the classes are exchanged', () => {
    const { bonafide, spoof } = randomSet(2);
    expectNear(computeRocAuc(spoof, bonafide), 1 - computeRocAuc(bonafide, spoof), 1e-15);
  });

  it('refuses NaN and an empty class', () => {
    expect(() => computeRocAuc([Number.NaN], [0])).toThrow(/finite/);
    expect(() => computeRocAuc([0], [])).toThrow(/at least one spoof/);
  });
});
