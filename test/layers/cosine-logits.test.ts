import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { CosineLogits } from '../../src/layers/cosine-logits.js';
import { ShapeError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(CosineLogits, [
  { options: { seed: 1 }, inputShape: [4, 5], outputShape: [4, 2], freeAxes: [0], weights: ['kernel'] },
  { options: { seed: 2, nLogits: 1 }, inputShape: [3, 8], outputShape: [3, 1], freeAxes: [0], weights: ['kernel'] },
]);

beforeAll(startTestEngine);

const cosinesOf = (rows: number[][], kernel: number[][]) => {
  const layer = new CosineLogits({ seed: 1, nLogits: kernel[0].length });
  layer.build([null, kernel.length]);
  layer.setWeights([tf.tensor2d(kernel)]);
  return [...(layer.apply(tf.tensor2d(rows)) as tf.Tensor).dataSync()];
};

test('only directions count', () => {
  const kernel = [
    [2, 0],
    [0, 0.1],
  ];
  const [a, b, c, d] = cosinesOf(
    [
      [3, 4],
      [-30, -40],
    ],
    kernel,
  );
  [a, b, -c, -d].forEach((value, i) => {
    expect(value).toBeCloseTo([0.6, 0.8][i % 2], 6);
  });
});

test('an embedding of zeros has cosines 0', () => {
  expect(cosinesOf([[0, 0]], [[1], [1]])).toEqual([0]);
});

test('refuses inputs that are no matrix', () => {
  expect(() => new CosineLogits({ seed: 1 }).build([null, 3, 4])).toThrow(ShapeError);
});
