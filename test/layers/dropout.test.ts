import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Dropout } from '../../src/layers/dropout.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(Dropout, [
  { options: { rate: 0.4 }, inputShape: [2, 3, 5], outputShape: [2, 3, 5], freeAxes: [0, 1, 2], weights: [] },
  { options: { rate: 0 }, inputShape: [4, 3], outputShape: [4, 3], freeAxes: [0, 1], weights: [] },
]);

const drop = (name: string, rate: number, seed: number | tf.Tensor, n = 10_000) =>
  (new Dropout({ name, rate }).apply(tf.ones([n]), { training: true, seed }) as tf.Tensor).dataSync<'float32'>();

test('drops the share it is told and raises the rest', () => {
  const values = drop('a', 0.7, 1);
  const nKept = values.filter((value) => value !== 0).length;
  expect(Math.max(...values)).toBeCloseTo(1 / 0.3, 5);
  // Four standard deviations of a binomial.
  expect(Math.abs(nKept / values.length - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / values.length));
});

test('equal seeds give equal masks, other seeds and other layers other ones', () => {
  expect(drop('a', 0.5, 3)).toEqual(drop('a', 0.5, 3));
  const agreement = (other: Float32Array) => drop('a', 0.5, 3).filter((value, i) => value === other[i]).length / 10_000;
  for (const other of [drop('a', 0.5, 4), drop('b', 0.5, 3)])
    expect(Math.abs(agreement(other) - 0.5)).toBeLessThan(0.03);
});

test('a seed may be a tensor', () => {
  expect(drop('a', 0.5, tf.scalar(3, 'int32'))).toEqual(drop('a', 0.5, 3));
});

test('the mask is the same on every engine and in every process', async () => {
  for (const backend of BACKENDS) {
    await tf.setBackend(backend);
    const mask = Uint8Array.from(drop('layer', 0.5, 2026), (value) => (value === 0 ? 0 : 1));
    expect(createHash('sha256').update(mask).digest('hex').slice(0, 16)).toBe('a5187de2a1115a4a');
  }
  await tf.setBackend('tensorflow');
});

test('is the identity at inference', () => {
  const x = tf.tensor1d([1, 2, 3]);
  expect([...(new Dropout({ rate: 0.9 }).apply(x) as tf.Tensor).dataSync()]).toEqual([1, 2, 3]);
});

test('training without a seed, and a rate of 1, are refused', () => {
  expect(() => new Dropout({ name: 'drop', rate: 0.5 }).apply(tf.ones([2]), { training: true })).toThrow(
    /drop: training needs a seed/,
  );
  expect(() => new Dropout({ rate: 1 })).toThrow(/rate/);
});
