import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { softmaxCrossEntropy } from '../../src/losses/softmax-cross-entropy.js';
import { startTestEngine } from '../support/engine.js';
import { BACKENDS } from '../support/layer-contract.js';

beforeAll(startTestEngine);
afterAll(async () => {
  await tf.setBackend('tensorflow');
});

const LOGITS = [
  [2, -1],
  [0.5, 0.5],
  [-300, 200],
];
const TARGETS = [
  [1, 0],
  [0.3, 0.7],
  [1, 0],
];

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test('values and gradients equal the formula in double precision, where a share vanishes too', () => {
    const loss = (logits: tf.Tensor) => softmaxCrossEntropy(logits, tf.tensor2d(TARGETS));
    const logits = tf.tensor2d(LOGITS);
    const values = loss(logits).dataSync();
    const gradients = tf
      .grad(loss)(logits, tf.tensor1d([1, 2, 3]))
      .dataSync();
    LOGITS.forEach((row, i) => {
      const total = Math.log(row.reduce((sum, z) => sum + Math.exp(z - Math.max(...row)), 0)) + Math.max(...row);
      const wanted = row.reduce((sum, z, c) => sum - TARGETS[i][c] * (z - total), 0);
      expect(Math.abs(values[i] - wanted)).toBeLessThan(1e-6 * Math.max(1, wanted));
      row.forEach((z, c) => {
        const slope = (i + 1) * (Math.exp(z - total) - TARGETS[i][c]);
        expect(Math.abs(gradients[2 * i + c] - slope)).toBeLessThan(1e-6);
      });
    });
  });
});

test('compiled and op by op are the same bits', async () => {
  await tf.setBackend('tensorflow');
  const step = ({ logits, targets }: { logits: tf.Tensor; targets: tf.Tensor }) => {
    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) => tf.mean(softmaxCrossEntropy(logits, targets)))(
      logits,
    );
    return { value, grad };
  };
  const compiled = compile(step);
  const inputs = {
    logits: tf.randomNormal([33, 2], 0, 2, 'float32', 1),
    targets: tf.softmax(tf.randomNormal([33, 2])),
  };
  const [got, wanted] = [compiled(inputs), step(inputs)];
  expect(got.value.dataSync()).toEqual(wanted.value.dataSync());
  expect(got.grad.dataSync()).toEqual(wanted.grad.dataSync());
  compiled.dispose();
});
