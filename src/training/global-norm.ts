/** The length of all gradients together. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

/** The Euclidean norm over the elements of all tensors, as a scalar. */
export function globalNorm(tensors: Iterable<tf.Tensor>): tf.Scalar {
  return tf.sqrt(tf.addN([...tensors].map(sumOfSquares)));
}

function sumOfSquares(tensor: tf.Tensor): tf.Scalar {
  if (!hasRawOps()) return tf.sum(tf.square(tensor));
  // Half the sum in one pass, without the squares in memory.
  return tf.mul(executeRawOp('L2Loss', { T: 'float32' }, [tensor], 1)[0], 2);
}
