import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { LargestMagnitude } from '../../src/layers/largest-magnitude.js';
import { describeLayerContract } from '../support/layer-contract.js';

// Shapes for which no value competes with its negative: a tie has no gradient to compare.
describeLayerContract(LargestMagnitude, [
  { options: { over: 'frames' }, inputShape: [2, 4, 3, 2], outputShape: [2, 3, 2], freeAxes: [0, 1, 2], weights: [] },
  { options: { over: 'bins' }, inputShape: [2, 3, 5, 2], outputShape: [2, 3, 2], freeAxes: [0, 1, 2], weights: [] },
]);

test('takes the largest magnitude, whatever its sign', () => {
  const x = tf.tensor4d([1, -5, 3, -2], [1, 2, 2, 1]);
  const of = (over: 'frames' | 'bins') => [...(new LargestMagnitude({ over }).apply(x) as tf.Tensor).dataSync()];
  expect(of('frames')).toEqual([3, 5]);
  expect(of('bins')).toEqual([5, 3]);
});
