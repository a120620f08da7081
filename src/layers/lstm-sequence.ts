/** One direction of an LSTM over a whole sequence (Hochreiter and Schmidhuber, 1997), with PyTorch's gates. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

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
  const run = hasRawOps() ? fusedSequence : composedSequence;
  return run(x, kernel, recurrentKernel, bias);
}

/** By ops that every engine has. */
function composedSequence(x: tf.Tensor, kernel: tf.Tensor, recurrentKernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [nFrames, batch, nFeatures] = x.shape;
  const units = recurrentKernel.shape[0];
  const projected = tf.add(tf.matMul(tf.reshape(x, [nFrames * batch, nFeatures]), kernel as tf.Tensor2D), bias);
  const gatesOfFrames = tf.reshape(projected, [nFrames, batch, 4 * units]);
  const outputs: tf.Tensor[] = [];
  let hidden: tf.Tensor = tf.zeros([batch, units]);
  let cell: tf.Tensor = hidden;
  for (let i = 0; i < nFrames; i++) {
    // Slices, because tfjs's gradient of an unstack into one tensor fails.
    const frame = tf.reshape(tf.slice(gatesOfFrames, i, 1), [batch, 4 * units]);
    const gates = tf.add(frame, tf.matMul(hidden, recurrentKernel));
    const [input, forget, candidate, output] = tf.split(gates, 4, 1);
    cell = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
    outputs.push(hidden);
  }
  return tf.stack(outputs);
}

/** By TensorFlow's op for a whole sequence, and another for its gradient: hundreds of small ops fewer. */
const fusedSequence = tf.customGrad((...args) => {
  const [x, kernel, recurrentKernel, bias] = args as tf.Tensor[];
  const save = args[4] as unknown as tf.GradSaveFunc;
  const [nFrames, batch, nFeatures] = x.shape;
  const units = recurrentKernel.shape[0];
  const weights = tf.concat([kernel, recurrentKernel]);
  const attributes = { T: 'float32', use_peephole: false };
  const outputs = executeRawOp(
    'BlockLSTMV2',
    { ...attributes, cell_clip: 0 },
    sequenceInputs(nFrames, batch, units, x, weights, bias),
    7,
  );
  save([x, weights, bias, ...outputs]);
  return {
    value: outputs[6],
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, weights, bias, ...outputs] = saved;
      const inputs = [...sequenceInputs(nFrames, batch, units, x, weights, bias), ...outputs, tf.zerosLike(dy), dy];
      const gradients = executeRawOp('BlockLSTMGradV2', attributes, inputs, 8);
      const [dx, dWeights, dBias] = [gradients[0], gradients[3], gradients[7]];
      return [dx, ...tf.split(dWeights, [nFeatures, units]), dBias];
    },
  };
}) as typeof lstmSequence;

/** The inputs that both ops begin with: the length as int64, a zero state, and no peephole weights. */
function sequenceInputs(
  nFrames: number,
  batch: number,
  units: number,
  x: tf.Tensor,
  weights: tf.Tensor,
  bias: tf.Tensor,
): tf.Tensor[] {
  const [length] = executeRawOp('Cast', { SrcT: 'int32', DstT: 'int64' }, [tf.scalar(nFrames, 'int32')], 1);
  const state = tf.zeros([batch, units]);
  const peephole = tf.zeros([units]);
  return [length, x, state, state, weights, peephole, peephole, peephole, bias];
}
