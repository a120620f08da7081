import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLoss } from '../../src/training/losses.js';
import { startTestEngine } from '../support/engine.js';

const { weightedCrossEntropy } = JSON.parse(
  readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'),
);

beforeAll(startTestEngine);

describe('createLoss', () => {
  it('gives torch’s weighted cross-entropy and its gradient (1e-6)', () => {
    const { weight, logits, labels, loss, grad } = weightedCrossEntropy;
    const compute = createLoss({ loss: 'cross-entropy', classWeights: weight }, [1, 1], 2);
    const target = tf.tensor1d(labels, 'int32');
    const { value, grad: got } = tf.valueAndGrad((x: tf.Tensor) => compute(x, target))(tf.tensor2d(logits));
    expect(value.dataSync()[0]).toBeCloseTo(loss, 6);
    grad.flat().forEach((expected: number, i: number) => {
      expect(got.dataSync()[i]).toBeCloseTo(expected, 6);
    });
  });

  it('gives binary cross-entropy of one logit equal to cross-entropy of [0, logit]', () => {
    const values = [-30, -2, 0, 0.5, 40];
    const labels = tf.tensor1d([1, 0, 1, 1, 0], 'int32');
    const binary = createLoss({ loss: 'binary-cross-entropy', classWeights: null }, [1, 1], 1);
    const softmax = createLoss({ loss: 'cross-entropy', classWeights: null }, [1, 1], 2);
    const one = binary(tf.tensor2d(values, [5, 1]), labels).dataSync()[0] as number;
    const two = softmax(tf.tensor2d(values.map((value) => [0, value])), labels).dataSync()[0] as number;
    expect(one).toBeCloseTo(two, 5);
  });

  it('weighs classes by inverse frequency when balanced', () => {
    const logits = tf.tensor2d([
      [1, 0],
      [0, 0],
    ]);
    const labels = tf.tensor1d([0, 1], 'int32');
    const balanced = createLoss({ loss: 'cross-entropy', classWeights: 'balanced' }, [30, 10], 2);
    const explicit = createLoss({ loss: 'cross-entropy', classWeights: [40 / 60, 40 / 20] }, [1, 1], 2);
    expect(balanced(logits, labels).dataSync()[0]).toBeCloseTo(explicit(logits, labels).dataSync()[0] as number, 6);
  });

  it('refuses a loss that does not fit the logits, with both remedies', () => {
    expect(() => createLoss({ loss: 'binary-cross-entropy', classWeights: null }, [1, 1], 2)).toThrow(
      /needs a model with 1 logit a clip, got 2; set model.nLogits to 1 or training.loss to "cross-entropy"/,
    );
  });
});
