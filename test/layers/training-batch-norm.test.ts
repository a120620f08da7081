import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { composedBatchNorm, fusedBatchNorm } from '../../src/layers/training-batch-norm.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

const OPTIONS = { epsilon: 1e-5, momentum: 0.1 };

/** Output, gradients and running statistics of one call on maps whose channels have their own mean and deviation. */
function run(normalise: typeof fusedBatchNorm, nFrames: number): Record<string, tf.Tensor> {
  const shape = [2, nFrames, 300, 3] as const;
  const x = tf.tidy(() =>
    tf.add(tf.mul(tf.sin(tf.mul(tf.range(0, 1800 * nFrames), 1.7)).reshape([...shape]), [1, 0.1, 5]), [0.5, 1, -3]),
  ) as tf.Tensor4D;
  const [gamma, beta] = [tf.tensor1d([1, 2, 0.5]), tf.tensor1d([0, -1, 1])];
  const running = { mean: tf.zeros([3]), variance: tf.ones([3]) };
  let moved = running;
  const loss = (...inputs: tf.Tensor[]) => {
    const [maps, scale, shift] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const y = normalise(maps, scale, shift, running, OPTIONS, (statistics) => {
      moved = { mean: tf.keep(statistics.mean), variance: tf.keep(statistics.variance) };
    });
    return tf.mean(tf.mul(y, tf.sin(tf.mul(maps, 3)))) as tf.Scalar;
  };
  const { value, grads } = tf.valueAndGrads(loss)([x, gamma, beta]);
  return { value, x: tf.mul(grads[0], x.size), gamma: grads[1], beta: grads[2], ...moved };
}

describe('the fused batch norm of a training step', () => {
  // 30,000 values a channel go through TensorFlow's op, 240,000 are summed in blocks.
  it.each([50, 400])('equals the composed one for maps of 2 x %i x 300', (nFrames) => {
    const [ours, plain] = [run(fusedBatchNorm, nFrames), run(composedBatchNorm, nFrames)];
    for (const [name, tensor] of Object.entries(ours)) {
      const wanted = plain[name].dataSync();
      const largest = tf.max(tf.abs(plain[name])).dataSync()[0];
      // Both sum hundreds of thousands of float32 values, in other orders.
      tensor.dataSync().forEach((number, i) => {
        if (Math.abs(number - wanted[i]) > 1e-4 * Math.max(1, largest)) {
          expect.fail(`${name}[${i}] is ${number}, not ${wanted[i]}`);
        }
      });
    }
  });
});
