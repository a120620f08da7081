import { describe, expect, it } from 'vitest';
import { evaluateScores } from '../../src/metrics/summary.js';
import { formatInterval, formatMetricsTable, formatScore } from '../../src/metrics/table.js';
import { loadFixtureSet } from '../support/metric-sets.js';

describe('formatMetricsTable', () => {
  it('shows overall figures, attacks, groups and notes in aligned columns', () => {
    const { trials } = loadFixtureSet('softmax_probabilities');
    const some = trials.filter(({ attackId }) => attackId === undefined || ['A07', 'A08', 'A17'].includes(attackId));
    const metrics = evaluateScores(some, { knownAttacks: ['A07', 'A08'], threshold: 0.5 });
    expect(formatMetricsTable(metrics)).toMatchInlineSnapshot(`
      "trials           292  200 bona fide, 92 spoof
      EER          13.27 %  95 % CI 8.60 - 17.45 %, threshold 0.7284
      AUC           0.9552  average precision 0.9786
      minDCF        0.2893  actDCF 1.0000
      Cllr          0.8243  bits
      accuracy     88.36 %  at threshold 0.5000, balanced 87.39 %
        bona fide  90.00 %  180 accepted, 20 rejected
        spoof      84.78 %  78 rejected, 14 accepted

      attack        trials      EER         95 % CI     AUC  accepted
      A07               31  12.95 %  6.48 - 19.68 %  0.9508   12.90 %
      A08               31  12.95 %  6.48 - 21.79 %  0.9553   16.13 %
      A17 (unseen)      30  13.92 %  6.58 - 20.00 %  0.9595   16.67 %
      all known         62  12.95 %  8.03 - 17.62 %  0.9531   14.52 %
      all unseen        30  13.92 %  6.58 - 20.00 %  0.9595   16.67 %

      note: min t-DCF and t-EER need the scores of an ASV system"
    `);
  });

  it('leaves out intervals and breakdowns that are not there, and trailing spaces', () => {
    const { bonafide, spoof } = loadFixtureSet('gauss_100');
    const plain = (label: 'bonafide' | 'spoof') => (score: number, i: number) => ({
      utterance: `${label}${i}`,
      label,
      score,
    });
    const metrics = evaluateScores([...bonafide.map(plain('bonafide')), ...spoof.map(plain('spoof'))], {
      bootstrap: false,
    });
    const text = formatMetricsTable(metrics);
    expect(text).not.toMatch(/CI|attack {2}| $/m);
    expect(text).toContain('EER           2.92 %  threshold -0.1286');
  });

  it('shows the tandem metrics where there are ASV scores', () => {
    const { trials, asv } = loadFixtureSet('gauss_100');
    const text = formatMetricsTable(evaluateScores(trials, { asvScores: asv, bootstrap: false }));
    expect(text).toMatch(/min t-DCF 2019 +0\.0838 +legacy/);
    expect(text).toMatch(/min t-DCF 2021 +0\.1709 +revised/);
    expect(text).toMatch(/t-EER +\d+\.\d\d %/);
  });
});

describe('formatScore', () => {
  it.each([
    [0, '0.0000'],
    [1.23456, '1.2346'],
    [-0.5, '-0.5000'],
    [2.5e-7, '2.500e-7'],
    [1e9, '1.000e+9'],
  ])('writes %d as %s', (score, text) => {
    expect(formatScore(score)).toBe(text);
  });
});

describe('formatInterval', () => {
  it('writes percent, and nothing for no interval', () => {
    expect(formatInterval({ low: 0.1129, high: 0.24194, confidence: 0.95, resamples: 10 })).toBe('11.29 - 24.19 %');
    expect(formatInterval(null)).toBe('');
  });
});
