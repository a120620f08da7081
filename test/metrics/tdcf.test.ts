import { describe, expect, it } from 'vitest';
import { computeAsvErrorRates, computeMinTdcf } from '../../src/metrics/tdcf.js';
import { DataError } from '../../src/runtime/errors.js';
import { expectNear } from '../support/expect-near.js';
import { loadFixtureSet, namedSets, TOLERANCE } from '../support/metric-sets.js';

describe('computeMinTdcf', () => {
  it.each(namedSets())('gives both forms of %s as the official scripts, or refuses with them', (_, set) => {
    const asv = computeAsvErrorRates(set.asv);
    for (const [variant, want] of [
      ['2019', set.expected.min_tdcf_legacy_2019],
      ['2021', set.expected.min_tdcf_revised_2021],
    ] as const) {
      const compute = () => computeMinTdcf(set.bonafide, set.spoof, asv, variant);
      if ('error' in want) {
        expect(compute).toThrow(/at least 3 distinct/);
      } else {
        expectNear(compute().value, want.value, TOLERANCE.value);
        expectNear(compute().threshold, want.threshold, TOLERANCE.threshold);
      }
    }
  });

  it('has a floor in the revised form only: what the ASV system costs by itself', () => {
    const { bonafide, spoof, asv, expected } = loadFixtureSet('perfect');
    const rates = computeAsvErrorRates(asv);
    expect(computeMinTdcf(bonafide, spoof, rates, '2019').value).toBe(0);
    const { C0 = 0, C1 = 0, C2 = 0 } = expected.min_tdcf_revised_2021 as { C0?: number; C1?: number; C2?: number };
    expect(C0).toBeGreaterThan(0);
    expectNear(computeMinTdcf(bonafide, spoof, rates, '2021').value, C0 / (C0 + Math.min(C1, C2)), 1e-12);
  });

  it('refuses an ASV system that accepts no spoof, as there is nothing to guard', () => {
    const asv = { missRate: 0, falseAcceptRate: 0, spoofFalseAcceptRate: 0 };
    for (const variant of ['2019', '2021'] as const) {
      expect(() => computeMinTdcf([1, 2], [0], asv, variant)).toThrow(DataError);
    }
  });

  it('refuses an ASV system that is worse than none', () => {
    const asv = { missRate: 1, falseAcceptRate: 1, spoofFalseAcceptRate: 1 };
    expect(() => computeMinTdcf([1, 2], [0], asv, '2019')).toThrow(/check the ASV scores/);
  });
});

describe('computeAsvErrorRates', () => {
  it.each(namedSets())('gives the error rates used for %s', (_, { asv, expected }) => {
    const rates = computeAsvErrorRates(asv);
    expectNear(rates.eer, expected.asv.eer, TOLERANCE.value);
    expectNear(rates.threshold, expected.asv.threshold, TOLERANCE.threshold);
    expectNear(rates.missRate, expected.asv.Pmiss, TOLERANCE.value);
    expectNear(rates.falseAcceptRate, expected.asv.Pfa, TOLERANCE.value);
    expectNear(rates.spoofFalseAcceptRate, expected.asv.Pfa_spoof, TOLERANCE.value);
  });

  it('names the kind of trial that is missing', () => {
    expect(() => computeAsvErrorRates({ target: [1], nontarget: [0], spoof: [] })).toThrow(/ASV spoof/);
  });
});
