/** Normalisation to mean 0 and variance 1 along one axis: the arithmetic of `LayerNorm` and `ChannelNorm`. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * `(x - mean) / sqrt(variance + epsilon) * gamma + beta` along axis 1, with the biased variance. With a gradient of its own:
 * tfjs's gradients of means multiply by tensors of ones.
 *
 * @param x `[rows, channels]`, or `[batch, frames, channels]`
 * @param gamma factor, `[channels]`
 * @param beta offset, `[channels]`
 * @param epsilon added to the variance
 */
export function normalize(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  const allButChannels = x.shape.slice(0, -1).map((_, axis) => axis);
  const run = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const centred = tf.sub(x, tf.mean(x, 1, true));
    const factor = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const normalised = tf.mul(centred, factor);
    save([normalised, factor, gamma]);
    return {
      value: tf.add(tf.mul(normalised, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normalised, factor, gamma] = saved;
        const scaled = tf.mul(dy, gamma);
        // What only shifts or stretches all values along the axis doesn't reach x.
        const stretch = tf.mul(normalised, tf.mean(tf.mul(scaled, normalised), 1, true));
        const dx = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), stretch), factor);
        return [dx, tf.sum(tf.mul(dy, normalised), allButChannels), tf.sum(dy, allButChannels)];
      },
    };
  });
  return run(x, gamma, beta);
}
