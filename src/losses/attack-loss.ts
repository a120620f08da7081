/** Cross-entropy of attack types, the second task of some models. */
import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/**
 * `mean(-log p_attack)`.
 *
 * @param logits `[batch, classes]`
 * @param attacks int32 class indices `[batch]`
 */
export function attackCrossEntropy(logits: tf.Tensor, attacks: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const targets = tf.cast(tf.oneHot(attacks, logits.shape[1] as number), 'float32');
    return tf.mean(softmaxCrossEntropy(logits, targets)) as tf.Scalar;
  });
}
