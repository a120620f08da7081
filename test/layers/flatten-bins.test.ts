import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { FlattenBins } from '../../src/layers/flatten-bins.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(FlattenBins, [
  { options: {}, inputShape: [2, 3, 4, 5], outputShape: [2, 3, 20], freeAxes: [0, 1], weights: [] },
]);

test('a channel’s bins stay together', () => {
  const x = tf.tensor4d([1, 10, 2, 20, 3, 30], [1, 1, 3, 2]);
  expect([...(new FlattenBins().apply(x) as tf.Tensor).dataSync()]).toEqual([1, 2, 3, 10, 20, 30]);
});

test('free bins are refused', () => {
  expect(() => new FlattenBins().build([null, null, null, 2])).toThrow(/bins must be fixed/);
});
