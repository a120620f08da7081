import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { MaskedMean } from '../../src/layers/masked-mean.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(MaskedMean, [
  { options: { hop: 2, receptiveField: 3 }, inputShape: [2, 5, 3], outputShape: [2, 3], freeAxes: [0, 1], weights: [] },
]);

test('counts the frames that lie within their clip', () => {
  const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4, 1]);
  const layer = new MaskedMean({ hop: 2, receptiveField: 3 });
  // Frames end at samples 3, 5, 7 and 9.
  const means = layer.apply(x, { lengths: tf.tensor1d([6, 9], 'int32') }) as tf.Tensor;
  expect([...means.dataSync()]).toEqual([1.5, 6.5]);
});
