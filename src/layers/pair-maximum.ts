/** The larger of two values: what max-feature-maps and pooling by two are made of. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

/**
 * `[n, 2, m]` to `[n, m]`: the maximum over the middle axis. Where both are equal, the gradient goes to the first, as
 * PyTorch's does.
 *
 * Pooling by a maximum over an axis, and a gradient by comparison with the winner, take a fraction of the time that
 * TensorFlow's pooling gradient and tfjs's gradient of a split do.
 */
export const pairMaximum = tf.customGrad((input, save) => {
  const x = input as tf.Tensor3D;
  const value = tf.max(x, 1);
  (save as tf.GradSaveFunc)([x, value]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [pairs, maximum] = saved;
      const [n, , m] = pairs.shape;
      const first = tf.reshape(tf.slice(pairs, [0, 0, 0], [n, 1, m]), [n, m]);
      const toSecond = whereWon(dy, tf.sub(maximum, first));
      return tf.stack([tf.sub(dy, toSecond), toSecond], 1);
    },
  };
}) as (x: tf.Tensor) => tf.Tensor;

/** `dy` where `lead` is positive, else zero. */
export function whereWon(dy: tf.Tensor, lead: tf.Tensor): tf.Tensor {
  if (hasRawOps()) return executeRawOp('ReluGrad', { T: 'float32' }, [dy, lead], 1)[0];
  return tf.mul(dy, tf.step(lead));
}
