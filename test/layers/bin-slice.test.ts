import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { BinSlice } from '../../src/layers/bin-slice.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(BinSlice, [
  { options: { from: 1, nBins: 2 }, inputShape: [2, 3, 4], outputShape: [2, 3, 2], freeAxes: [0, 1], weights: [] },
]);

test('takes the bins that it names, and refuses more than there are', () => {
  const y = new BinSlice({ from: 1, nBins: 2 }).apply(tf.tensor3d([[[1, 2, 3]]])) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([2, 3]);
  expect(() => new BinSlice({ from: 2, nBins: 2 }).build([null, 5, 3])).toThrow(/at least 4 bins, got 3/);
});
