import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { BatchNorm } from '../../src/layers/batch-norm.js';
import { UnusedBatchNorm } from '../../src/layers/unused-batch-norm.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(UnusedBatchNorm, [
  {
    options: {},
    inputShape: [3, 4, 2, 3],
    outputShape: [3, 4, 2, 3],
    freeAxes: [0, 1, 2],
    weights: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  },
  {
    options: { momentum: 0.5 },
    inputShape: [4, 3],
    outputShape: [4, 3],
    freeAxes: [0],
    weights: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  },
]);

test('returns its input, trains nothing, and moves its statistics as a batch norm that is used', () => {
  const [unused, used] = [new UnusedBatchNorm(), new BatchNorm()];
  for (let step = 0; step < 3; step++) {
    const x = spreadTensor([2, 5, 3, 4], step);
    used.apply(x, { training: true });
    expect((unused.apply(x, { training: true }) as tf.Tensor).dataSync()).toEqual(x.dataSync());
  }
  expect(unused.trainableWeights).toEqual([]);
  const [, , ...statistics] = unused.getWeights();
  used
    .getWeights()
    .slice(2)
    .forEach((wanted, i) => {
      // Sums in another order.
      expect(tf.max(tf.abs(tf.sub(wanted, statistics[i] as tf.Tensor))).dataSync()[0]).toBeLessThan(1e-6);
    });
  const before = statistics.map((each) => each.dataSync());
  unused.apply(spreadTensor([2, 5, 3, 4], 9));
  expect(
    unused
      .getWeights()
      .slice(2)
      .map((each) => each.dataSync()),
  ).toEqual(before);
});
