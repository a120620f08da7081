/** The largest of a few neighbours: what max-feature-maps, and pooling without overlap, are made of. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

/**
 * `[n, k, m]` to `[n, m]`: the maximum over the middle axis. Where several are equal, the gradient goes to the first of
 * them, as PyTorch's does.
 *
 * A maximum over an axis, and a gradient by comparison with the winner, take a fraction of the time of tfjs's gradient of a
 * split.
 */
export const blockMaximum = tf.customGrad((input, save) => {
  const x = input as tf.Tensor3D;
  const value = tf.max(x, 1);
  (save as tf.GradSaveFunc)([x, value]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [blocks, maximum] = saved;
      const [n, k, m] = blocks.shape;
      const parts: tf.Tensor[] = [];
      // What is left passes from neighbour to neighbour, and stays with the first that equals the maximum.
      let rest = dy;
      for (let i = 0; i < k - 1; i++) {
        const neighbour = tf.reshape(tf.slice(blocks, [0, i, 0], [n, 1, m]), [n, m]);
        const passed = whereWon(rest, tf.sub(maximum, neighbour));
        parts.push(tf.sub(rest, passed));
        rest = passed;
      }
      return tf.stack([...parts, rest], 1);
    },
  };
}) as (x: tf.Tensor) => tf.Tensor;

/** `dy` where `lead` is positive, else zero. */
function whereWon(dy: tf.Tensor, lead: tf.Tensor): tf.Tensor {
  if (hasRawOps()) return executeRawOp('ReluGrad', { T: 'float32' }, [dy, lead], 1)[0];
  return tf.mul(dy, tf.step(lead));
}
