import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Convolution } from '../../src/layers/convolution.js';
import { convolve } from '../../src/layers/convolve.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(Convolution, [
  {
    options: { nChannels: 4, kernelSize: 3 },
    inputShape: [2, 5, 4, 2],
    outputShape: [2, 5, 4, 4],
    freeAxes: [0, 1, 2],
    weights: ['kernel', 'bias'],
  },
  {
    options: { nChannels: 3, kernelSize: 1, seed: 5 },
    inputShape: [2, 2, 3, 2],
    outputShape: [2, 2, 3, 3],
    freeAxes: [0, 1, 2],
    weights: ['kernel', 'bias'],
  },
  {
    options: { nChannels: 4, kernelSize: [2, 3], padding: [1, 1], groups: 2, useBias: false },
    inputShape: [2, 4, 5, 2],
    outputShape: [2, 5, 5, 4],
    freeAxes: [0, 1, 2],
    weights: ['kernel'],
  },
  {
    options: { nChannels: 2, kernelSize: [2, 3], padding: [0, 1], strides: [1, 2] },
    inputShape: [2, 4, 6, 2],
    outputShape: [2, 3, 3, 2],
    freeAxes: [0, 1, 2],
    weights: ['kernel', 'bias'],
  },
  {
    options: { nChannels: 4, kernelSize: 3, dilation: [2, 1], strides: [2, 1], groups: 2 },
    inputShape: [2, 7, 4, 4],
    outputShape: [2, 4, 4, 4],
    freeAxes: [0, 1, 2],
    weights: ['kernel', 'bias'],
  },
  {
    options: { nChannels: 3, kernelSize: 2, dilation: 2, padding: 1 },
    inputShape: [2, 5, 4, 2],
    outputShape: [2, 5, 4, 3],
    freeAxes: [0, 1, 2],
    weights: ['kernel', 'bias'],
  },
]);

test('pads both sides alike', () => {
  const layer = new Convolution({ nChannels: 1, kernelSize: 3 });
  layer.build([1, 3, 3, 1]);
  layer.built = true;
  layer.setWeights([tf.ones([3, 3, 1, 1]), tf.tensor1d([0.5])]);
  const y = layer.apply(tf.ones([1, 3, 3, 1])) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([4, 6, 4, 6, 9, 6, 4, 6, 4].map((sum) => sum + 0.5));
});

test('starts uniform within 1 / sqrt(fan-in), by its seed', () => {
  const start = (seed: number) => {
    const layer = new Convolution({ nChannels: 64, kernelSize: 3, seed });
    layer.build([null, null, null, 4]);
    return layer.getWeights().map((weight) => weight.dataSync());
  };
  const [kernel, bias] = start(1);
  const largest = Math.max(...kernel.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(1 / 6);
  expect(largest).toBeGreaterThan(0.99 / 6);
  expect(Math.max(...bias.map(Math.abs))).toBeLessThanOrEqual(1 / 6);
  expect(Math.hypot(...kernel) / Math.sqrt(kernel.length)).toBeCloseTo(1 / 6 / Math.sqrt(3), 2);
  expect(start(1)).toEqual([kernel, bias]);
  expect(start(2)[0]).not.toEqual(kernel);
});

test('an even kernel is refused, as it could not be padded alike', () => {
  expect(() => new Convolution({ nChannels: 1, kernelSize: 2 })).toThrow(/kernelSize: must be odd/);
});

test('groups that can not share the channels are refused', () => {
  expect(() => new Convolution({ nChannels: 3, kernelSize: 1, groups: 2 })).toThrow(/groups: must divide nChannels/);
  const layer = new Convolution({ nChannels: 4, kernelSize: 1, groups: 2 });
  expect(() => layer.build([null, null, null, 3])).toThrow(/2 groups can share, got 3/);
});

test('a kernel of one value with stride 2 leaves the memory whole where a frame is left over', async () => {
  await tf.setBackend('tensorflow');
  const x = tf.ones([16, 126, 30, 8]) as tf.Tensor4D;
  const kernel = tf.ones([1, 1, 8, 16]) as tf.Tensor4D;
  const gradient = tf.grad((each) => convolve(x, each as tf.Tensor4D, { strides: [2, 2] }));
  // oneDNN's own gradient aborted the process within some twenty calls.
  for (let i = 0; i < 60; i++) {
    const values = tf.tidy(() => gradient(kernel).dataSync());
    expect(values.every((value) => value === 16 * 63 * 15)).toBe(true);
  }
});
