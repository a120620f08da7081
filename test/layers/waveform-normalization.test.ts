import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { WaveformNormalization } from '../../src/layers/waveform-normalization.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(WaveformNormalization, [
  { options: {}, inputShape: [2, 30], outputShape: [2, 30], freeAxes: [0, 1], weights: [] },
]);

test('padding counts for nothing and comes out as 0', () => {
  const layer = new WaveformNormalization();
  const clip = tf.tensor2d([1, 2, 4, 1], [1, 4]);
  const padded = tf.tensor2d([1, 2, 4, 1, 0, 0], [1, 6]);
  const alone = [...(layer.apply(clip) as tf.Tensor).dataSync()];
  const told = [...(layer.apply(padded, { lengths: tf.tensor1d([4], 'int32') }) as tf.Tensor).dataSync()];
  told.forEach((value, i) => {
    expect(value).toBeCloseTo(alone[i] ?? 0, 6);
  });
});

test('silence stays silent', () => {
  const values = (new WaveformNormalization().apply(tf.zeros([1, 8])) as tf.Tensor).dataSync();
  expect([...values]).toEqual(Array(8).fill(0));
});
