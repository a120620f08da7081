import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { executeRawOp } from '../../src/runtime/native/raw-op.js';
import { statelessUniform } from '../../src/runtime/stateless-random.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

test.each([
  [0, 0, 1],
  [1, 2, 4],
  [2 ** 31 - 1, 12345, 10_003],
  [-7, -(2 ** 31), 300_001],
])('seeds %i and %i give the numbers of TensorFlow’s stateless op', (seed, salt, length) => {
  const attributes = { dtype: 'float32', T: 'int32', Tseed: 'int32' };
  const inputs = [tf.tensor1d([length], 'int32'), tf.tensor1d([seed, salt], 'int32')];
  const [wanted] = executeRawOp('StatelessRandomUniform', attributes, inputs, 1);
  expect(statelessUniform(length, seed, salt)).toEqual(wanted.dataSync());
});

test('the numbers are uniform in [0, 1)', () => {
  const values = statelessUniform(100_000, 5, 6);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * values.length));
  expect(Math.min(...values.subarray(0, 50_000))).toBeGreaterThanOrEqual(0);
  expect(values.every((value) => value < 1)).toBe(true);
});
