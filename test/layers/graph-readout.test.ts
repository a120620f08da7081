import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { GraphReadout } from '../../src/layers/graph-readout.js';
import { describeLayerContract } from '../support/layer-contract.js';

// A shape for which no value competes with its negative: a tie has no gradient to compare.
describeLayerContract(GraphReadout, [
  {
    options: {},
    inputShape: [
      [2, 3, 4],
      [2, 5, 4],
      [2, 1, 4],
    ],
    outputShape: [2, 20],
    freeAxes: [0],
    weights: [],
  },
]);

test('magnitudes are compared, means keep their sign, and the master comes last', () => {
  const kinds = [tf.tensor3d([1, -5], [1, 2, 1]), tf.tensor3d([4, 2, -3], [1, 3, 1]), tf.tensor3d([7], [1, 1, 1])];
  expect([...(new GraphReadout().apply(kinds) as tf.Tensor).dataSync()]).toEqual([5, -2, 4, 1, 7]);
});

test('inputs that are no graph are refused', () => {
  const apply = (...shapes: number[][]) => new GraphReadout().apply(shapes.map((shape) => tf.zeros(shape)));
  expect(() => apply([1, 2, 3], [1, 2, 3], [1, 2, 3])).toThrow(/a master \[batch, 1, channels\], got \[1, 2, 3\], /);
  expect(() => apply([1, 2, 3], [1, 2, 4], [1, 1, 3])).toThrow(/GraphReadout: expected two kinds/);
});
