import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { recomputed } from '../../src/layers/recomputed.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import { anonymousMegabytes, peakMegabytesOf, tellsAnonymousMemory } from '../support/anonymous-memory.js';
import { startTestEngine } from '../support/engine.js';

const [ROWS, WIDTH, DEPTH] = [8192, 64, 36];

beforeAll(startTestEngine);

it.skipIf(!tellsAnonymousMemory)(
  'a deep stack of recomputed blocks trains in less than half of the memory',
  async () => {
    const kernels = Array.from({ length: DEPTH }, (_, i) =>
      tf.tidy(() => tf.variable(tf.mul(tf.sub(uniformTensor([WIDTH, WIDTH], i, 7), 0.5), 0.2))),
    );
    /** Some six tensors of 2 MB each. */
    const block = (x: tf.Tensor, seed: tf.Tensor, i: number) => {
      const h = tf.sigmoid(tf.tanh(tf.matMul(x as tf.Tensor2D, kernels[i] as tf.Tensor2D)));
      return tf.add(x, tf.mul(tf.square(h), tf.cast(tf.greater(uniformTensor(h.shape, seed, i), 0.3), 'float32')));
    };
    const step = (isRecomputed: boolean) =>
      compile(({ x, seed }: { x: tf.Tensor; seed: tf.Tensor }) => {
        const { value, grads } = tf.variableGrads(
          () =>
            tf.mean(
              kernels.reduce<tf.Tensor>(
                (h, kernel, i) =>
                  isRecomputed ? recomputed((y) => block(y, seed, i), [h], [kernel]) : block(h, seed, i),
                x,
              ),
            ) as tf.Scalar,
          kernels,
        );
        for (const kernel of kernels) kernel.assign(tf.sub(kernel, tf.mul(grads[kernel.name], 0.01)));
        return { value };
      });
    const peakOf = (isRecomputed: boolean) =>
      peakMegabytesOf(() => {
        const compiled = step(isRecomputed);
        for (let i = 0; i < 3; i++) {
          tf.tidy(() =>
            compiled({ x: uniformTensor([ROWS, WIDTH], 1, 2), seed: tf.scalar(i, 'int32') }).value.dataSync(),
          );
        }
        compiled.dispose();
      });
    // What was freed may stay with the process, so the smaller one goes first.
    const before = anonymousMegabytes();
    const small = (await peakOf(true)) - before;
    const large = (await peakOf(false)) - before;
    expect(small).toBeLessThan(0.5 * large);
    tf.dispose(kernels);
  },
);
