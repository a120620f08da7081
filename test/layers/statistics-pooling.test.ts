import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { StatisticsPooling } from '../../src/layers/statistics-pooling.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(StatisticsPooling, [
  { options: {}, inputShape: [2, 5, 3], outputShape: [2, 6], freeAxes: [0, 1], weights: [] },
]);

test('gives means, then deviations that divide by the number of frames', () => {
  const y = new StatisticsPooling().apply(
    tf.tensor3d([
      [
        [1, 0],
        [3, 0],
        [5, 0],
        [7, 0],
      ],
    ]),
  ) as tf.Tensor;
  const [first, second, deviation, none] = y.dataSync();
  expect([first, second]).toEqual([4, 0]);
  expect(deviation).toBeCloseTo(Math.sqrt(5), 5);
  // The root of what keeps the gradient finite.
  expect(none).toBeCloseTo(1e-3, 6);
});
