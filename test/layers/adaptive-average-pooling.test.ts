import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { AdaptiveAveragePooling } from '../../src/layers/adaptive-average-pooling.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(AdaptiveAveragePooling, [
  {
    options: { nFrames: 2, nBins: 3 },
    inputShape: [2, 5, 7, 3],
    outputShape: [2, 2, 3, 3],
    freeAxes: [0, 1, 2],
    weights: [],
  },
  {
    options: { nFrames: 1, nBins: 4 },
    inputShape: [3, 4, 2, 2],
    outputShape: [3, 1, 4, 2],
    freeAxes: [0, 1, 2],
    weights: [],
  },
]);

test('cells overlap where sizes do not divide, as PyTorch’s do', () => {
  const pool = new AdaptiveAveragePooling({ nFrames: 3, nBins: 1 });
  const y = pool.apply(tf.tensor4d([1, 2, 4, 8, 16], [1, 5, 1, 1])) as tf.Tensor;
  // Cells 0..2, 1..4 and 3..5 of five frames: torch.nn.functional.adaptive_avg_pool1d gives [1.5, 14/3, 12].
  [1.5, 14 / 3, 12].forEach((value, i) => {
    expect(y.dataSync()[i]).toBeCloseTo(value, 5);
  });
});

test('no frames are refused', () => {
  const pool = new AdaptiveAveragePooling({ nFrames: 3, nBins: 1 });
  expect(() => pool.apply(tf.zeros([1, 0, 2, 1]))).toThrow(/at least one frame and one bin/);
});
