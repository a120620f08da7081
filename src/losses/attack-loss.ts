/** Cross-entropy of attack types, the second task of some models. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * `mean(-log p_attack)`.
 *
 * @param logits `[batch, classes]`
 * @param attacks int32 class indices `[batch]`
 */
export function attackCrossEntropy(logits: tf.Tensor, attacks: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const target = tf.cast(tf.oneHot(attacks, logits.shape[1] as number), 'float32');
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1))) as tf.Scalar;
  });
}
