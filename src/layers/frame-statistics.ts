/** Means and standard deviations over the frames of a sequence, as pooling layers need them. */
import * as tf from '@tensorflow/tfjs-core';

/** Added to the variance: a feature that never moves has a finite gradient, too. */
const EPSILON = 1e-6;

/**
 * Weighted mean and standard deviation of each feature, `sqrt(sum w (x - mean)^2 + 1e-6)`.
 *
 * @param x `[batch, features, frames]`
 * @param weights of the frames, which sum to 1: `[batch, features, frames]`, or `[batch, 1, frames]` for all features
 * @returns `[batch, 2 features]`: the means, then the deviations
 */
export function weightedStatistics(x: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const mean = tf.sum(tf.mul(x, weights), 2, true);
  const variance = tf.sum(tf.mul(tf.square(tf.sub(x, mean)), weights), 2);
  return tf.concat([tf.squeeze(mean, [2]), tf.sqrt(tf.add(variance, EPSILON))], 1);
}

/** The same with equal weights. `[batch, frames, features]` to `[batch, 2 features]`. */
export function statistics(x: tf.Tensor): tf.Tensor {
  const mean = tf.mean(x, 1, true);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), 1);
  return tf.concat([tf.squeeze(mean, [1]), tf.sqrt(tf.add(variance, EPSILON))], 1);
}

/** Scores `[batch, frames, n]` to weights `[batch, n, frames]` that sum to 1 over the frames. */
export function frameWeights(scores: tf.Tensor): tf.Tensor {
  return tf.softmax(tf.transpose(scores, [0, 2, 1]));
}
