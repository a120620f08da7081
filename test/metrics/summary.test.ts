import { describe, expect, it } from 'vitest';
import { evaluateScores, type ScoredTrial } from '../../src/metrics/summary.js';
import { DataError } from '../../src/runtime/errors.js';
import { type ExpectedCost, loadFixtureSet, loadMetricSets, readRows } from '../support/metric-sets.js';
import { hasShared, sharedPath } from '../support/shared.js';

// Float64 on both sides: only the order of additions may differ. Official scripts and scikit-learn, see
// test/fixtures/metrics/README.md.
const VALUE = 1e-9;
const THRESHOLD = 1e-6;

function expectNear(got: number | null, want: number, tolerance: number): void {
  expect(got).not.toBeNull();
  expect(Math.abs((got as number) - want)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)));
}

function expectCost(value: number | null, threshold: number | null, want: ExpectedCost): void {
  if ('error' in want) {
    expect(value).toBeNull();
    expect(threshold).toBeNull();
  } else {
    expectNear(value, want.value, VALUE);
    expectNear(threshold, want.threshold, THRESHOLD);
  }
}

describe('evaluateScores against the official scripts', () => {
  it.each(loadMetricSets().map((set) => [set.name, set] as const))('gives every figure of %s', (_, set) => {
    const got = evaluateScores(set.trials, { asvScores: set.asv, bootstrap: false });
    const want = set.expected;
    expect([got.nBonafide, got.nSpoof]).toEqual([want.n_bonafide, want.n_spoof]);
    expectNear(got.eer, want.eer, VALUE);
    expectNear(got.eerThreshold, want.eer_threshold, THRESHOLD);
    expectNear(got.auc, want.auc, VALUE);
    expectNear(got.averagePrecision, want.average_precision, VALUE);
    expectNear(got.cllr, want.cllr_bits, VALUE);
    expectNear(got.minDcf, want.minDCF_asvspoof5.value, VALUE);
    expectNear(got.minDcfThreshold, want.minDCF_asvspoof5.threshold, THRESHOLD);
    expectNear(got.actDcf, want.actDCF_asvspoof5.value, VALUE);
    expectCost(got.minTdcf2019, got.minTdcf2019Threshold, want.min_tdcf_legacy_2019);
    expectCost(got.minTdcf2021, got.minTdcf2021Threshold, want.min_tdcf_revised_2021);
    expectNear(got.asv?.eer ?? null, want.asv.eer, VALUE);
    expectNear(got.asv?.threshold ?? null, want.asv.threshold, THRESHOLD);
    expectNear(got.asv?.missRate ?? null, want.asv.Pmiss, VALUE);
    expectNear(got.asv?.falseAcceptRate ?? null, want.asv.Pfa, VALUE);
    expectNear(got.asv?.spoofFalseAcceptRate ?? null, want.asv.Pfa_spoof, VALUE);
    const perAttack = Object.entries(want.eer_per_attack ?? {});
    for (const [attackId, eer] of perAttack) {
      expectNear(got.attacks.find((attack) => attack.attackId === attackId)?.eer ?? null, eer, VALUE);
    }
    if (perAttack.length > 0) expect(got.attacks).toHaveLength(perAttack.length);
  });
});
