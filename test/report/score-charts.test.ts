import { describe, expect, it } from 'vitest';
import { probit } from '../../src/metrics/det.js';
import { evaluateScores } from '../../src/metrics/summary.js';
import { scoreCharts } from '../../src/report/score-charts.js';
import type { Chart } from '../../src/report/theme.js';
import { loadFixtureSet } from '../support/metric-sets.js';
import { scoredTrials } from '../support/report-input.js';

interface Series {
  name?: string;
  type: string;
  data: [number, number][];
  markLine?: { data: { xAxis: number }[] };
}

function chartOf(name: string, trials = scoredTrials(), threshold?: number): Chart {
  const charts = scoreCharts(trials, evaluateScores(trials, { threshold, bootstrap: false }));
  return charts.find((candidate) => candidate.name === name) as Chart;
}

function seriesOf(chart: Chart): Series[] {
  return chart.option.series as Series[];
}

describe('scoreCharts', () => {
  it('shows each class in the histogram as shares that add up to 100 %', () => {
    for (const { data } of seriesOf(chartOf('score-histogram'))) {
      // First and last corner close the area.
      const shares = data.slice(1, -2).map(([, share]) => share);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 9);
    }
  });

  it('marks the decision threshold, inside the axis even where no score is near', () => {
    const chart = chartOf('score-histogram', scoredTrials(), 50);
    expect(seriesOf(chart)[0].markLine?.data).toEqual([{ xAxis: 50 }]);
    expect((chart.option.xAxis as { max: number }).max).toBeGreaterThan(50);
  });

  it('puts the DET curve and the EER on normal-deviate axes', () => {
    const trials = scoredTrials();
    const { eer } = evaluateScores(trials, { bootstrap: false });
    const [, , point] = seriesOf(chartOf('det', trials));
    expect(point.data).toEqual([[probit(eer), probit(eer)]]);
  });

  it('keeps DET points inside the axes where an error rate is 0', () => {
    const { trials } = loadFixtureSet('perfect');
    const chart = chartOf('det', trials);
    const { min, max } = chart.option.xAxis as { min: number; max: number };
    for (const [x, y] of seriesOf(chart)[1].data) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(min);
      expect(Math.max(x, y)).toBeLessThanOrEqual(max);
    }
  });

  it('runs the ROC curve from corner to corner, thinned where points are many', () => {
    const many = Array.from({ length: 60 }, (_, i) => scoredTrials(i)).flat();
    for (const trials of [scoredTrials(), many]) {
      const [, { data }] = seriesOf(chartOf('roc', trials));
      expect(data[0]).toEqual([100, 100]);
      expect(data.at(-1)).toEqual([0, 0]);
      expect(data.length).toBeLessThanOrEqual(600);
    }
  });
});
