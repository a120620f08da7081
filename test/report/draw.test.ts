import { describe, expect, it } from 'vitest';
import { drawInline, escapeMarkup, loadDrawing, standAlone } from '../../src/report/draw.js';
import { baseOption, type Chart, paint } from '../../src/report/theme.js';

const CHART: Chart = {
  name: 'test',
  title: 'A & B',
  description: 'Says "hello".',
  width: 300,
  height: 200,
  option: {
    ...baseOption('A & B'),
    xAxis: { type: 'value' },
    yAxis: { type: 'value' },
    series: [
      {
        type: 'line',
        data: [
          [0, 0],
          [1, 1],
        ],
        silent: true,
        lineStyle: { color: paint('spoof') },
      },
    ],
  },
};

describe('drawInline', () => {
  it('gives an svg element with a label for those who cannot see it', async () => {
    const svg = drawInline(await loadDrawing(), CHART);
    expect(svg.startsWith('<svg role="img" aria-label="A &amp; B: Says &quot;hello&quot;." width="300"')).toBe(true);
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
    expect(svg).toContain('stroke="var(--spoof)"');
    expect(svg).toContain('>A &amp; B</text>');
  });

  it('leaves out what only a pointer could use', async () => {
    expect(drawInline(await loadDrawing(), CHART)).not.toMatch(/<style|class=|ecmeta|pointer-events/);
  });
});

describe('standAlone', () => {
  it('writes the light colours in, on a background', () => {
    const svg = standAlone('<svg width="1"><path stroke="var(--spoof)" fill="var(--unknown)"/></svg>');
    expect(svg).toBe(
      '<svg width="1"><rect width="100%" height="100%" fill="#ffffff"/><path stroke="#d55e00" fill="var(--unknown)"/></svg>\n',
    );
  });
});

describe('escapeMarkup', () => {
  it('writes out every character that means something in markup', () => {
    expect(escapeMarkup(`<a b="c" d='e'>&amp;`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;');
  });
});
