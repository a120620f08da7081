/** Batch normalisation by the batch's own statistics, with its gradient: by ops of every engine, or by TensorFlow's. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp } from '../runtime/native/raw-op.js';

/** Statistics of each channel. */
interface Statistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** What a normalisation needs to know. */
interface Constants {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Share of the batch in the new running statistics. */
  readonly momentum: number;
}

/**
 * Normalises `[batch, frames, bins, channels]` by channel.
 *
 * @param gamma factor, `[channels]`, or none
 * @param beta offset, `[channels]`, or none
 * @param running statistics before this batch
 * @param onMoved takes the running statistics after it, with the batch's unbiased variance
 */
type TrainingBatchNorm = (
  x: tf.Tensor4D,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  running: Statistics,
  constants: Constants,
  onMoved: (moved: Statistics) => void,
) => tf.Tensor;

/** By ops that every engine has. */
export const composedBatchNorm: TrainingBatchNorm = (x, gamma, beta, running, { epsilon, momentum }, onMoved) => {
  const count = x.size / x.shape[3];
  const move = (before: tf.Tensor, now: tf.Tensor, factor: number) =>
    tf.add(tf.mul(before, 1 - momentum), tf.mul(now, momentum * factor));
  const normalise = tf.customGrad((rows, save) => {
    const mean = tf.mean(rows as tf.Tensor, 0);
    const centred = tf.sub(rows as tf.Tensor, mean);
    const variance = tf.mean(tf.square(centred), 0);
    onMoved({ mean: move(running.mean, mean, 1), variance: move(running.variance, variance, count / (count - 1)) });
    const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
    const value = tf.mul(centred, inverseDeviation);
    (save as tf.GradSaveFunc)([value, inverseDeviation]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normalised, factor] = saved;
        // What only shifts or stretches the whole batch doesn't reach x.
        const stretch = tf.mul(normalised, tf.mean(tf.mul(dy, normalised), 0));
        return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, 0)), stretch), factor);
      },
    };
  });
  let y: tf.Tensor = normalise(tf.reshape(x, [count, x.shape[3]]));
  if (gamma !== undefined) y = tf.mul(y, gamma);
  if (beta !== undefined) y = tf.add(y, beta);
  return tf.reshape(y, x.shape);
};

/** By TensorFlow's fused op: one pass each way instead of ten. */
export const fusedBatchNorm: TrainingBatchNorm = (x, gamma, beta, running, { epsilon, momentum }, onMoved) => {
  const attributes = { T: 'float32', U: 'float32', epsilon, data_format: 'NHWC', is_training: true };
  const normalise = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const inputs = [x, gamma, beta, running.mean, running.variance];
    const outputs = executeRawOp('FusedBatchNormV3', { ...attributes, exponential_avg_factor: momentum }, inputs, 6);
    const [value, mean, variance, ...reserved] = outputs;
    onMoved({ mean, variance });
    save([x, gamma, ...reserved]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [dx, dGamma, dBeta] = executeRawOp('FusedBatchNormGradV3', attributes, [dy, ...saved], 5);
        return [dx, dGamma, dBeta];
      },
    };
  });
  return normalise(x, gamma ?? tf.ones([x.shape[3]]), beta ?? tf.zeros([x.shape[3]]));
};
