import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Swish } from '../../src/layers/swish.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(Swish, [
  { options: {}, inputShape: [2, 3, 4], outputShape: [2, 3, 4], freeAxes: [0, 1, 2], weights: [] },
]);

test('equals x sigmoid(x)', () => {
  const x = [-4, -1, 0, 0.5, 3];
  const y = new Swish().apply(tf.tensor1d(x)) as tf.Tensor;
  y.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(x[i] / (1 + Math.exp(-x[i])), 6);
  });
});
