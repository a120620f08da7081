/** A benchmark's results for readers: a table in Markdown, and a picture. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { drawInline, loadDrawing, standAlone } from '../../src/report/draw.js';
import { axisOption, baseOption, type Chart, FULL_WIDTH, paint } from '../../src/report/theme.js';
import { writeFileAtomic } from '../../src/runtime/files.js';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';
import type { TimedComparison } from './comparison.js';

const ROW_HEIGHT = 34;

/**
 * Writes `docs/bench/NAME.md` and `docs/images/bench-NAME.svg`.
 *
 * @param facts machine, engine, versions and what else the figures hold for
 */
export async function writeUp(name: string, rows: readonly TimedComparison[], facts: readonly string[]): Promise<void> {
  mkdirSync(join(PROJECT_ROOT, 'docs/bench'), { recursive: true });
  mkdirSync(join(PROJECT_ROOT, 'docs/images'), { recursive: true });
  writeFileAtomic(join(PROJECT_ROOT, `docs/bench/${name}.md`), toMarkdown(name, rows, facts));
  const drawing = await loadDrawing();
  writeFileAtomic(
    join(PROJECT_ROOT, `docs/images/bench-${name}.svg`),
    standAlone(drawInline(drawing, chartOf(name, rows, facts))),
  );
}

function toMarkdown(name: string, rows: readonly TimedComparison[], facts: readonly string[]): string {
  const cells = rows.map(({ name, ours, peer, ratio, spread, bar }) => {
    const range = spread.map((value) => value.toFixed(2)).join(' to ');
    const figures = [ours.toPrecision(3), peer.toPrecision(3), `${ratio.toFixed(2)} (${range})`, bar?.toFixed(2) ?? ''];
    return `| ${[name, ...figures].join(' | ')} |`;
  });
  return [
    `# npm run bench -- ${name}`,
    '',
    'Medians of rounds by turns; a ratio above 1 means that ours does more in the same time. In brackets the middle half of',
    'the rounds.',
    '',
    '| what, and beside whom | ours | peer | ratio | to reach |',
    '|---|---|---|---|---|',
    ...cells,
    '',
    ...facts.map((fact) => `- ${fact}`),
    '',
  ].join('\n');
}

function chartOf(name: string, rows: readonly TimedComparison[], facts: readonly string[]): Chart {
  // ECharts draws the first category at the bottom.
  const upwards = [...rows].reverse();
  const title = `Ours against the peer, npm run bench -- ${name}`;
  const height = 110 + ROW_HEIGHT * rows.length;
  return {
    name: `bench-${name}`,
    title,
    description: 'How many times as much ours does in the same time; the mark is the bar to reach.',
    width: FULL_WIDTH,
    height,
    option: {
      ...baseOption(title),
      grid: { left: 330, right: 70, top: 48, bottom: 60, outerBoundsMode: 'none' },
      xAxis: { ...axisOption(facts.slice(0, 2).join('; '), 'x'), type: 'value', min: 0 },
      yAxis: {
        ...axisOption('', 'y'),
        type: 'category',
        data: upwards.map(({ name }) => name),
        splitLine: { show: false },
      },
      series: [
        {
          type: 'bar',
          silent: true,
          barWidth: 16,
          data: upwards.map(({ ratio, bar }) => ({
            value: ratio,
            itemStyle: { color: paint(bar !== null && ratio < bar ? 'spoof' : 'bonafide') },
          })),
          label: {
            show: true,
            position: 'right',
            color: paint('ink'),
            formatter: ({ value }: { value: number }) => value.toFixed(2),
          },
        },
        {
          type: 'scatter',
          silent: true,
          symbol: 'rect',
          symbolSize: [2, 24],
          itemStyle: { color: paint('ink') },
          data: upwards.flatMap(({ bar, name }) => (bar === null ? [] : [[bar, name]])),
        },
      ],
    },
  };
}
