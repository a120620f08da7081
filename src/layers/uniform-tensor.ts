/** Random tensors that are a function of their seeds alone. */
import * as tf from '@tensorflow/tfjs-core';
import { statelessUniform } from '../runtime/stateless-random.js';

/**
 * Uniform numbers in [0, 1): the same for the same shape size, seed and salt, on every engine.
 *
 * @param seed 31-bit integer, or an int32 scalar
 * @param salt 31-bit integer that sets this draw apart from others under the same seed
 */
export function uniformTensor(shape: readonly number[], seed: number | tf.Tensor, salt: number): tf.Tensor {
  const number = typeof seed === 'number' ? seed : seed.dataSync()[0];
  return tf.tensor(statelessUniform(tf.util.sizeFromShape([...shape]), number, salt), [...shape]);
}
