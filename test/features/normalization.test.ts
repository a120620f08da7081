import { expect, test } from 'vitest';
import { type Normalization, normalizeFrames } from '../../src/features/normalization.js';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { largestError } from '../support/arrays.js';

/** Three frames of two bins; the second never moves. */
const matrix = () => Float32Array.of(1, 5, 2, 5, 6, 5);

test('mean subtracts the mean of each bin', () => {
  const values = matrix();
  normalizeFrames(values, 2, 'mean');
  expect([...values]).toEqual([-2, 0, -1, 0, 3, 0]);
});

test('mean-variance also divides by the deviation of the population, and leaves a constant bin at 0', () => {
  const values = matrix();
  normalizeFrames(values, 2, 'mean-variance');
  const deviation = Math.sqrt(14 / 3);
  expect(largestError(values, [-2 / deviation, 0, -1 / deviation, 0, 3 / deviation, 0])).toBeLessThan(1e-6);
});

test('none leaves the values', () => {
  const values = matrix();
  normalizeFrames(values, 2, 'none');
  expect(values).toEqual(matrix());
});

/** Kaldi's windows, frame by frame, by the definition in `feat/feature-functions.cc`. */
function slideByDefinition(
  values: Float32Array,
  nBins: number,
  { window, minWindow, center, variance }: Exclude<Normalization, string>,
): number[] {
  const nFrames = values.length / nBins;
  return Array.from(values, (value, i) => {
    const frame = Math.floor(i / nBins);
    let [start, end] = center
      ? [frame - Math.floor(window / 2), frame - Math.floor(window / 2) + window]
      : [frame - window, frame + 1];
    if (start < 0) [start, end] = [0, end - start];
    if (!center && end > frame) end = Math.max(frame + 1, minWindow);
    if (end > nFrames) [start, end] = [Math.max(start - (end - nFrames), 0), nFrames];
    const seen = Array.from({ length: end - start }, (_, n) => values[(start + n) * nBins + (i % nBins)]);
    const mean = seen.reduce((sum, x) => sum + x, 0) / seen.length;
    const spread = Math.sqrt(seen.reduce((sum, x) => sum + (x - mean) ** 2, 0) / seen.length);
    return (value - mean) / (variance ? Math.max(spread, 1e-5) : 1);
  });
}

test.each([
  { window: 600, minWindow: 100, center: false },
  { window: 20, minWindow: 5, center: false },
  { window: 20, minWindow: 30, center: false },
  { window: 21, minWindow: 1, center: true },
  { window: 1, minWindow: 1, center: true },
])('%j slides as in Kaldi, with and without variance', (shape) => {
  const values = Float32Array.from({ length: 2 * 57 }, (_, i) => Math.sin(i * i) + 0.1 * i);
  for (const variance of [false, true]) {
    const options = { type: 'sliding' as const, ...shape, variance };
    const slid = values.slice();
    normalizeFrames(slid, 2, options);
    expect(largestError(slid, slideByDefinition(values, 2, options))).toBeLessThan(1e-5);
  }
});

test('a window that looks back holds the frame itself and as many before it as its length', () => {
  const values = Float32Array.of(0, 3, 0, 0);
  normalizeFrames(values, 1, { type: 'sliding', window: 1, minWindow: 1, center: false, variance: false });
  expect([...values]).toEqual([0, 1.5, -1.5, 0]);
});

test.each([
  ['cmvn', 'lfcc: normalization: expected "none", "mean", "mean-variance" or {"type": "sliding", ...}, got "cmvn"'],
  [{ type: 'sliding', windo: 3 }, 'lfcc: unknown option normalization.windo (did you mean "window"?)'],
  [{ type: 'sliding', window: 0 }, 'lfcc: normalization.window: Too small: expected number to be >=1, got 0'],
])('%j is refused', (normalization, message) => {
  expect(() => createFeature({ type: 'lfcc', normalization }, 16000)).toThrow(new ConfigError(message));
});
