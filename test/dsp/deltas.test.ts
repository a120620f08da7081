import { describe, expect, test } from 'vitest';
import {
  addDifferences,
  addPolynomialDeltas,
  addRegressionDeltas,
  type DELTA_EDGES,
  type DeltaColumns,
} from '../../src/dsp/deltas.js';
import { largestError, readReference } from '../support/arrays.js';
import { hasShared } from '../support/shared.js';

/** How the derivative `order` of one column moves. */
function polynomialDeltas(values: readonly number[], order: 1 | 2, width: number, edges: (typeof DELTA_EDGES)[number]) {
  const matrix = Float32Array.from(values.flatMap((value) => [value, 0]));
  addPolynomialDeltas(matrix, { stride: 2, from: 0, to: 1, width: 1 }, order, width, edges);
  return matrix.filter((_, i) => i % 2 === 1);
}

test('differences are of the neighbours, the ends repeated, beside the columns they come from', () => {
  const values = Float32Array.of(1, 10, 0, 0, 2, 20, 0, 0, 4, 10, 0, 0, 8, 0, 0, 0);
  addDifferences(values, { stride: 4, from: 0, to: 2, width: 2 });
  expect([...values]).toEqual([1, 10, 1, 10, 2, 20, 3, 0, 4, 10, 6, -20, 8, 0, 4, -10]);
});

test('one frame does not move', () => {
  const columns: DeltaColumns = { stride: 2, from: 0, to: 1, width: 1 };
  for (const add of [
    addDifferences,
    (matrix: Float32Array, to: DeltaColumns) => addRegressionDeltas(matrix, to, 5),
    (matrix: Float32Array, to: DeltaColumns) => addPolynomialDeltas(matrix, to, 1, 5, 'nearest'),
    (matrix: Float32Array, to: DeltaColumns) => addPolynomialDeltas(matrix, to, 1, 5, 'mirror'),
    (matrix: Float32Array, to: DeltaColumns) => addPolynomialDeltas(matrix, to, 1, 5, 'wrap'),
  ]) {
    const values = Float32Array.of(5, -1);
    add(values, columns);
    expect([...values]).toEqual([5, 0]);
  }
});

test('the slope of a line, and the curvature of a parabola, are exact up to the ends where edges interpolate', () => {
  const frames = Array.from({ length: 12 }, (_, t) => t);
  const line = polynomialDeltas(
    frames.map((t) => 3 * t - 7),
    1,
    5,
    'interpolate',
  );
  expect(largestError(line, new Float32Array(12).fill(3))).toBeLessThan(1e-5);
  const parabola = polynomialDeltas(
    frames.map((t) => 0.5 * t * t - t),
    2,
    7,
    'interpolate',
  );
  expect(largestError(parabola, new Float32Array(12).fill(1))).toBeLessThan(1e-5);
});

// scipy.signal.savgol_filter(x, 5, polyorder=k, deriv=k, mode=edges), SciPy 1.17.1.
describe('edges are those of SciPy', () => {
  const values = [1, 4, 2, 8, 5, 7, 1, 3];
  test.each<[(typeof DELTA_EDGES)[number], 1 | 2, number[]]>([
    ['interpolate', 1, [1.2, 1.2, 1.2, 0.9, -0.3, -1.4, -1.4, -1.4]],
    ['interpolate', 2, [-0.5714286, -0.5714286, -0.5714286, -0.1428571, -2.7142857, 0.2857143, 0.2857143, 0.2857143]],
    ['nearest', 1, [0.5, 1.5, 1.2, 0.9, -0.3, -1.4, -0.8, -0.6]],
    ['nearest', 2, [-0.1428571, 1.0, -0.5714286, -0.1428571, -2.7142857, 0.2857143, 0.5714286, 1.4285714]],
    ['mirror', 1, [-0.0, 0.9, 1.2, 0.9, -0.3, -1.4, -1.2, -0.0]],
    ['mirror', 2, [-0.2857143, 1.8571429, -0.5714286, -0.1428571, -2.7142857, 0.2857143, -0.0, 2.8571429]],
    ['wrap', 1, [0.3, 1.1, 1.2, 0.9, -0.3, -1.4, -1.2, -0.6]],
    ['wrap', 2, [-0.4285714, 1.5714286, -0.5714286, -0.1428571, -2.7142857, 0.2857143, -0.0, 2.0]],
    ['constant', 1, [0.8, 1.7, 1.2, 0.9, -0.3, -1.4, -1.4, -1.5]],
    ['constant', 2, [-0.2857143, 0.7142857, -0.5714286, -0.1428571, -2.7142857, 0.2857143, -0.2857143, 1.0]],
  ])('%s, order %i', (edges, order, expected) => {
    expect(largestError(polynomialDeltas(values, order, 5, edges), expected)).toBeLessThan(1e-6);
  });
});

// reference/features: librosa 0.11.0 and torchaudio 2.9.1 on the MFCC of a recording.
describe.skipIf(!hasShared)('deltas of the MFCC of a recording', () => {
  const nCoefficients = 20;
  const columns: DeltaColumns = { stride: 2 * nCoefficients, from: 0, to: nCoefficients, width: nCoefficients };

  test.each<[string, (matrix: Float32Array) => void]>([
    ['mfcc20_delta', (matrix) => addPolynomialDeltas(matrix, columns, 1, 9, 'interpolate')],
    ['mfcc20_delta_nearest', (matrix) => addPolynomialDeltas(matrix, columns, 1, 9, 'nearest')],
    ['mfcc20_delta2', (matrix) => addPolynomialDeltas(matrix, columns, 2, 9, 'interpolate')],
    ['torchaudio_deltas', (matrix) => addRegressionDeltas(matrix, columns, 5)],
  ])('%s, to 1e-3', (name, add) => {
    const mfcc = readReference('features/mfcc20_default.npy');
    const nFrames = mfcc.shape[1];
    const matrix = new Float32Array(nFrames * columns.stride);
    const each = (visit: (frame: number, k: number) => void): void => {
      for (let frame = 0; frame < nFrames; frame++) for (let k = 0; k < nCoefficients; k++) visit(frame, k);
    };
    each((frame, k) => {
      matrix[frame * columns.stride + k] = mfcc.data[k * nFrames + frame];
    });
    add(matrix);
    const deltas = new Float32Array(mfcc.data.length);
    each((frame, k) => {
      deltas[k * nFrames + frame] = matrix[frame * columns.stride + nCoefficients + k];
    });
    expect(largestError(deltas, readReference(`features/${name}.npy`).data)).toBeLessThan(1e-3);
  });
});
