import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { FeatureMapScaling } from '../../src/layers/feature-map-scaling.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(FeatureMapScaling, [
  {
    options: { seed: 2 },
    inputShape: [2, 3, 2, 3],
    outputShape: [2, 3, 2, 3],
    freeAxes: [0, 1, 2],
    weights: ['kernel', 'bias'],
  },
]);

test('scales each channel by a factor, and adds the factor', () => {
  const layer = new FeatureMapScaling();
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]); // means 2 and 3
  layer.apply(x);
  layer.setWeights([
    tf.tensor2d([
      [0, 1],
      [0, 0],
    ]),
    tf.tensor1d([0, -2]),
  ]);
  // Factors sigmoid(0) and sigmoid(2 - 2).
  expect([...(layer.apply(x) as tf.Tensor).dataSync()]).toEqual([1, 1.5, 2, 2.5]);
});
