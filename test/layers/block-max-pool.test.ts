import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { BlockMaxPool } from '../../src/layers/block-max-pool.js';
import { blockMaximum } from '../../src/layers/block-maximum.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(BlockMaxPool, [
  { options: { nFrames: 3 }, inputShape: [2, 7, 2, 3], outputShape: [2, 2, 2, 3], freeAxes: [0, 1, 2], weights: [] },
  {
    options: { nFrames: 2, nBins: 2 },
    inputShape: [2, 5, 3, 2],
    outputShape: [2, 2, 1, 2],
    freeAxes: [0, 1, 2],
    weights: [],
  },
  {
    options: { nFrames: 2, nBins: 3, absolute: true },
    inputShape: [2, 4, 7, 1],
    outputShape: [2, 2, 2, 1],
    freeAxes: [0, 1, 2],
    weights: [],
  },
]);

test.each([
  [8, 7, 3, 2],
  [4, 6, 2, 2],
  [7, 5, 2, 2],
])(
  'equals the engine’s own pooling for %i frames and %i bins in blocks of %i by %i',
  (frames, bins, nFrames, nBins) => {
    const x = spreadTensor([2, frames, bins, 3], 1) as tf.Tensor4D;
    const own = new BlockMaxPool({ nFrames, nBins }).apply(x) as tf.Tensor;
    expect(own.dataSync()).toEqual(tf.maxPool(x, [nFrames, nBins], [nFrames, nBins], 'valid').dataSync());
  },
);

test('of equal values the first gets the gradient', () => {
  const x = tf.tensor([1, 1, 0, 2, 2, 2, 0, 3, 3], [3, 3, 1]);
  const gradient = tf.grad((blocks) => tf.sum(tf.mul(blockMaximum(blocks), tf.tensor([[1], [2], [4]]))))(x);
  expect([...gradient.dataSync()]).toEqual([1, 0, 0, 2, 0, 0, 0, 4, 0]);
});

test('maps smaller than a block, and another rank, are refused', () => {
  const layer = new BlockMaxPool({ nFrames: 3, nBins: 2 });
  expect(() => layer.build([null, 2, 4, 2])).toThrow(/at least 3 frames and 2 bins, got \[any, 2, 4, 2\]/);
  expect(() => layer.apply(tf.zeros([1, 4, 1, 2]))).toThrow(/at least 3 frames and 2 bins/);
  expect(() => layer.build([null, 4, 2])).toThrow(/expected rank 4 \[batch, frames, bins, channels\], got rank 3/);
});
