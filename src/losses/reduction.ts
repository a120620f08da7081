/** From the losses of clips to that of a batch. */
import * as tf from '@tensorflow/tfjs-core';
import type { ClassWeights } from './loss.js';

/**
 * Targets `[batch, 2]` of a batch.
 *
 * @param labels class indices: spoof 0, bona fide 1
 * @param shares row-major `[batch, 2]`, how much of each clip is spoof and bona fide, where clips were mixed
 */
export function targetsOf(labels: ArrayLike<number>, shares?: Float32Array): tf.Tensor2D {
  const values =
    shares ?? Float32Array.from({ length: 2 * labels.length }, (_, i) => (labels[i >> 1] === i % 2 ? 1 : 0));
  return tf.tensor2d(values, [labels.length, 2]);
}

/** The weight of each clip's class, `[batch]`. */
export function weightsOf(classWeights: readonly number[], targets: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.mul(targets, tf.tensor1d([...classWeights])), 1);
}

/** `mean(w l)`, as PyTorch's `BCEWithLogitsLoss(weight=...)`. */
export function meanOfWeighted(perClip: tf.Tensor, targets: tf.Tensor, classWeights: ClassWeights): tf.Scalar {
  return tf.mean(classWeights === null ? perClip : tf.mul(perClip, weightsOf(classWeights, targets)));
}

/** The two columns of `[batch, 2]`, each `[batch]`. */
export function sidesOf(targets: tf.Tensor): { spoof: tf.Tensor; bonafide: tf.Tensor } {
  const [spoof, bonafide] = [0, 1].map((column) => tf.reshape(tf.slice(targets, [0, column], [-1, 1]), [-1]));
  return { spoof, bonafide };
}

/** `log(1 + exp(z))` in the form that never overflows: `max(z, 0) + log(1 + exp(-|z|))`. */
export function softplus(z: tf.Tensor): tf.Tensor {
  return tf.add(tf.relu(z), tf.log1p(tf.exp(tf.neg(tf.abs(z)))));
}
