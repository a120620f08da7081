import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { record } from '../../src/graph/record.js';
import { simplifyProgram } from '../../src/graph/simplify.js';
import { summarizeProgram } from '../../src/graph/summarize.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

describe('the summary of a program', () => {
  it('counts parameters, operations and peak memory of a small net by hand', () => {
    const kernel = tf.variable(tf.ones([3, 5]), true);
    const frozen = tf.variable(tf.ones([5]), false);
    const x = tf.ones([4, 3]);
    const program = record(
      ({ x }) => ({
        y: tf.sum(tf.relu(tf.add(tf.reshape(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), [2, 2, 5]), frozen))),
      }),
      { x },
    );
    // 2 * 4 * 3 * 5 of the product, 20 of the sum, of relu and of the reduction; two maps of 20 floats at a time.
    expect(summarizeProgram(simplifyProgram(program))).toEqual({
      parameters: 15,
      operations: 5,
      flops: 120 + 3 * 20,
      peakActivationBytes: 2 * 20 * 4,
    });
    tf.dispose([kernel, frozen, x]);
  });

  it('counts a convolution and its two gradients alike', () => {
    const kernel = tf.variable(tf.ones([3, 3, 2, 4]) as tf.Tensor4D);
    const x = tf.ones([2, 8, 8, 2]);
    const forward = record(({ x }) => ({ y: tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same') }), { x });
    const flops = 2 * (2 * 8 * 8 * 4) * (3 * 3 * 2);
    expect(summarizeProgram(forward).flops).toBe(flops);
    const both = record(
      ({ x }) => {
        const [dx, dk] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
          tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'),
        )([x, kernel]);
        return { dx, dk };
      },
      { x },
    );
    expect(summarizeProgram(simplifyProgram(both)).flops).toBe(2 * flops);
    tf.dispose([kernel, x]);
  });
});
