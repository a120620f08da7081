import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { LayerNorm, layerNorm } from '../../src/layers/layer-norm.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(LayerNorm, [
  { options: {}, inputShape: [2, 3, 5], outputShape: [2, 3, 5], freeAxes: [0, 1], weights: ['gamma', 'beta'] },
  { options: { epsilon: 0.5 }, inputShape: [4, 6], outputShape: [4, 6], freeAxes: [0], weights: ['gamma', 'beta'] },
]);

/** By the formula, with tfjs's own gradients. */
function composed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta);
}

test.each(['tensorflow', 'cpu'])('values and gradients equal the composition on %s', async (backend) => {
  await tf.setBackend(backend);
  const [x, gamma, beta] = [[3, 7, 24], [24], [24]].map((shape, i) => spreadTensor(shape, i)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const [fused, plain] = [layerNorm, composed].map((normalise) =>
    tf.valueAndGrads((x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
      const y = normalise(x, gamma, beta, 1e-3);
      return tf.sum(tf.mul(tf.square(y), tf.sin(y)));
    })([x, gamma, beta]),
  );
  fused?.grads.forEach((got, i) => {
    const wanted = plain?.grads[i] as tf.Tensor;
    const size = tf.max(tf.abs(wanted)).dataSync<'float32'>()[0] as number;
    expect(size).toBeGreaterThan(0);
    expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync<'float32'>()[0]).toBeLessThan(1e-5 * size);
  });
  const error = tf.abs(tf.sub(layerNorm(x, gamma, beta, 1e-3), composed(x, gamma, beta, 1e-3)));
  expect(tf.max(error).dataSync<'float32'>()[0]).toBeLessThan(5e-6);
});

test('rows far from zero keep their digits', async () => {
  await tf.setBackend('tensorflow');
  const [ones, zeros] = [tf.ones([4]), tf.zeros([4])];
  const y = layerNorm(tf.tensor2d([[1000, 1001, 1002, 1003]]), ones, zeros, 1e-5).dataSync<'float32'>();
  // The variance is 1.25; a difference of squares would leave three digits.
  [-1.5, -0.5, 0.5, 1.5].forEach((offset, i) => {
    expect(y[i]).toBeCloseTo(offset / Math.sqrt(1.25 + 1e-5), 4);
  });
});

test('compiled and op by op are the same bits', async () => {
  await tf.setBackend('tensorflow');
  const step = (inputs: { x: tf.Tensor; gamma: tf.Tensor; beta: tf.Tensor }) => {
    const { x, gamma, beta } = inputs;
    const { value, grads } = tf.valueAndGrads((x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
      tf.sum(tf.square(layerNorm(x, gamma, beta, 1e-5))),
    )([x, gamma, beta]);
    return { value, dx: grads[0] as tf.Tensor, dGamma: grads[1] as tf.Tensor, dBeta: grads[2] as tf.Tensor };
  };
  const compiled = compile(step);
  const inputs = { x: spreadTensor([2, 30, 48], 1), gamma: spreadTensor([48], 2), beta: spreadTensor([48], 3) };
  const [got, wanted] = [compiled(inputs), step(inputs)];
  for (const key of ['value', 'dx', 'dGamma', 'dBeta'] as const) {
    expect(got[key].dataSync()).toEqual(wanted[key].dataSync());
  }
  compiled.dispose();
});
