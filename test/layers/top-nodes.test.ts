import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { TopNodes } from '../../src/layers/top-nodes.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(TopNodes, [
  {
    options: { ratio: 0.5 },
    inputShape: [
      [2, 5, 3],
      [2, 5, 1],
    ],
    outputShape: [2, 2, 3],
    freeAxes: [0, 1],
    weights: [],
  },
  {
    options: { ratio: 0.1 },
    inputShape: [
      [2, 3, 2],
      [2, 3, 1],
    ],
    outputShape: [2, 1, 2],
    freeAxes: [0, 1],
    weights: [],
  },
]);

const nodes = () => tf.tensor3d([1, 10, 2, 20, 3, 30, 4, 40], [1, 4, 2]);
const scores = (values: number[]) => tf.tensor3d(values, [1, 4, 1]);
const keep = (ratio: number, values: number[]) => [
  ...(new TopNodes({ ratio }).apply([nodes(), scores(values)]) as tf.Tensor).dataSync(),
];

test('keeps the best in the order of their scores, times these; of equal ones the first', () => {
  expect(keep(0.5, [0.5, 4, 2, 1])).toEqual([8, 80, 6, 60]);
  expect(keep(0.75, [1, 2, 1, 2])).toEqual([4, 40, 8, 80, 1, 10]);
  expect(keep(0.99, [1, 1, 1, 1])).toEqual([1, 10, 2, 20, 3, 30]);
});

test('the gradient reaches the kept nodes and their scores, and no others', () => {
  const layer = new TopNodes({ ratio: 0.5 });
  const gradients = tf.grads((x: tf.Tensor, s: tf.Tensor) => tf.sum(layer.apply([x, s]) as tf.Tensor));
  const [dNodes, dScores] = gradients([nodes(), scores([0.5, 4, 2, 1])]) as tf.Tensor[];
  expect([...(dNodes as tf.Tensor).dataSync()]).toEqual([0, 0, 4, 4, 2, 2, 0, 0]);
  expect([...(dScores as tf.Tensor).dataSync()]).toEqual([0, 22, 33, 0]);
});

test('inputs that are no nodes with one score each are refused', () => {
  const apply = (...shapes: number[][]) => new TopNodes({ ratio: 0.5 }).apply(shapes.map((shape) => tf.zeros(shape)));
  expect(() => apply([1, 4, 2], [1, 3, 1])).toThrow(/got \[1, 4, 2\] and \[1, 3, 1\]/);
  expect(() => apply([1, 4, 2], [1, 4, 2])).toThrow(/scores \[batch, n, 1\], got/);
});
