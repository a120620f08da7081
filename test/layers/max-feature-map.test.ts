import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { MaxFeatureMap } from '../../src/layers/max-feature-map.js';
import { ShapeError } from '../../src/runtime/errors.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(MaxFeatureMap, [
  { options: {}, inputShape: [2, 3, 4, 6], outputShape: [2, 3, 4, 3], freeAxes: [0, 1, 2], weights: [] },
  { options: {}, inputShape: [3, 8], outputShape: [3, 4], freeAxes: [0], weights: [] },
]);

test('channel c competes with channel c + C/2, not with its neighbour', () => {
  const x = tf.tensor2d([[1, 9, 5, 2, 3, 7]]);
  expect([...(new MaxFeatureMap().apply(x) as tf.Tensor).dataSync()]).toEqual([2, 9, 7]);
});

test('the gradient reaches the winner alone, once where both are equal', () => {
  const gradient = tf.grad((x) => tf.sum(tf.mul(new MaxFeatureMap().apply(x) as tf.Tensor, tf.tensor1d([1, 10, 100]))));
  expect([...gradient(tf.tensor2d([[1, 9, 5, 2, 3, 5]])).dataSync()]).toEqual([0, 10, 100, 1, 0, 0]);
});

test('an odd or unknown number of channels is refused', () => {
  expect(() => new MaxFeatureMap().build([null, 5])).toThrow(ShapeError);
  expect(() => new MaxFeatureMap().build([null, 5])).toThrow(/even number of channels, got \[any, 5\]/);
  expect(() => new MaxFeatureMap().build([null, 4, null])).toThrow(/channels must be fixed/);
});
