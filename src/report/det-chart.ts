/** Detection error trade-off of one or more detectors, and what the ROC curve shares with it. */
import { type DetPoint, probit } from '../metrics/det.js';
import { formatPercent } from '../metrics/table.js';
import { axisOption, baseOption, type Chart, type Colour, HALF_WIDTH, haloText, lineSeries, paint } from './theme.js';

/** Bounds and grid of an axis, in percent. */
const TICKS = [0.01, 0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 80, 90, 95, 99];
/** Points of a curve beyond which more can't be seen. */
const MAX_POINTS = 600;

/** The curve of one detector. */
export interface DetCurve {
  readonly name: string;
  readonly points: readonly DetPoint[];
  /** A fraction. */
  readonly eer: number;
  readonly colour: Colour;
  /** Default solid. */
  readonly line?: 'solid' | 'dashed' | 'dotted';
}

/**
 * The curves on normal-deviate axes. A single one has its EER written beside it; several have a legend.
 *
 * @param curves at least one
 */
export function detChart(curves: readonly DetCurve[], width: number = HALF_WIDTH): Chart {
  const eers = curves.map(({ eer }) => eer);
  const rates = curves
    .flatMap(({ points }) => points.flatMap(({ far, frr }) => [far, frr]))
    .filter((rate) => rate > 0 && rate < 1);
  // From below the smallest rate that the set can show, or half the EER, to well beyond the EER.
  const lowest =
    100 * rates.reduce((least, rate) => Math.min(least, rate), Math.min(0.1, ...eers.map((eer) => eer / 2)));
  const low = TICKS.findLast((tick) => tick <= lowest) ?? TICKS[0];
  const high = TICKS.find((tick) => tick >= Math.max(60, ...eers.map((eer) => 150 * eer))) ?? 99;
  const ticks = TICKS.filter((tick) => tick >= low && tick <= high);
  const position = (rate: number): number => probit(Math.min(high, Math.max(low, 100 * rate)) / 100);
  const marks = ticks.map((tick) => probit(tick / 100));
  const axis = (name: string, direction: 'x' | 'y'): Record<string, unknown> => {
    const style = axisOption(name, direction);
    return {
      ...style,
      type: 'value',
      min: marks[0],
      max: marks.at(-1),
      axisTick: { ...style.axisTick, customValues: marks },
      axisLabel: {
        ...style.axisLabel,
        customValues: marks,
        formatter: (value: number) => String(ticks[nearestIndex(marks, value)]),
      },
    };
  };
  const lines = curves.map(({ name, points, colour, line = 'solid' }) => ({
    ...lineSeries(
      name,
      colour,
      thinned(points).map(({ far, frr }) => [position(far), position(frr)] as const),
    ),
    showSymbol: false,
    lineStyle: { color: paint(colour), width: 2, type: line },
  }));
  const marksOfEer =
    curves.length > 1
      ? []
      : [
          pointSeries(position(eers[0]), position(eers[0]), `EER ${formatPercent(eers[0])}`, {
            toLeft: eers[0] > 0.5,
            dy: -12,
          }),
        ];
  const title = 'Detection error trade-off';
  // A legend of many names stands below the title.
  const legend = curves.length > 1 ? curves.map(({ name }) => name) : [];
  const base = baseOption(title, legend);
  const nLegendLines = Math.ceil(legend.length / 5);
  return {
    name: 'det',
    title,
    description:
      'The two kinds of error against each other over all thresholds, on normal-deviate axes; nearer to the lower left is better.',
    width,
    height: 420 + 24 * nLegendLines,
    option: {
      ...base,
      ...(legend.length === 0
        ? {}
        : {
            legend: { ...(base.legend as object), left: 0, right: 0, top: 26 },
            grid: { ...(base.grid as object), top: 42 + 24 * nLegendLines },
          }),
      xAxis: axis('spoof accepted (%)', 'x'),
      yAxis: axis('bona fide rejected (%)', 'y'),
      series: [diagonal(marks[0], marks.at(-1) ?? 0, 'both'), ...lines, ...marksOfEer],
    },
  };
}

/** A thin dashed line from `[low, low]` to `[high, high]`. */
export function diagonal(low: number, high: number, name: string): object {
  return {
    ...lineSeries(name, 'neutral', [
      [low, low],
      [high, high],
    ]),
    showSymbol: false,
    lineStyle: { color: paint('neutral'), width: 1, type: 'dashed' },
  };
}

/** A point with a label beside it, `dy` pixels below its middle, clear of the curve and the frame. */
export function pointSeries(
  x: number,
  y: number,
  text: string,
  { toLeft, dy }: { toLeft: boolean; dy: number },
): object {
  return {
    type: 'scatter',
    silent: true,
    data: [[x, y]],
    symbol: 'diamond',
    symbolSize: 13,
    itemStyle: { color: paint('spoof'), borderColor: paint('panel'), borderWidth: 1 },
    label: {
      ...haloText(),
      show: true,
      formatter: text,
      position: toLeft ? 'left' : 'right',
      distance: 8,
      offset: [0, dy],
      fontWeight: 600,
    },
    z: 5,
  };
}

/** At most 600 points, first and last among them. */
export function thinned(points: readonly DetPoint[]): readonly DetPoint[] {
  if (points.length <= MAX_POINTS) return points;
  const last = points.length - 1;
  return Array.from({ length: MAX_POINTS }, (_, i) => points[Math.round((i * last) / (MAX_POINTS - 1))]);
}

function nearestIndex(values: readonly number[], value: number): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i] - value) < Math.abs(values[best] - value)) best = i;
  }
  return best;
}
