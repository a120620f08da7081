import { describe, expect, it } from 'vitest';
import { trainingCharts } from '../../src/report/training-charts.js';
import { history } from '../support/report-input.js';

interface Series {
  name: string;
  data: [number, number][];
  markLine?: { data: { xAxis: number }[] };
}

function seriesOf(name: string, nEpochs: number, best: number | null): Series[] {
  const chart = trainingCharts(history(nEpochs), best).find((candidate) => candidate.name === name);
  return chart?.option.series as Series[];
}

describe('trainingCharts', () => {
  it('draws what the history says, rates in percent', () => {
    const rows = history(3);
    expect(seriesOf('loss', 3, 2).map(({ name, data }) => [name, data])).toEqual([
      ['train', rows.map((row) => [row.epoch, row.trainLoss])],
      ['dev', rows.map((row) => [row.epoch, row.devLoss])],
    ]);
    expect(seriesOf('dev-eer', 3, 2)[0].data).toEqual(rows.map((row) => [row.epoch, 100 * row.devEer]));
    expect(seriesOf('dev-quality', 3, 2).map(({ data }) => data[2])).toEqual([
      [3, 100 * rows[2].devAuc],
      [3, 100 * rows[2].devAccuracy],
    ]);
    expect(seriesOf('learning-rate', 3, 2)[0].data).toEqual(rows.map((row) => [row.epoch, row.learningRate]));
  });

  it('marks the best epoch once in each chart, and none where it is unknown', () => {
    for (const name of ['loss', 'dev-eer', 'dev-quality', 'learning-rate']) {
      const marks = seriesOf(name, 4, 3).flatMap(({ markLine }) => markLine?.data ?? []);
      expect(marks).toEqual([{ xAxis: 3 }]);
      expect(seriesOf(name, 4, null).every(({ markLine }) => markLine === undefined)).toBe(true);
    }
  });

  it('draws nothing for an empty history', () => {
    expect(trainingCharts([], null)).toEqual([]);
  });
});
