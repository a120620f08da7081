/** One direction of an LSTM over a whole sequence (Hochreiter and Schmidhuber, 1997), with PyTorch's gates. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * From a zero state, for each frame: `[i, f, g, o] = x K + h R + b`,
 * `c = sigmoid(f) c + sigmoid(i) tanh(g)`, `h = sigmoid(o) tanh(c)`.
 *
 * @param x `[frames, batch, features]`, at least one frame
 * @param kernel `[features, 4 units]`, gates in the order i, f, g, o
 * @param recurrentKernel `[units, 4 units]`
 * @param bias `[4 units]`
 * @returns h of every frame, `[frames, batch, units]`
 */
export function lstmSequence(x: tf.Tensor, kernel: tf.Tensor, recurrentKernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [nFrames, batch, nFeatures] = x.shape;
  const units = recurrentKernel.shape[0];
  const projected = tf.add(tf.matMul(tf.reshape(x, [nFrames * batch, nFeatures]), kernel as tf.Tensor2D), bias);
  const frames = tf.unstack(tf.reshape(projected, [nFrames, batch, 4 * units]));
  const outputs: tf.Tensor[] = [];
  let hidden: tf.Tensor | undefined;
  let cell: tf.Tensor | undefined;
  for (const frame of frames) {
    const gates: tf.Tensor = hidden === undefined ? frame : tf.add(frame, tf.matMul(hidden, recurrentKernel));
    const [input, forget, candidate, output] = tf.split(gates, 4, 1);
    const added = tf.mul(tf.sigmoid(input), tf.tanh(candidate));
    cell = cell === undefined ? added : tf.add(tf.mul(tf.sigmoid(forget), cell), added);
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
    outputs.push(hidden);
  }
  return tf.stack(outputs);
}
