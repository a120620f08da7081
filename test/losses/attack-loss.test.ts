import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { attackCrossEntropy } from '../../src/losses/attack-loss.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(startTestEngine);

test('is the mean of minus the log of the attack’s share, with its gradient', () => {
  const shares = [
    [0.2, 0.5, 0.3],
    [0.6, 0.1, 0.3],
  ];
  const logits = tf.log(tf.tensor2d(shares));
  const attacks = tf.tensor1d([1, 0], 'int32');
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => attackCrossEntropy(x, attacks))(logits);
  expect(value.dataSync()[0]).toBeCloseTo(-(Math.log(0.5) + Math.log(0.6)) / 2, 5);
  const wanted = [0.1, -0.25, 0.15, -0.2, 0.05, 0.15];
  grad.dataSync().forEach((each, i) => {
    expect(each).toBeCloseTo(wanted[i], 6);
  });
});
