/** How training went: loss, dev figures and learning rate by epoch. */
import {
  axisOption,
  baseOption,
  type Chart,
  type Colour,
  HALF_WIDTH,
  HEIGHT,
  lineSeries,
  verticalMark,
} from './theme.js';

/** One epoch of a run. Rates are fractions. */
export interface HistoryRow {
  /** From 1. */
  readonly epoch: number;
  /** Mean of the batch losses. */
  readonly trainLoss: number;
  /** Learning rate of the last update. */
  readonly learningRate: number;
  readonly devLoss: number;
  readonly devEer: number;
  readonly devAuc: number;
  /** At the score where the loss finds both classes equally likely: 0 for most. */
  readonly devAccuracy: number;
  readonly seconds: number;
}

/** The charts of a run's history; none where it is empty. */
export function trainingCharts(history: readonly HistoryRow[], bestEpoch: number | null): Chart[] {
  if (history.length === 0) return [];
  const chart = (
    spec: Pick<Chart, 'name' | 'title' | 'description'>,
    axis: Record<string, unknown>,
    lines: readonly [name: string, colour: Colour, value: (row: HistoryRow) => number][],
  ): Chart => {
    const series = lines.map(([name, colour, value]) =>
      lineSeries(
        name,
        colour,
        history.map((row) => [row.epoch, value(row)] as const),
      ),
    );
    if (bestEpoch !== null) {
      const share = (bestEpoch - firstEpoch) / (lastEpoch - firstEpoch);
      series[0] = { ...series[0], markLine: verticalMark(bestEpoch, `best: epoch ${bestEpoch}`, share) };
    }
    const names = lines.map(([name]) => name);
    return {
      ...spec,
      width: HALF_WIDTH,
      height: HEIGHT,
      option: {
        ...baseOption(spec.title, names.length > 1 ? names : []),
        xAxis: { ...axisOption('epoch', 'x'), type: 'value', min: firstEpoch, max: lastEpoch, minInterval: 1 },
        yAxis: { ...axisOption('', 'y'), type: 'value', ...axis },
        series,
      },
    };
  };
  const firstEpoch = Math.min(...history.map(({ epoch }) => epoch));
  // An axis needs some length even for one epoch.
  const lastEpoch = Math.max(firstEpoch + 1, ...history.map(({ epoch }) => epoch));
  return [
    chart(
      { name: 'loss', title: 'Loss', description: 'Mean loss of the training batches and of the dev set by epoch.' },
      { ...axisOption('loss', 'y'), scale: true },
      [
        ['train', 'bonafide', (row) => row.trainLoss],
        ['dev', 'spoof', (row) => row.devLoss],
      ],
    ),
    chart(
      { name: 'dev-eer', title: 'Dev EER', description: 'Equal error rate on the dev set by epoch; lower is better.' },
      { ...axisOption('EER (%)', 'y'), min: 0 },
      [['EER', 'spoof', (row) => 100 * row.devEer]],
    ),
    chart(
      {
        name: 'dev-quality',
        title: 'Dev AUC and accuracy',
        description: 'Area under the ROC curve and share of right decisions on the dev set; higher is better.',
      },
      { ...axisOption('%', 'y'), scale: true, max: 100 },
      [
        ['AUC', 'bonafide', (row) => 100 * row.devAuc],
        ['accuracy', 'third', (row) => 100 * row.devAccuracy],
      ],
    ),
    chart(
      { name: 'learning-rate', title: 'Learning rate', description: 'Learning rate of the last update of each epoch.' },
      {
        ...axisOption('learning rate', 'y'),
        nameGap: 52,
        min: 0,
        axisLabel: { ...axisOption('', 'y').axisLabel, formatter: formatRate },
      },
      [['learning rate', 'neutral', (row) => row.learningRate]],
    ),
  ];
}

/** `0.001`, `5e-5`: short at every size. */
function formatRate(value: number): string {
  const short = Number(value.toPrecision(3));
  return short !== 0 && Math.abs(short) < 1e-3 ? short.toExponential() : String(short);
}
