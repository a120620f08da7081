import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Convolution1d, convolve1d } from '../../src/layers/convolution-1d.js';
import { composedConvolve } from '../../src/layers/convolve.js';
import { largestError } from '../support/arrays.js';
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
  {
    options: { nChannels: 2, kernelSize: 3, stride: 2 },
    inputShape: [2, 6, 64],
    outputShape: [2, 2, 2],
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

// 1e-5: sums of 200 products in float32, in another order.
test.each([
  { kernelSize: 1, stride: 1, nFrames: 5 },
  { kernelSize: 2, stride: 1, nFrames: 5 },
  { kernelSize: 2, stride: 2, nFrames: 7 },
  { kernelSize: 3, stride: 2, nFrames: 8 },
  { kernelSize: 3, stride: 2, nFrames: 9 },
  { kernelSize: 5, stride: 3, nFrames: 12 },
])('many channels by a kernel of $kernelSize with stride $stride over $nFrames frames are convolved', (geometry) => {
  const { kernelSize, stride, nFrames } = geometry;
  const x = tf.randomNormal([2, nFrames, 64], 0, 1, 'float32', 1) as tf.Tensor3D;
  const kernel = tf.randomNormal([kernelSize, 64, 3], 0, 0.1, 'float32', 2) as tf.Tensor3D;
  const asMap = (x: tf.Tensor, kernel: tf.Tensor) =>
    tf.squeeze(
      composedConvolve(tf.expandDims(x, 1), tf.expandDims(kernel, 0), {
        strides: [1, stride],
        dilations: [1, 1],
        padding: [0, 0],
        groups: 1,
      }),
      [1],
    );
  const bySteps = (x: tf.Tensor, kernel: tf.Tensor) =>
    convolve1d(x as tf.Tensor3D, kernel as tf.Tensor3D, undefined, { stride });
  expect(largestError(bySteps(x, kernel).dataSync(), asMap(x, kernel).dataSync())).toBeLessThan(1e-5);
  const gradients = tf.grads((x, kernel) => tf.sum(tf.square(bySteps(x, kernel))))([x, kernel]);
  const wanted = tf.grads((x, kernel) => tf.sum(tf.square(asMap(x, kernel))))([x, kernel]);
  gradients.forEach((gradient, i) => {
    expect(largestError(gradient.dataSync(), wanted[i].dataSync())).toBeLessThan(1e-4);
  });
});
