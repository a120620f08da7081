import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { AttentiveStatisticsPooling } from '../../src/layers/attentive-statistics-pooling.js';
import { describeLayerContract } from '../support/layer-contract.js';

const reference = JSON.parse(readFileSync(new URL('../fixtures/layers/sequences.json', import.meta.url), 'utf8'));
const weights = ['kernel', 'bias', 'score_kernel'];

describeLayerContract(AttentiveStatisticsPooling, [
  {
    options: { units: 3 },
    inputShape: [2, 5, 4],
    outputShape: [2, 8],
    freeAxes: [0, 1],
    weights: [...weights, 'context_kernel'],
  },
  {
    options: { units: 2, channelwise: false, seed: 5 },
    inputShape: [2, 4, 3],
    outputShape: [2, 6],
    freeAxes: [0, 1],
    weights,
  },
]);

test('equals the paper’s equations', () => {
  const { x, kernel, bias, scoreKernel, contextKernel, out } = reference.attentiveStatistics;
  const layer = new AttentiveStatisticsPooling({ units: 4 });
  layer.build([null, null, 3]);
  layer.built = true;
  layer.setWeights([kernel, bias, scoreKernel, contextKernel].map((values) => tf.tensor(values)));
  const y = layer.apply(tf.tensor3d(x)) as tf.Tensor;
  expect(tf.max(tf.abs(tf.sub(y, out))).dataSync()[0]).toBeLessThan(1e-6);
});

test('weights of one value for all frames give the plain statistics', () => {
  const layer = new AttentiveStatisticsPooling({ units: 4, channelwise: false });
  const x = tf.tensor3d([[[1], [3], [5], [7]]]);
  layer.apply(x);
  layer.setWeights(layer.getWeights().map((weight) => tf.zerosLike(weight)));
  const [mean, deviation] = (layer.apply(x) as tf.Tensor).dataSync();
  expect(mean).toBeCloseTo(4, 5);
  expect(deviation).toBeCloseTo(Math.sqrt(5), 5);
});
