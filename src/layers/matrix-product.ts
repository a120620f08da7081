/** Products of sequences with matrices. */
import * as tf from '@tensorflow/tfjs-core';

/** `[..., features]` times `[features, width]`: `[..., width]`, as one product of two matrices. */
export function project(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const [nFeatures, width] = kernel.shape;
  const rows = tf.reshape(x, [-1, nFeatures]);
  return tf.reshape(tf.matMul(rows as tf.Tensor2D, kernel as tf.Tensor2D), [...x.shape.slice(0, -1), width]);
}
