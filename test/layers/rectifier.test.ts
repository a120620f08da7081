import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Rectifier } from '../../src/layers/rectifier.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(Rectifier, [
  { options: {}, inputShape: [2, 3, 4], outputShape: [2, 3, 4], freeAxes: [0, 1, 2], weights: [] },
  { options: { slope: 0.3 }, inputShape: [2, 5], outputShape: [2, 5], freeAxes: [0, 1], weights: [] },
]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each([0, 0.25])('slope %d holds below zero, and for the gradient at zero', (slope) => {
    const layer = new Rectifier({ slope });
    const x = tf.tensor1d([-4, 0, 4]);
    const positive = (values: Iterable<number>) => [...values].map((value) => value + 0);
    expect(positive((layer.apply(x) as tf.Tensor).dataSync())).toEqual([-4 * slope + 0, 0, 4]);
    const gradient = tf.grad((each) => layer.apply(each) as tf.Tensor)(x);
    expect(positive(gradient.dataSync())).toEqual([slope, slope, 1]);
  });
});
