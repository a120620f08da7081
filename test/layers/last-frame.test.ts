import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { LastFrame } from '../../src/layers/last-frame.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(LastFrame, [
  { options: {}, inputShape: [2, 3, 4], outputShape: [2, 4], freeAxes: [0, 1, 2], weights: [] },
]);

test('takes the last frame, and refuses none', () => {
  const y = new LastFrame().apply(
    tf.tensor3d([
      [
        [1, 2],
        [3, 4],
      ],
    ]),
  ) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([3, 4]);
  expect(() => new LastFrame().apply(tf.zeros([1, 0, 2]))).toThrow(/at least one frame/);
});
