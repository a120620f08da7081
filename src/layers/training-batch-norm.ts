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

/**
 * Values of a channel up to which TensorFlow's own op is used. It adds them up one by one: of so many it loses three
 * millionths, and with two million of them the variance is off by half a thousandth, and the gradients of a deep network
 * by a hundredth.
 */
const MOST_SUMMED_VALUES = 2 ** 15;

/** By TensorFlow's fused op, or in more passes that sum in blocks where there are many values. */
export const fusedBatchNorm: TrainingBatchNorm = (x, ...rest) =>
  (x.size / x.shape[3] <= MOST_SUMMED_VALUES ? batchNormByOp : batchNormInBlocks)(x, ...rest);

const batchNormByOp: TrainingBatchNorm = (x, gamma, beta, running, { epsilon, momentum }, onMoved) => {
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

/**
 * By sums in blocks, and TensorFlow's op for inference, which scales in one pass: about as fast as the op for training. The
 * variance is that of the squares about the mean.
 */
const batchNormInBlocks: TrainingBatchNorm = (x, gamma, beta, running, { epsilon, momentum }, onMoved) => {
  const nChannels = x.shape[3];
  const count = x.size / nChannels;
  const move = (before: tf.Tensor, now: tf.Tensor, factor: number) =>
    tf.add(tf.mul(before, 1 - momentum), tf.mul(now, momentum * factor));
  const normalise = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor4D[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const mean = tf.div(sumOfChannels(x), count);
    const variance = tf.div(sumOfChannels(tf.squaredDifference(x, mean)), count);
    onMoved({ mean: move(running.mean, mean, 1), variance: move(running.variance, variance, count / (count - 1)) });
    save([x, gamma, mean, variance]);
    return {
      value: scaled(x, gamma, beta, mean, variance, epsilon),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, gamma, mean, variance] = saved as tf.Tensor4D[];
        const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
        const dBeta = sumOfChannels(dy);
        const dGamma = tf.mul(inverseDeviation, tf.sub(sumOfChannels(tf.mul(x, dy)), tf.mul(mean, dBeta)));
        // dx = factor dy + slope x + offset: what only shifts or stretches the whole batch doesn't reach x.
        const factor = tf.mul(gamma, inverseDeviation);
        const slope = tf.div(tf.mul(tf.mul(factor, inverseDeviation), dGamma), -count);
        const offset = tf.neg(tf.add(tf.div(tf.mul(factor, dBeta), count), tf.mul(slope, mean)));
        const own = scaled(x, slope, offset, tf.zerosLike(mean), tf.onesLike(mean), 0);
        return [tf.add(tf.mul(dy, factor), own), dGamma, dBeta];
      },
    };
  });
  return normalise(x, gamma ?? tf.ones([nChannels]), beta ?? tf.zeros([nChannels]));
};

/** `gamma (x - mean) / sqrt(variance + epsilon) + beta` by channel. */
function scaled(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  epsilon: number,
): tf.Tensor {
  const attributes = { T: 'float32', U: 'float32', epsilon, data_format: 'NHWC', is_training: false };
  const inputs = [x, gamma, beta, mean, variance];
  return executeRawOp('FusedBatchNormV3', { ...attributes, exponential_avg_factor: 1 }, inputs, 6)[0];
}

/** `[..., channels]` to `[channels]`. */
function sumOfChannels(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.reshape(x, [-1, x.shape[x.rank - 1]]), 0);
}
