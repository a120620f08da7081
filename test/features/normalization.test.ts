import { expect, test } from 'vitest';
import { normalizeUtterance } from '../../src/features/normalization.js';
import { largestError } from '../support/arrays.js';

/** Three frames of two bins; the second never moves. */
const matrix = () => Float32Array.of(1, 5, 2, 5, 6, 5);

test('mean subtracts the mean of each bin', () => {
  const values = matrix();
  normalizeUtterance(values, 2, 'mean');
  expect([...values]).toEqual([-2, 0, -1, 0, 3, 0]);
});

test('mean-variance also divides by the deviation of the population, and leaves a constant bin at 0', () => {
  const values = matrix();
  normalizeUtterance(values, 2, 'mean-variance');
  const deviation = Math.sqrt(14 / 3);
  expect(largestError(values, [-2 / deviation, 0, -1 / deviation, 0, 3 / deviation, 0])).toBeLessThan(1e-6);
});

test('none leaves the values', () => {
  const values = matrix();
  normalizeUtterance(values, 2, 'none');
  expect(values).toEqual(matrix());
});
