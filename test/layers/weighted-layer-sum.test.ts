import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { WeightedLayerSum } from '../../src/layers/weighted-layer-sum.js';
import { ConfigError, ShapeError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';
import { expectGradientsMatchDifferences, spreadTensor } from '../support/gradient-check.js';

// Two inputs: the contract for layers of one does not fit. Numbers of the reference: test/models/wav2vec2.parity.test.ts.
beforeAll(async () => {
  await startTestEngine();
});

test('starts as the mean, and follows its weights', () => {
  const layer = new WeightedLayerSum({ name: 'sum' });
  const states = [tf.tensor3d([1, 2], [1, 1, 2]), tf.tensor3d([3, 6], [1, 1, 2])];
  expect([...(layer.apply(states) as tf.Tensor).dataSync()]).toEqual([2, 4]);
  expect(layer.weights.map((weight) => weight.originalName)).toEqual(['sum/layer_weights']);
  layer.setWeights([tf.tensor1d([0, Math.log(3)])]);
  const [first, second] = (layer.apply(states) as tf.Tensor).dataSync();
  expect(first).toBeCloseTo(2.5, 5);
  expect(second).toBeCloseTo(5, 5);
});

test('its gradients equal finite differences', () => {
  const layer = new WeightedLayerSum();
  layer.apply([tf.zeros([2, 3, 2]), tf.zeros([2, 3, 2])]);
  layer.setWeights([tf.tensor1d([0.3, -0.4])]);
  const compute = (a: tf.Tensor, b: tf.Tensor) => layer.apply([a, b]) as tf.Tensor;
  expectGradientsMatchDifferences(compute, [spreadTensor([2, 3, 2], 1), spreadTensor([2, 3, 2], 2)]);
});

test('refuses one tensor, and options it does not know', () => {
  expect(() => new WeightedLayerSum().apply(tf.zeros([1, 2, 3]))).toThrow(ShapeError);
  expect(() => new WeightedLayerSum({ unheardOf: 1 } as never)).toThrow(ConfigError);
});
