import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { SelfAttentivePooling } from '../../src/layers/self-attentive-pooling.js';
import { describeLayerContract } from '../support/layer-contract.js';

const weights = ['kernel', 'bias', 'score_kernel'];

describeLayerContract(SelfAttentivePooling, [
  { options: { units: 3 }, inputShape: [2, 5, 4], outputShape: [2, 4], freeAxes: [0, 1], weights },
  { options: { units: 2, nHeads: 3, seed: 5 }, inputShape: [2, 4, 3], outputShape: [2, 9], freeAxes: [0, 1], weights },
]);

test('each head takes the frames that its scores favour', () => {
  const layer = new SelfAttentivePooling({ units: 1, nHeads: 2 });
  const x = tf.tensor3d([
    [
      [-3, 10],
      [3, 20],
    ],
  ]);
  layer.apply(x);
  // Scores of +-100 tanh(+-3): the first head sees the second frame alone, the second head the first.
  layer.setWeights([tf.tensor2d([[1], [0]]), tf.tensor1d([0]), tf.tensor2d([[100, -100]])]);
  expect([...(layer.apply(x) as tf.Tensor).dataSync()]).toEqual([3, 20, -3, 10]);
});
