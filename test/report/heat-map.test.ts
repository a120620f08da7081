import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drawInline, loadDrawing } from '../../src/report/draw.js';
import { beforeAfterChart, beforeAfterPng, type HeatMap } from '../../src/report/heat-map.js';

const map = (title: string, values: readonly number[]): HeatMap => ({
  title,
  values: Float32Array.from(values),
  nFrames: values.length / 2,
  nBins: 2,
  durationSeconds: 1.5,
  vertical: { name: 'kHz', top: 8 },
});
const before = map('before', [0, 1, 2, 3]);
const after = map('after', [3, 3, 0, 0, 1, 1]);

/** Brightness of each pixel, row by row. */
function brightness(png: Uint8Array) {
  const file = Buffer.from(png);
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const start = file.indexOf('IDAT');
  const rows = inflateSync(file.subarray(start + 4, start + 4 + file.readUInt32BE(start - 4)));
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = y * (3 * width + 1) + 1 + 3 * x;
      return rows[at] + rows[at + 1] + rows[at + 2];
    }),
  );
}

describe('beforeAfterPng', () => {
  it('shows both in the same colours, the lowest bin at the bottom, white between and beyond', () => {
    const rows = brightness(beforeAfterPng(before, after));
    expect([rows.length, rows[0].length]).toEqual([12, 3]);
    const [[high1, high2, beyond], [low1, low2]] = rows;
    expect(low1).toBeLessThan(high1);
    expect(high1).toBeLessThan(low2);
    expect(low2).toBeLessThan(high2);
    expect([beyond, ...rows[2], ...rows[9]]).toEqual(Array(7).fill(765));
    expect(rows[10]).toEqual([high2, low1, high1]);
    expect(rows[11]).toEqual(rows[10]);
  });

  it('takes values that are all alike', () => {
    expect(brightness(beforeAfterPng(map('a', [5, 5]), map('b', [5, 5])))[0][0]).toBeLessThan(765);
  });
});

describe('beforeAfterChart', () => {
  it('draws two pictures that fill their axes, with titles and units', async () => {
    const svg = drawInline(await loadDrawing(), beforeAfterChart(before, after));
    expect(svg.match(/<image preserveAspectRatio="none" href="data:image\/png;base64,/g)).toHaveLength(2);
    for (const text of ['before', 'after', 'kHz', 's']) expect(svg).toContain(`>${text}</text>`);
    expect(svg).toContain('aria-label="before and after: ');
  });
});
