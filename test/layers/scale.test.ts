import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Scale } from '../../src/layers/scale.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(Scale, [
  { options: { factor: 0.5 }, inputShape: [2, 3], outputShape: [2, 3], freeAxes: [0, 1], weights: [] },
]);

test('multiplies each value', () => {
  expect([...(new Scale({ factor: -3 }).apply(tf.tensor1d([1, 2])) as tf.Tensor).dataSync()]).toEqual([-3, -6]);
});
