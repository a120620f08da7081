import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { SqueezeExcitation } from '../../src/layers/squeeze-excitation.js';
import { describeLayerContract } from '../support/layer-contract.js';

const weights = ['squeeze_kernel', 'squeeze_bias', 'excitation_kernel', 'excitation_bias'];

describeLayerContract(SqueezeExcitation, [
  {
    options: { units: 4, seed: 2 },
    inputShape: [2, 3, 2, 3],
    outputShape: [2, 3, 2, 3],
    freeAxes: [0, 1, 2],
    weights,
  },
]);

test('scales each channel by the sigmoid of a network of the means', () => {
  const layer = new SqueezeExcitation({ units: 1 });
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]); // means 2 and 3
  layer.apply(x);
  layer.setWeights([tf.tensor2d([[1], [-1]]), tf.tensor1d([2]), tf.tensor2d([[3, 0]]), tf.tensor1d([0, -1])]);
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  const wanted = [1 * sigmoid(3), 2 * sigmoid(-1), 3 * sigmoid(3), 4 * sigmoid(-1)];
  (layer.apply(x) as tf.Tensor).dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 5);
  });
});
