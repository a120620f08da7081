/** Softmax and cross-entropy in one: a pass each way, and no logarithm of a share that has vanished. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

/**
 * `-sum over classes of t_c log softmax(logits)_c`, `[batch]`, of logits and targets `[batch, classes]`. No gradient flows
 * to the targets.
 *
 * @param targets shares that sum to 1 in each row
 */
export function softmaxCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor1D {
  if (!hasRawOps()) return tf.tidy(() => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)));
  const fused = tf.customGrad((logits, save) => {
    const op = 'SoftmaxCrossEntropyWithLogits';
    const [value, gradient] = executeRawOp(op, { T: 'float32' }, [logits as tf.Tensor, targets], 2);
    (save as tf.GradSaveFunc)([gradient]);
    return { value, gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved) };
  });
  return fused(logits) as tf.Tensor1D;
}
