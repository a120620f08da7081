import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { GatedLinearUnit } from '../../src/layers/gated-linear-unit.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(GatedLinearUnit, [
  { options: {}, inputShape: [2, 3, 4], outputShape: [2, 3, 2], freeAxes: [0, 1], weights: [] },
]);

test('the second half of the channels gates the first', () => {
  const y = new GatedLinearUnit().apply(tf.tensor2d([[1, 2, 0, 100]])) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([0.5, 2]);
});

test('an odd number of channels is refused', () => {
  expect(() => new GatedLinearUnit().build([null, 3])).toThrow(/even number of channels, got \[any, 3\]/);
});
