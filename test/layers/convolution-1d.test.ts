import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Convolution1d } from '../../src/layers/convolution-1d.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(Convolution1d, [
  {
    options: { nChannels: 4, kernelSize: 3 },
    inputShape: [2, 6, 2],
    outputShape: [2, 4, 4],
    freeAxes: [0, 1],
    weights: ['kernel', 'bias'],
  },
  {
    options: { nChannels: 4, kernelSize: 4, padding: 2, groups: 2, useBias: false, seed: 3 },
    inputShape: [2, 5, 4],
    outputShape: [2, 6, 4],
    freeAxes: [0, 1],
    weights: ['kernel'],
  },
  {
    options: { nChannels: 2, kernelSize: 3, stride: 2, dilation: 2, padding: 1 },
    inputShape: [2, 9, 2],
    outputShape: [2, 4, 2],
    freeAxes: [0, 1],
    weights: ['kernel', 'bias'],
  },
]);

test('sums over the kernel’s steps, zeros around', () => {
  const layer = new Convolution1d({ nChannels: 1, kernelSize: 2, padding: 1, dilation: 2 });
  layer.build([1, 4, 1]);
  layer.built = true;
  layer.setWeights([tf.tensor3d([[[1]], [[10]]]), tf.tensor1d([0.5])]);
  const y = layer.apply(tf.tensor3d([[[1], [2], [3], [4]]])) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([20, 31, 42, 3].map((sum) => sum + 0.5));
});
