/** EER by attack, with confidence intervals. */
import type { GroupMetrics, Metrics } from '../metrics/summary.js';
import { formatPercent, formatShare } from '../metrics/table.js';
import { axisOption, baseOption, type CellApi, type Chart, type Colour, FONT, FULL_WIDTH, paint } from './theme.js';

const ROW_HEIGHT = 28;

/** One bar. */
interface Row {
  readonly name: string;
  readonly kind: 'all' | 'known' | 'unseen';
  readonly group: Pick<GroupMetrics, 'eer' | 'eerConfidenceInterval'>;
}

const KIND_COLOURS: Readonly<Record<Row['kind'], Colour>> = { all: 'neutral', known: 'bonafide', unseen: 'spoof' };

/** A bar for each attack, below those of all attacks together; undefined where the trials name no attack. */
export function attackChart(metrics: Metrics): Chart | undefined {
  if (metrics.attacks.length === 0) return undefined;
  const isDivided = metrics.knownAttacks !== null || metrics.unseenAttacks !== null;
  const rows: Row[] = [{ name: 'all', kind: 'all', group: metrics }];
  if (metrics.knownAttacks !== null) rows.push({ name: 'all known', kind: 'known', group: metrics.knownAttacks });
  if (metrics.unseenAttacks !== null) rows.push({ name: 'all unseen', kind: 'unseen', group: metrics.unseenAttacks });
  for (const attack of metrics.attacks) {
    rows.push({ name: attack.attackId, kind: attack.known === false ? 'unseen' : 'known', group: attack });
  }
  const kinds = isDivided ? (['known', 'unseen'] as const) : [];
  const title = 'EER by attack';
  const interval = metrics.eerConfidenceInterval;
  const whiskers = interval === null ? '' : ` with ${formatShare(interval.confidence)} confidence intervals`;
  const bars = (kind: Row['kind']): object => ({
    name: kind,
    type: 'bar',
    stack: 'eer',
    silent: true,
    barWidth: '62%',
    itemStyle: { color: paint(KIND_COLOURS[kind]), opacity: 0.85, borderRadius: [0, 3, 3, 0] },
    data: rows.map((row) => (row.kind === kind ? 100 * row.group.eer : '-')),
  });
  return {
    name: 'attacks',
    title,
    description: `The spoof trials of each attack against all bona fide trials${whiskers}.`,
    width: FULL_WIDTH,
    height: 92 + ROW_HEIGHT * rows.length,
    option: {
      ...baseOption(title, kinds),
      grid: { left: 104, right: 80, top: 40, bottom: 48, outerBoundsMode: 'none' },
      xAxis: { ...axisOption('EER (%)', 'x'), type: 'value', min: 0 },
      yAxis: {
        ...axisOption('', 'y'),
        type: 'category',
        inverse: true,
        data: rows.map(({ name }) => name),
        splitLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: paint('ink'), fontSize: 12, width: 92, overflow: 'truncate' },
      },
      series: [
        bars('all'),
        bars('known'),
        bars('unseen'),
        {
          type: 'custom',
          silent: true,
          z: 5,
          renderItem: (params: { dataIndex: number }, api: CellApi) =>
            whisker(rows[params.dataIndex], params.dataIndex, api),
          encode: { x: [0, 1], y: 2 },
          data: rows.map(({ group }, i) => [
            100 * (group.eerConfidenceInterval?.low ?? group.eer),
            100 * (group.eerConfidenceInterval?.high ?? group.eer),
            i,
          ]),
        },
      ],
    },
  };
}

/** The interval of a row, and its EER in figures to the right of it. */
function whisker({ group }: Row, index: number, api: CellApi): object {
  const { eer, eerConfidenceInterval: interval } = group;
  const at = (rate: number): [number, number] => api.coord([100 * rate, index]);
  const [right, y] = at(Math.max(eer, interval?.high ?? 0));
  const line = (x1: number, y1: number, x2: number, y2: number): object => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { stroke: paint('ink'), lineWidth: 1.4 },
  });
  const label = {
    type: 'text',
    style: {
      text: formatPercent(eer),
      x: right + 8,
      y,
      verticalAlign: 'middle',
      fill: paint('ink'),
      font: `12px ${FONT}`,
    },
  };
  if (interval === null) return { type: 'group', children: [label] };
  const [low] = at(interval.low);
  const [high] = at(interval.high);
  return {
    type: 'group',
    children: [line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5), label],
  };
}
