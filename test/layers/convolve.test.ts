import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { composedConvolve, convolve } from '../../src/layers/convolve.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';

beforeAll(async () => {
  await startTestEngine();
});

const pairs = [
  { strides: [1, 1], dilations: [1, 1], padding: [1, 1], groups: 1, kernel: [3, 3] },
  { strides: [1, 1], dilations: [1, 1], padding: [0, 1], groups: 4, kernel: [2, 3] },
  { strides: [2, 3], dilations: [1, 1], padding: [1, 0], groups: 2, kernel: [3, 2] },
  { strides: [1, 1], dilations: [2, 3], padding: [2, 3], groups: 1, kernel: [3, 3] },
  { strides: [1, 1], dilations: [1, 2], padding: [0, 1], groups: 4, kernel: [1, 4] },
  { strides: [2, 2], dilations: [2, 1], padding: [1, 1], groups: 2, kernel: [3, 3] },
] as const;

describe.each(pairs)('by $kernel, strides $strides, dilations $dilations, padding $padding, groups $groups', (pair) => {
  const { kernel, ...geometry } = pair;
  const x = () => spreadTensor([2, 9, 11, 8], 1) as tf.Tensor4D;
  const weights = () => spreadTensor([...kernel, 8 / geometry.groups, 12], 2) as tf.Tensor4D;
  const withGradients = (by: typeof composedConvolve) => {
    const gradients = tf.valueAndGrads((x: tf.Tensor, kernel: tf.Tensor) => {
      const y = by(x as tf.Tensor4D, kernel as tf.Tensor4D, geometry);
      return tf.sum(tf.square(y));
    });
    return ({ x, kernel }: { x: tf.Tensor; kernel: tf.Tensor }) => {
      const [dx, dKernel] = gradients([x, kernel]).grads as [tf.Tensor, tf.Tensor];
      return { y: by(x as tf.Tensor4D, kernel as tf.Tensor4D, geometry), dx, dKernel };
    };
  };

  test('the engine’s op and its gradients equal the composition', () => {
    const inputs = { x: x(), kernel: weights() };
    const [fused, composed] = [convolve, composedConvolve].map((by) =>
      withGradients(by as typeof composedConvolve)(inputs),
    );
    for (const key of ['y', 'dx', 'dKernel'] as const) {
      const [got, wanted] = [fused?.[key], composed?.[key]] as [tf.Tensor, tf.Tensor];
      expect(got.shape).toEqual(wanted.shape);
      const size = tf.max(tf.abs(wanted)).dataSync<'float32'>()[0] as number;
      expect(size).toBeGreaterThan(0);
      // Sums of some hundred float32 products, in another order.
      expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync<'float32'>()[0]).toBeLessThan(1e-5 * size);
    }
  });

  test('compiled and op by op are the same bits', () => {
    const step = withGradients(convolve as typeof composedConvolve);
    const compiled = compile(step);
    const inputs = { x: x(), kernel: weights() };
    const [got, wanted] = [compiled(inputs), step(inputs)];
    for (const key of ['y', 'dx', 'dKernel'] as const) expect(got[key].dataSync()).toEqual(wanted[key].dataSync());
    compiled.dispose();
  });
});

test('the gradient of an input that nobody differentiates is not computed', () => {
  const [x, kernel] = [spreadTensor([1, 4, 4, 2], 1), spreadTensor([3, 3, 2, 2], 2)] as [tf.Tensor4D, tf.Tensor4D];
  const binding = (tf.backend() as unknown as { binding: { executeOp: (...args: unknown[]) => unknown } }).binding;
  const { executeOp } = binding;
  const ops: string[] = [];
  binding.executeOp = (...args) => {
    ops.push(String(args[0]));
    return executeOp.apply(binding, args);
  };
  try {
    tf.grad((kernel: tf.Tensor) => tf.sum(convolve(x, kernel as tf.Tensor4D)))(kernel);
  } finally {
    binding.executeOp = executeOp;
  }
  expect(ops).toContain('Conv2DBackpropFilter');
  expect(ops).not.toContain('Conv2DBackpropInput');
});
