/** What the scores of a set look like: histogram, DET and ROC curves, confusion matrix. */
import { computeDetPoints, type DetPoint } from '../metrics/det.js';
import { type Metrics, type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import { formatPercent, formatScore } from '../metrics/table.js';
import { detChart, diagonal, pointSeries, thinned } from './det-chart.js';
import {
  axisOption,
  baseOption,
  type CellApi,
  type Chart,
  FONT,
  HALF_WIDTH,
  HEIGHT,
  lineSeries,
  paint,
  verticalMark,
} from './theme.js';

/** Most and fewest bins of the histogram. */
const MAX_BINS = 60;
const MIN_BINS = 12;

/** The four charts of a scored set. */
export function scoreCharts(trials: readonly ScoredTrial[], metrics: Metrics): Chart[] {
  const { bonafide, spoof } = scoresByClass(trials);
  const points = computeDetPoints(bonafide, spoof);
  return [
    histogramChart(bonafide, spoof, metrics.threshold),
    confusionChart(metrics),
    detChart([{ name: 'DET', points, eer: metrics.eer, colour: 'bonafide' }]),
    rocChart(thinned(points), metrics),
  ];
}

function histogramChart(bonafide: Float64Array, spoof: Float64Array, threshold: number): Chart {
  const [low, high] = scoreRange([bonafide, spoof], threshold);
  const nTrials = bonafide.length + spoof.length;
  const nBins = Math.min(MAX_BINS, Math.max(MIN_BINS, Math.ceil(4 * Math.cbrt(nTrials))));
  const width = (high - low) / nBins;
  const steps = (scores: Float64Array): [number, number][] => {
    const shares = new Array<number>(nBins).fill(0);
    for (const score of scores) {
      // Scores beyond the range count in the outermost bins.
      const bin = Math.min(nBins - 1, Math.max(0, Math.floor((score - low) / width)));
      shares[bin] += 100 / scores.length;
    }
    const corners = shares.map((share, bin): [number, number] => [low + bin * width, share]);
    return [[low, 0], ...corners, [high, shares[nBins - 1]], [high, 0]];
  };
  const series = (name: string, colour: 'bonafide' | 'spoof', scores: Float64Array): object => ({
    ...lineSeries(name, colour, steps(scores)),
    showSymbol: false,
    step: 'end',
    areaStyle: { color: paint(colour), opacity: 0.28 },
  });
  const title = 'Scores';
  return {
    name: 'score-histogram',
    title,
    description: 'How each class scores, as a share of the class; trials right of the threshold pass as bona fide.',
    width: HALF_WIDTH,
    height: HEIGHT,
    option: {
      ...baseOption(title, ['bona fide', 'spoof']),
      xAxis: {
        ...axisOption('score (higher: more bona fide)', 'x'),
        type: 'value',
        min: low,
        max: high,
        ...scoreAxis(low, high),
      },
      yAxis: { ...axisOption('share of the class (%)', 'y'), type: 'value', min: 0 },
      series: [
        {
          ...series('bona fide', 'bonafide', bonafide),
          markLine: verticalMark(threshold, `threshold ${formatScore(threshold)}`, (threshold - low) / (high - low)),
        },
        series('spoof', 'spoof', spoof),
      ],
    },
  };
}

/** Ticks at round scores, though the axis ends where the bins do. */
function scoreAxis(low: number, high: number): Record<string, unknown> {
  const raw = (high - low) / 8;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = magnitude * ([1, 2, 5, 10].find((factor) => factor * magnitude >= raw) ?? 10);
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  return {
    axisTick: { ...axisOption('', 'x').axisTick, customValues: ticks },
    axisLabel: {
      ...axisOption('', 'x').axisLabel,
      customValues: ticks,
      formatter: (value: number) => String(Number(value.toPrecision(6))),
    },
  };
}

/** Range that holds the threshold and all but the outermost hundredth of each class at either end, never empty. */
function scoreRange(classes: readonly Float64Array[], threshold: number): [number, number] {
  const ends = classes.flatMap((scores) => {
    const sorted = scores.toSorted();
    const cut = Math.floor(sorted.length / 100);
    return [sorted[cut], sorted[sorted.length - 1 - cut]];
  });
  const low = Math.min(threshold, ...ends);
  const high = Math.max(threshold, ...ends);
  const margin = high > low ? (high - low) / 50 : Math.max(1, Math.abs(low)) / 50;
  return [low - margin, high + margin];
}

function rocChart(points: readonly DetPoint[], metrics: Metrics): Chart {
  const title = 'ROC';
  const curve = points.map(({ far, frr }) => [100 * far, 100 * (1 - frr)] as const);
  return {
    name: 'roc',
    title,
    description: 'Bona fide trials accepted against spoof trials accepted; nearer to the upper left is better.',
    width: HALF_WIDTH,
    height: 420,
    option: {
      ...baseOption(title),
      xAxis: { ...axisOption('spoof accepted (%)', 'x'), type: 'value', min: 0, max: 100 },
      yAxis: { ...axisOption('bona fide accepted (%)', 'y'), type: 'value', min: 0, max: 100 },
      series: [
        diagonal(0, 100, 'chance'),
        {
          ...lineSeries('ROC', 'bonafide', curve),
          showSymbol: false,
          areaStyle: { color: paint('bonafide'), opacity: 0.12 },
        },
        pointSeries(100 * metrics.eer, 100 * (1 - metrics.eer), `AUC ${metrics.auc.toFixed(4)}`, {
          toLeft: metrics.eer > 0.5,
          dy: metrics.eer > 0.5 ? -12 : 14,
        }),
      ],
    },
  };
}

function confusionChart({ confusionMatrix, threshold }: Metrics): Chart {
  const classes = ['spoof', 'bona fide'];
  const title = 'Decisions';
  const cells = confusionMatrix.flatMap((row, truth) =>
    row.map((count, decision) => ({ truth, decision, count, share: count / (row[0] + row[1]) })),
  );
  const renderItem = (params: { dataIndex: number }, api: CellApi): object => {
    const { truth, decision, count, share } = cells[params.dataIndex];
    const [x, y] = api.coord([decision, truth]);
    const [width, height] = api.size([1, 1]);
    const text = (value: string, dy: number, fontSize: number, weight: number): object => ({
      type: 'text',
      style: {
        text: value,
        x,
        y: y + dy,
        align: 'center',
        verticalAlign: 'middle',
        fill: paint('ink'),
        font: `${weight} ${fontSize}px ${FONT}`,
      },
    });
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { x: x - width / 2 + 2, y: y - height / 2 + 2, width: width - 4, height: height - 4, r: 4 },
          style: { fill: paint(truth === decision ? 'bonafide' : 'spoof'), opacity: 0.08 + 0.42 * share },
        },
        text(String(count), -10, 22, 600),
        text(`${formatPercent(share)} of ${classes[truth]}`, 16, 12, 400),
      ],
    };
  };
  const axis = (name: string, direction: 'x' | 'y'): Record<string, unknown> => ({
    ...axisOption(name, direction),
    type: 'category',
    data: classes,
    splitLine: { show: false },
    axisTick: { show: false },
    axisLine: { show: false },
  });
  return {
    name: 'confusion-matrix',
    title,
    description: `Trials by truth and decision at the threshold ${formatScore(threshold)}.`,
    width: HALF_WIDTH,
    height: HEIGHT,
    option: {
      ...baseOption(title),
      grid: { left: 92, right: 22, top: 36, bottom: 48, outerBoundsMode: 'none' },
      xAxis: axis('decision', 'x'),
      yAxis: { ...axis('truth', 'y'), nameGap: 72, inverse: true },
      series: [
        { type: 'custom', silent: true, renderItem, data: cells.map(({ decision, truth }) => [decision, truth]) },
      ],
    },
  };
}
