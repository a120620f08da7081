import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { AttentiveNodes } from '../../src/layers/attentive-nodes.js';
import { ShapeError } from '../../src/runtime/errors.js';
import { describeLayerContract } from '../support/layer-contract.js';

const twice = (shape: number[]) => [shape, shape];

describeLayerContract(AttentiveNodes, [
  {
    options: { over: 'frames' },
    inputShape: twice([2, 4, 3, 2]),
    outputShape: [2, 3, 2],
    freeAxes: [0, 1, 2],
    weights: [],
  },
  {
    options: { over: 'bins' },
    inputShape: twice([2, 3, 5, 2]),
    outputShape: [2, 3, 2],
    freeAxes: [0, 1, 2],
    weights: [],
  },
]);

test('weighs by the softmax of the scores, along the axis that goes', () => {
  const maps = tf.tensor4d([1, 2, 3, 5], [1, 2, 2, 1]);
  const scores = tf.tensor4d([0, 0, Math.log(3), 0], [1, 2, 2, 1]);
  const of = (over: 'frames' | 'bins') => [
    ...(new AttentiveNodes({ over }).apply([maps, scores]) as tf.Tensor).dataSync(),
  ];
  expect(of('frames')[0]).toBeCloseTo(1 / 4 + 9 / 4, 5);
  expect(of('frames')[1]).toBeCloseTo(3.5, 5);
  expect(of('bins')[0]).toBeCloseTo(1.5, 5);
  expect(of('bins')[1]).toBeCloseTo(9 / 4 + 5 / 4, 5);
});

test('refuses scores of another shape', () => {
  const layer = new AttentiveNodes({ over: 'bins' });
  expect(() => layer.apply([tf.zeros([1, 2, 3, 4]), tf.zeros([1, 2, 3, 1])])).toThrow(ShapeError);
});
