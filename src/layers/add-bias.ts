/** Adds a bias to each channel. */
import * as tf from '@tensorflow/tfjs-core';
import { LONG_AXIS } from '../runtime/native/long-sums.js';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

/**
 * `[..., channels]` plus `[channels]`. TensorFlow sums a short gradient of the bias in one op of its own, several
 * times faster than the reduction that tfjs asks it for.
 */
export const addBias = tf.customGrad((x, bias) => ({
  value: sum(x as tf.Tensor, bias as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => [tf.clone(dy), sumOfChannels(dy)],
})) as (x: tf.Tensor, bias: tf.Tensor) => tf.Tensor;

function sum(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  // A compiled program fuses this op with the convolution before it.
  if (hasRawOps()) return executeRawOp('BiasAdd', { T: 'float32', data_format: 'NHWC' }, [x, bias], 1)[0];
  return tf.add(x, bias);
}

function sumOfChannels(dy: tf.Tensor): tf.Tensor {
  const nChannels = dy.shape[dy.rank - 1];
  // TensorFlow's op adds up the rows one by one.
  if (hasRawOps() && dy.size < LONG_AXIS * nChannels)
    return executeRawOp('BiasAddGrad', { T: 'float32', data_format: 'NHWC' }, [dy], 1)[0];
  return tf.sum(tf.reshape(dy, [-1, nChannels]), 0);
}
