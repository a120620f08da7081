/** One GRU over a whole sequence (Cho et al., 2014), with PyTorch's gates. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';

/**
 * From a zero state, for each frame: `r = sigmoid(x Kr + br + h Rr + cr)`, `z = sigmoid(x Kz + bz + h Rz + cz)`,
 * `n = tanh(x Kn + bn + r (h Rn + cn))`, `h = (1 - z) n + z h`.
 *
 * The reset gate acts after the recurrent product, as in cuDNN and PyTorch; TensorFlow's fused cell applies it before, so
 * that none of its ops fits. The products with the input, and the gradients of all weights, are each one product
 * for all frames; what is left to a frame is one product and some ten small ops each way.
 *
 * @param x `[frames, batch, features]`, at least one frame
 * @param kernel `[features, 3 units]`, gates in the order r, z, n
 * @param recurrentKernel `[units, 3 units]`
 * @param bias `[3 units]`
 * @param recurrentBias `[3 units]`
 * @returns h of every frame, `[frames, batch, units]`
 */
export function gruSequence(
  x: tf.Tensor,
  kernel: tf.Tensor,
  recurrentKernel: tf.Tensor,
  bias: tf.Tensor,
  recurrentBias: tf.Tensor,
): tf.Tensor {
  const [nFrames, batch, nFeatures] = x.shape;
  const projected = tf.add(tf.matMul(tf.reshape(x, [nFrames * batch, nFeatures]), kernel as tf.Tensor2D), bias);
  return recurrence(tf.reshape(projected, [nFrames, batch, kernel.shape[1] as number]), recurrentKernel, recurrentBias);
}

/** The recurrent part, on `[frames, batch, 3 units]` that holds the input's share of the gates. */
const recurrence = tf.customGrad((...args) => {
  const [gates, kernel, bias] = args as tf.Tensor[];
  const save = args[3] as unknown as tf.GradSaveFunc;
  const [nFrames, batch] = gates.shape;
  const units = kernel.shape[0];
  let hidden: tf.Tensor = tf.zeros([batch, units]);
  const states = [hidden];
  const resets: tf.Tensor[] = [];
  const updates: tf.Tensor[] = [];
  const candidates: tf.Tensor[] = [];
  const recurrentCandidates: tf.Tensor[] = [];
  for (const frame of framesOf(gates)) {
    const [inputGates, inputCandidate] = tf.split(frame, [2 * units, units], 1);
    const [hiddenGates, hiddenCandidate] = tf.split(
      tf.add(tf.matMul(hidden as tf.Tensor2D, kernel as tf.Tensor2D), bias),
      [2 * units, units],
      1,
    );
    const [reset, update] = tf.split(tf.sigmoid(tf.add(inputGates, hiddenGates)), 2, 1);
    const candidate = tf.tanh(tf.add(inputCandidate, tf.mul(reset, hiddenCandidate)));
    hidden = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
    states.push(hidden);
    resets.push(reset);
    updates.push(update);
    candidates.push(candidate);
    recurrentCandidates.push(hiddenCandidate);
  }
  const value = tf.stack(states.slice(1));
  save([
    kernel,
    tf.stack(states.slice(0, -1)),
    tf.stack(resets),
    tf.stack(updates),
    tf.stack(candidates),
    tf.stack(recurrentCandidates),
  ]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [kernel, ...sequences] = saved;
      const [before, reset, update, candidate, recurrentCandidate] = sequences;
      // What doesn't wait for the next frame's gradient is computed for all frames at once.
      const factors = {
        candidate: tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))),
        update: tf.mul(tf.sub(before, candidate), sigmoidSlope(update)),
        reset: tf.mul(recurrentCandidate, sigmoidSlope(reset)),
      };
      const [dys, candidateFactors, updateFactors, resetFactors, resetFrames, updateFrames] = [
        dy,
        factors.candidate,
        factors.update,
        factors.reset,
        reset,
        update,
      ].map(framesOf);
      const inputGradients: tf.Tensor[] = [];
      const hiddenGradients: tf.Tensor[] = [];
      let fromNext: tf.Tensor | undefined;
      for (let i = nFrames - 1; i >= 0; i--) {
        const dHidden = fromNext === undefined ? dys[i] : tf.add(dys[i], fromNext);
        const dCandidate = tf.mul(dHidden, candidateFactors[i]);
        const dUpdate = tf.mul(dHidden, updateFactors[i]);
        const dReset = tf.mul(dCandidate, resetFactors[i]);
        const dHiddenGates = tf.concat([dReset, dUpdate, tf.mul(dCandidate, resetFrames[i])], 1);
        inputGradients.push(tf.concat([dReset, dUpdate, dCandidate], 1));
        hiddenGradients.push(dHiddenGates);
        if (i > 0) {
          const throughGates = tf.matMul(dHiddenGates as tf.Tensor2D, kernel as tf.Tensor2D, false, true);
          fromNext = tf.add(tf.mul(dHidden, updateFrames[i]), throughGates);
        }
      }
      const dHiddenGates = tf.reshape(tf.stack(hiddenGradients.reverse()), [nFrames * batch, 3 * units]);
      const states = tf.reshape(before, [nFrames * batch, units]);
      return [
        tf.stack(inputGradients.reverse()),
        tf.matMul(states as tf.Tensor2D, dHiddenGates as tf.Tensor2D, true),
        tf.sum(dHiddenGates, 0),
      ];
    },
  };
}) as (gates: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => tf.Tensor;

/** `[frames, ...]` to its frames. */
function framesOf(x: tf.Tensor): tf.Tensor[] {
  const nFrames = x.shape[0];
  if (hasRawOps()) return executeRawOp('Unpack', { T: 'float32', num: nFrames, axis: 0 }, [x], nFrames);
  return tf.unstack(x);
}

/** Slope of the sigmoid where its value is `y`. */
function sigmoidSlope(y: tf.Tensor): tf.Tensor {
  return tf.mul(y, tf.sub(1, y));
}
