/** Losses on logits. Labels are class indices: spoof 0, bona fide 1. */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingOptions } from '../experiment/training-options.js';
import { ConfigError } from '../runtime/errors.js';

/**
 * A loss of a batch: logits `[batch, 2]` or `[batch, 1]` and int32 labels `[batch]` to a scalar.
 */
export type Loss = (logits: tf.Tensor, labels: tf.Tensor1D) => tf.Scalar;

/**
 * The loss that the options name.
 *
 * Class weights follow PyTorch: cross-entropy is the weighted mean, `sum(w l) / sum(w)`; binary cross-entropy weighs each
 * term and divides by the batch size (`BCEWithLogitsLoss(weight=...)`).
 *
 * @param classCounts clips of `[spoof, bona fide]` in the training set, for `classWeights: "balanced"`
 * @param nLogits what the model gives per clip
 * @throws ConfigError where the loss does not fit the model's logits
 */
export function createLoss(
  options: Pick<TrainingOptions, 'loss' | 'classWeights'>,
  classCounts: readonly [number, number],
  nLogits: number,
): Loss {
  const wanted = options.loss === 'cross-entropy' ? 2 : 1;
  if (nLogits !== wanted) {
    throw new ConfigError(
      `training.loss: ${options.loss} needs a model with ${wanted} logit${wanted === 1 ? '' : 's'} a clip, got ${nLogits}; ` +
        `set model.nLogits to ${wanted} or training.loss to "${nLogits === 1 ? 'binary-cross-entropy' : 'cross-entropy'}"`,
    );
  }
  const total = classCounts[0] + classCounts[1];
  const weights =
    options.classWeights === 'balanced'
      ? classCounts.map((count) => total / (2 * Math.max(1, count)))
      : options.classWeights;
  return options.loss === 'cross-entropy' ? crossEntropy(weights) : binaryCrossEntropy(weights);
}

function crossEntropy(classWeights: readonly number[] | null): Loss {
  return (logits, labels) =>
    tf.tidy(() => {
      const target = tf.oneHot(labels, 2);
      const perClip = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1));
      if (classWeights === null) return tf.mean(perClip);
      const weights = weightsOf(classWeights, labels);
      return tf.div(tf.sum(tf.mul(perClip, weights)), tf.sum(weights));
    });
}

function binaryCrossEntropy(classWeights: readonly number[] | null): Loss {
  return (logits, labels) =>
    tf.tidy(() => {
      const logit = tf.reshape(logits, [-1]);
      // softplus(z) - y z, in the form that never overflows: max(z, 0) - y z + log(1 + exp(-|z|)).
      const perClip = tf.add(
        tf.sub(tf.relu(logit), tf.mul(logit, tf.cast(labels, 'float32'))),
        tf.log1p(tf.exp(tf.neg(tf.abs(logit)))),
      );
      if (classWeights === null) return tf.mean(perClip);
      return tf.mean(tf.mul(perClip, weightsOf(classWeights, labels)));
    });
}

/** The weight of each clip's class. Not a gather, whose kernel reads the labels, which a program can't. */
function weightsOf(classWeights: readonly number[], labels: tf.Tensor1D): tf.Tensor1D {
  return tf.sum(tf.mul(tf.oneHot(labels, 2), tf.tensor1d([...classWeights])), 1);
}
