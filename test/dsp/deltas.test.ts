import { expect, test } from 'vitest';
import { addDeltas } from '../../src/dsp/deltas.js';

test('deltas are differences of the neighbours, the ends repeated, beside the columns they come from', () => {
  const values = Float32Array.of(1, 10, 0, 0, 2, 20, 0, 0, 4, 10, 0, 0, 8, 0, 0, 0);
  addDeltas(values, 4, 0, 2, 2);
  expect([...values]).toEqual([1, 10, 1, 10, 2, 20, 3, 0, 4, 10, 6, -20, 8, 0, 4, -10]);
});

test('one frame does not move', () => {
  const values = Float32Array.of(5, -1);
  addDeltas(values, 2, 0, 1, 1);
  expect([...values]).toEqual([5, 0]);
});
