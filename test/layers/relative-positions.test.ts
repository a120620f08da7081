import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { RelativePositions } from '../../src/layers/relative-positions.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';

// Its output has no batch: the contract does not fit. Numbers of the reference: test/models/wav2vec2.parity.test.ts.
beforeAll(async () => {
  await startTestEngine();
});

test('gives each distance the value of its bucket', () => {
  const layer = new RelativePositions({ name: 'it', nHeads: 1, nBuckets: 8, maxDistance: 16 });
  layer.apply(tf.zeros([1, 2, 3]));
  expect(layer.weights.map((weight) => weight.originalName)).toEqual(['it/table']);
  layer.setWeights([tf.tensor2d([0, 1, 2, 3, 4, 5, 6, 7], [8, 1])]);
  const bias = layer.apply(tf.zeros([3, 20, 3])) as tf.Tensor4D;
  expect(bias.shape).toEqual([1, 1, 20, 20]);
  const rows = bias.arraySync()[0][0];
  // Frames that come later have the upper half; 0 and 1 a bucket each, 2 to 5 one, all beyond the last.
  expect(rows[0].slice(0, 8)).toEqual([0, 5, 6, 6, 6, 6, 7, 7]);
  expect(rows[19].slice(11)).toEqual([3, 3, 3, 2, 2, 2, 2, 1, 0]);
  expect(rows[5][9]).toBe(rows[0][4]);
});

test('each bucket in use gets its gradient', () => {
  const layer = new RelativePositions({ nHeads: 2, nBuckets: 8, maxDistance: 16 });
  layer.apply(tf.zeros([1, 3, 3]));
  const table = layer.weights[0].read() as tf.Variable;
  const { grads } = tf.variableGrads(() => tf.sum(layer.apply(tf.zeros([1, 3, 3])) as tf.Tensor) as tf.Scalar, [table]);
  // Of nine pairs three are a frame with itself, two a step each way, one two steps each way.
  expect([...grads[table.name].dataSync()]).toEqual([3, 3, 2, 2, 1, 1, 0, 0, 0, 0, 2, 2, 1, 1, 0, 0]);
});

test('refuses options it does not know', () => {
  expect(() => new RelativePositions({ nHeads: 1, unheardOf: 1 } as never)).toThrow(ConfigError);
});
