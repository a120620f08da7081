import { describe, expect, it } from 'vitest';
import { evaluateScores } from '../../src/metrics/summary.js';
import { attackChart } from '../../src/report/attack-chart.js';
import { scoredTrials } from '../support/report-input.js';

describe('attackChart', () => {
  it('has a bar for all, for known and unseen ones, and for each attack', () => {
    const metrics = evaluateScores(scoredTrials(), { knownAttacks: ['A01', 'A02'], bootstrap: { resamples: 20 } });
    const option = attackChart(metrics)?.option as {
      yAxis: { data: string[] };
      series: { name?: string; data: unknown[] }[];
    };
    const names = ['all', 'all known', 'all unseen', 'A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07'];
    expect(option.yAxis.data).toEqual(names);
    const bar = (kind: string, row: string): unknown =>
      option.series.find(({ name }) => name === kind)?.data[names.indexOf(row)];
    expect(bar('all', 'all')).toBe(100 * metrics.eer);
    expect(bar('known', 'A02')).toBe(100 * metrics.attacks[1].eer);
    expect(bar('unseen', 'A02')).toBe('-');
    expect(bar('unseen', 'A07')).toBe(100 * metrics.attacks[6].eer);
  });

  it('grows with the number of attacks, so that no two names overlap', () => {
    const trials = Array.from({ length: 30 }, (_, i) => ({
      utterance: `s${i}`,
      label: 'spoof' as const,
      attackId: `A${i + 10}`,
      score: 0,
    }));
    const metrics = evaluateScores([{ utterance: 'b', label: 'bonafide', score: 1 }, ...trials], { bootstrap: false });
    expect(attackChart(metrics)?.height).toBeGreaterThan(31 * 20);
  });

  it('is not there where the trials name no attack', () => {
    const trials = scoredTrials().map(({ utterance, label, score }) => ({ utterance, label, score }));
    expect(attackChart(evaluateScores(trials, { bootstrap: false }))).toBeUndefined();
  });
});
