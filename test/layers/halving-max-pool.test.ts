import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { HalvingMaxPool } from '../../src/layers/halving-max-pool.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(HalvingMaxPool, [
  { options: {}, inputShape: [2, 4, 6, 3], outputShape: [2, 2, 3, 3], freeAxes: [0, 1, 2], weights: [] },
  { options: {}, inputShape: [2, 5, 3, 2], outputShape: [2, 2, 1, 2], freeAxes: [0, 1, 2], weights: [] },
]);

test.each([
  [4, 6],
  [7, 5],
])('equals the engine’s own pooling for %i frames and %i bins', (frames, bins) => {
  const x = spreadTensor([2, frames, bins, 3], 1) as tf.Tensor4D;
  const own = new HalvingMaxPool().apply(x) as tf.Tensor;
  expect(own.dataSync()).toEqual(tf.maxPool(x, 2, 2, 'valid').dataSync());
});

test('fewer than two frames or bins, and another rank, are refused', () => {
  expect(() => new HalvingMaxPool().build([null, 1, 4, 2])).toThrow(
    /at least two frames and two bins, got \[any, 1, 4, 2\]/,
  );
  expect(() => new HalvingMaxPool().apply(tf.zeros([1, 4, 1, 2]))).toThrow(/at least two frames/);
  expect(() => new HalvingMaxPool().build([null, 4, 2])).toThrow(
    /expected rank 4 \[batch, frames, bins, channels\], got rank 3/,
  );
});
