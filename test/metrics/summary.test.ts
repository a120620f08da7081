import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { computeEer } from '../../src/metrics/eer.js';
import { evaluateScores, type ScoredTrial } from '../../src/metrics/summary.js';
import { computeTEer } from '../../src/metrics/t-eer.js';
import { DataError } from '../../src/runtime/errors.js';
import { expectNear } from '../support/expect-near.js';
import {
  type ExpectedCost,
  type ExpectedMetrics,
  loadFixtureSet,
  namedSets,
  readRows,
  TOLERANCE,
} from '../support/metric-sets.js';
import { hasShared, sharedPath } from '../support/shared.js';

function expectCost(value: number | null, threshold: number | null, want: ExpectedCost): void {
  if ('error' in want) {
    expect([value, threshold]).toEqual([null, null]);
  } else {
    expectNear(value, want.value, TOLERANCE.value);
    expectNear(threshold, want.threshold, TOLERANCE.threshold);
  }
}

function expectMetrics(got: ReturnType<typeof evaluateScores>, want: ExpectedMetrics): void {
  expect([got.nBonafide, got.nSpoof]).toEqual([want.n_bonafide, want.n_spoof]);
  expectNear(got.eer, want.eer, TOLERANCE.value);
  expectNear(got.eerThreshold, want.eer_threshold, TOLERANCE.threshold);
  expectNear(got.auc, want.auc, TOLERANCE.value);
  expectNear(got.averagePrecision, want.average_precision, TOLERANCE.value);
  expectNear(got.cllr, want.cllr_bits, TOLERANCE.value);
  expectNear(got.minDcf, want.minDCF_asvspoof5.value, TOLERANCE.value);
  expectNear(got.minDcfThreshold, want.minDCF_asvspoof5.threshold, TOLERANCE.threshold);
  expectNear(got.actDcf, want.actDCF_asvspoof5.value, TOLERANCE.value);
  expectCost(got.minTdcf2019, got.minTdcf2019Threshold, want.min_tdcf_legacy_2019);
  expectCost(got.minTdcf2021, got.minTdcf2021Threshold, want.min_tdcf_revised_2021);
  expectNear(got.asv?.threshold, want.asv.threshold, TOLERANCE.threshold);
  const perAttack = Object.entries(want.eer_per_attack ?? {});
  for (const [attackId, eer] of perAttack) {
    expectNear(got.attacks.find((attack) => attack.attackId === attackId)?.eer, eer, TOLERANCE.value);
  }
  if (perAttack.length > 0) expect(got.attacks).toHaveLength(perAttack.length);
}

describe('evaluateScores', () => {
  it.each(namedSets())('gives every figure of %s as the official scripts and scikit-learn', (_, set) => {
    expectMetrics(evaluateScores(set.trials, { asvScores: set.asv, bootstrap: false }), set.expected);
  });

  it.skipIf(!hasShared).each(['progress', 'eval', 'hidden_track'])(
    'gives every figure of the %s part of the ASVspoof 2021 package',
    (phase) => {
      const folder = sharedPath('reference/metrics/package2021/');
      const scoresOf = (path: string): Map<string, number> =>
        new Map(readRows(folder + path).map((row) => [row.at(-2) as string, Number(row.at(-1))]));
      const cm = scoresOf('score.txt');
      const trials = readRows(`${folder}keys/CM/trial_metadata.txt`)
        .filter((row) => row[7] === phase)
        .map((row): ScoredTrial => {
          const [, utterance, , , attackId, label] = row;
          const score = cm.get(utterance) as number;
          return label === 'spoof' ? { utterance, label, attackId, score } : { utterance, label: 'bonafide', score };
        });
      const asv = scoresOf('keys/ASV/ASVTorch_Kaldi/score.txt');
      const asvRows = readRows(`${folder}keys/ASV/trial_metadata.txt`).filter((row) => row[7] === phase);
      const kind = (name: string): number[] =>
        asvRows.filter((row) => row[5] === name).map((row) => asv.get(row[1]) as number);
      const asvScores = { target: kind('target'), nontarget: kind('nontarget'), spoof: kind('spoof') };
      const { package_2021 } = JSON.parse(readFileSync(sharedPath('reference/metrics/expected.json'), 'utf8'));
      expectMetrics(evaluateScores(trials, { asvScores, bootstrap: false }), package_2021.phases[phase]);
    },
  );

  it('says why the tandem metrics are null', () => {
    const { trials, asv } = loadFixtureSet('one_each');
    expect(evaluateScores(trials)).toMatchObject({ minTdcf2019: null, minTdcf2021: null, tEer: null, asv: null });
    expect(evaluateScores(trials).notes).toEqual(['min t-DCF and t-EER need the scores of an ASV system']);
    const decisions = evaluateScores(trials, { asvScores: asv });
    expect(decisions.minTdcf2019).toBeNull();
    expect(decisions.notes).toEqual([expect.stringContaining('at least 3 distinct')]);
  });

  it('gives t-EER where there are ASV scores', () => {
    const { trials, bonafide, spoof, asv } = loadFixtureSet('gauss_100');
    expect(evaluateScores(trials, { asvScores: asv }).tEer).toBe(computeTEer(asv, bonafide, spoof));
  });

  it('decides at the EER threshold unless given another', () => {
    const { trials, expected } = loadFixtureSet('gauss_100');
    expect(evaluateScores(trials).accuracy).toBe(expected.classification_threshold_eer?.accuracy);
    const atZero = evaluateScores(trials, { threshold: 0 });
    expect(atZero.accuracy).toBe(expected.classification_threshold_0?.accuracy);
    expect(atZero.threshold).toBe(0);
    expect(atZero.eerThreshold).toBe(expected.eer_threshold);
  });

  it('measures known and unseen attacks against all bona fide trials', () => {
    const { trials, bonafide } = loadFixtureSet('softmax_probabilities');
    const knownAttacks = ['A07', 'A09', 'A99'];
    const { attacks, ...got } = evaluateScores(trials, { knownAttacks, threshold: 0.5, bootstrap: { resamples: 50 } });
    const spoofOf = (isKnown: boolean): number[] =>
      trials
        .filter(({ attackId }) => attackId !== undefined && knownAttacks.includes(attackId) === isKnown)
        .map(({ score }) => score);
    for (const [group, isKnown] of [
      [got.knownAttacks, true],
      [got.unseenAttacks, false],
    ] as const) {
      const spoof = spoofOf(isKnown);
      expect(group?.nSpoof).toBe(spoof.length);
      expect(group?.eer).toBe(computeEer(bonafide, spoof).eer);
      expect(group?.falseAcceptRate).toBe(spoof.filter((score) => score >= 0.5).length / spoof.length);
      expect(group?.eerConfidenceInterval?.resamples).toBe(50);
    }
    expect(attacks.map(({ attackId }) => attackId)).toEqual(attacks.map(({ attackId }) => attackId).sort());
    expect(attacks.filter(({ known }) => known).map(({ attackId }) => attackId)).toEqual(['A07', 'A09']);
  });

  it('does not guess which attacks are known', () => {
    const { trials } = loadFixtureSet('softmax_probabilities');
    const { attacks, knownAttacks, unseenAttacks } = evaluateScores(trials, { bootstrap: false });
    expect(attacks.every(({ known }) => known === null)).toBe(true);
    expect([knownAttacks, unseenAttacks]).toEqual([null, null]);
  });

  it('notes how many spoof trials name no attack', () => {
    const trials: ScoredTrial[] = [
      { utterance: 'a', label: 'bonafide', score: 1 },
      { utterance: 'b', label: 'spoof', score: 0 },
      { utterance: 'c', label: 'spoof', attackId: 'A01', score: -1 },
    ];
    const { attacks, notes } = evaluateScores(trials);
    expect(attacks.map(({ nSpoof }) => nSpoof)).toEqual([1]);
    expect(notes).toContain('1 of 2 spoof trials name no attack');
  });

  it('survives a round trip through JSON, intervals left out where asked', () => {
    const { trials } = loadFixtureSet('gauss_100');
    const metrics = evaluateScores(trials, { bootstrap: false });
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
    expect(metrics.eerConfidenceInterval).toBeNull();
    expect(evaluateScores(trials).eerConfidenceInterval).toMatchObject({ confidence: 0.95, resamples: 1000 });
  });

  it('names the utterance whose score is not a number', () => {
    const trials: ScoredTrial[] = [
      { utterance: 'good', label: 'bonafide', score: 1 },
      { utterance: 'bad', label: 'spoof', score: Number.NaN },
    ];
    expect(() => evaluateScores(trials)).toThrow(DataError);
    expect(() => evaluateScores(trials)).toThrow(/score of bad/);
  });

  it('refuses a set with one class only', () => {
    expect(() => evaluateScores([{ utterance: 'a', label: 'spoof', score: 1 }])).toThrow(/bona fide trial, got none/);
  });
});
