/** Random tensors that are a function of their seeds alone. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';
import { statelessUniform } from '../runtime/stateless-random.js';

/**
 * Uniform numbers in [0, 1): the same for the same shape size, seed and salt, on every engine.
 *
 * @param seed 31-bit integer, or an int32 scalar
 * @param salt 31-bit integer that sets this draw apart from others under the same seed
 */
export function uniformTensor(shape: readonly number[], seed: number | tf.Tensor, salt: number): tf.Tensor {
  if (hasRawOps()) {
    // The seed stays a tensor, so that a compiled step draws anew each time it is run.
    const seeds =
      typeof seed === 'number' ? tf.tensor1d([seed, salt], 'int32') : tf.stack([seed, tf.scalar(salt, 'int32')]);
    const attributes = { dtype: 'float32', T: 'int32', Tseed: 'int32' };
    return executeRawOp('StatelessRandomUniform', attributes, [tf.tensor1d([...shape], 'int32'), seeds], 1)[0];
  }
  const number = typeof seed === 'number' ? seed : seed.dataSync()[0];
  return tf.tensor(statelessUniform(tf.util.sizeFromShape([...shape]), number, salt), [...shape]);
}
