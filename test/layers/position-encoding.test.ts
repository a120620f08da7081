import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { PositionEncoding } from '../../src/layers/position-encoding.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(PositionEncoding, [
  { options: {}, inputShape: [2, 3, 4], outputShape: [2, 3, 4], freeAxes: [0, 1], weights: [] },
]);

test('adds sines and cosines in turn, ever slower', () => {
  const y = new PositionEncoding().apply(tf.zeros([1, 3, 4])) as tf.Tensor;
  const wanted = [0, 1, 2].flatMap((p) => [Math.sin(p), Math.cos(p), Math.sin(p / 100), Math.cos(p / 100)]);
  y.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 6);
  });
});

test('an odd number of features is refused', () => {
  expect(() => new PositionEncoding({ name: 'it' }).build([null, 3, 5])).toThrow('it: expected an even number');
});
