/** EER of several systems, and what they cost. */
import { formatPercent, formatShare } from '../metrics/table.js';
import type { ComparedSystem } from './comparison.js';
import {
  axisOption,
  baseOption,
  type CellApi,
  type Chart,
  curveStyle,
  FULL_WIDTH,
  HEIGHT,
  haloText,
  paint,
} from './theme.js';

const ROW_HEIGHT = 34;

/** A bar for each system with its interval, and a point for each of its runs. */
export function eerChart(systems: readonly ComparedSystem[]): Chart {
  const title = 'EER by system';
  const confidence = systems[0]?.eer.confidenceInterval.confidence ?? 0;
  const whisker = (params: { dataIndex: number }, api: CellApi): object => {
    const { low, high } = systems[params.dataIndex].eer.confidenceInterval;
    const [left, y] = api.coord([100 * low, params.dataIndex]);
    const [right] = api.coord([100 * high, params.dataIndex]);
    const line = (x1: number, y1: number, x2: number, y2: number): object => ({
      type: 'line',
      shape: { x1, y1, x2, y2 },
      style: { stroke: paint('ink'), lineWidth: 1.4 },
    });
    return {
      type: 'group',
      children: [line(left, y, right, y), line(left, y - 5, left, y + 5), line(right, y - 5, right, y + 5)],
    };
  };
  return {
    name: 'eer-by-system',
    title,
    description: `Mean over the runs, each run as a point, with ${formatShare(confidence)} confidence intervals over the choice of trials.`,
    width: FULL_WIDTH,
    height: 92 + ROW_HEIGHT * systems.length,
    option: {
      ...baseOption(title),
      grid: { left: 160, right: 40, top: 40, bottom: 48, outerBoundsMode: 'none' },
      xAxis: { ...axisOption('EER (%)', 'x'), type: 'value', min: 0 },
      yAxis: {
        ...axisOption('', 'y'),
        type: 'category',
        inverse: true,
        data: systems.map(({ name }) => name),
        splitLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: paint('ink'), fontSize: 12, width: 148, overflow: 'truncate' },
      },
      series: [
        {
          type: 'bar',
          silent: true,
          barWidth: '56%',
          itemStyle: { color: paint('bonafide'), opacity: 0.5, borderRadius: [0, 3, 3, 0] },
          data: systems.map(({ eer }) => 100 * eer.mean),
        },
        {
          type: 'custom',
          silent: true,
          z: 5,
          renderItem: whisker,
          encode: { x: [0, 1], y: 2 },
          data: systems.map(({ eer }, i) => [100 * eer.confidenceInterval.low, 100 * eer.confidenceInterval.high, i]),
        },
        {
          type: 'scatter',
          silent: true,
          z: 6,
          symbolSize: 8,
          itemStyle: { color: paint('spoof'), borderColor: paint('panel'), borderWidth: 1 },
          data: systems.flatMap(({ runs }, i) => runs.map(({ metrics }) => [100 * metrics.eer, i])),
        },
      ],
    },
  };
}

/** EER against latency; undefined where no latency was measured. */
export function costChart(systems: readonly ComparedSystem[]): Chart | undefined {
  const measured = systems.filter(({ latencySeconds }) => latencySeconds !== null);
  if (measured.length === 0) return undefined;
  const title = 'EER against latency';
  return {
    name: 'cost',
    title,
    description: 'From a decoded 4-s clip to its score, one clip at a time; nearer to the lower left is better.',
    width: FULL_WIDTH,
    height: HEIGHT,
    option: {
      ...baseOption(title),
      xAxis: { ...axisOption('milliseconds a clip', 'x'), type: 'log' },
      yAxis: { ...axisOption('EER (%)', 'y'), type: 'value', min: 0 },
      series: measured.map(({ name, latencySeconds, eer }, i) => ({
        type: 'scatter',
        silent: true,
        symbolSize: 12,
        itemStyle: { color: paint(curveStyle(i).colour) },
        label: { ...haloText(), show: true, position: 'top', formatter: `${name} ${formatPercent(eer.mean)}` },
        data: [[1000 * (latencySeconds ?? 0), 100 * eer.mean]],
      })),
    },
  };
}
