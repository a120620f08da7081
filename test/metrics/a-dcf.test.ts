import { describe, expect, it } from 'vitest';
import { computeMinADcf } from '../../src/metrics/a-dcf.js';
import { expectNear } from '../support/expect-near.js';
import { randomSet, TOLERANCE } from '../support/metric-sets.js';
import { loadSasvSet } from '../support/sasv-set.js';
import { hasShared } from '../support/shared.js';

describe('computeMinADcf', () => {
  it.skipIf(!hasShared)('gives the value of the ASVspoof 5 package', () => {
    const { sasv, expected } = loadSasvSet();
    expectNear(computeMinADcf(sasv.target, sasv.nontarget, sasv.spoof).value, expected.a_dcf, TOLERANCE.value);
  });

  it('is 0 where targets score above all others', () => {
    expect(computeMinADcf([3, 4], [1, 2], [0, 2.5])).toEqual({ value: 0, threshold: 2.5 });
  });

  it('accepts everything, just below the lowest score, where every threshold is worse', () => {
    // Refusing all costs 0.9405, accepting all 0.595, refusing both targets and one impostor more than either.
    expect(computeMinADcf([0, 0.1], [1], [2])).toEqual({ value: 1, threshold: -1e-8 });
  });

  it('is the lowest cost over all thresholds', () => {
    const { bonafide, spoof } = randomSet(3);
    const nontarget = randomSet(4).spoof;
    const share = (scores: number[], passes: (score: number) => boolean): number =>
      scores.filter(passes).length / scores.length;
    const costs = [...bonafide, ...spoof, ...nontarget].map(
      (threshold) =>
        0.9405 * share(bonafide, (score) => score <= threshold) +
        10 * 0.0095 * share(nontarget, (score) => score > threshold) +
        10 * 0.05 * share(spoof, (score) => score > threshold),
    );
    expectNear(computeMinADcf(bonafide, nontarget, spoof).value, Math.min(0.595, ...costs) / 0.595, 1e-12);
  });

  it('refuses NaN and a missing kind of trial', () => {
    expect(() => computeMinADcf([1], [Number.NaN], [0])).toThrow(/nontarget score/);
    expect(() => computeMinADcf([1], [0], [])).toThrow(/at least one spoof/);
  });
});
