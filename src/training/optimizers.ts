/**
 * Adam and AdamW as in PyTorch, with their state in the open so that a checkpoint can hold it: after a resume the next
 * update is the same to the last bit.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingOptions } from '../experiment/training-options.js';

/** What an optimizer needs of the options. */
export type OptimizerOptions = Pick<
  TrainingOptions,
  'optim' | 'weightDecay' | 'adamBeta1' | 'adamBeta2' | 'adamEpsilon'
>;

/** The numbers of an update that change from one to the next; scalar tensors where the update is part of a program. */
export interface UpdateCoefficients<Scalar = number> {
  /** Learning rate over the first moment's bias correction. */
  readonly stepSize: Scalar;
  /** Root of the second moment's bias correction. */
  readonly correction: Scalar;
  /** What decoupled decay leaves of a weight. */
  readonly decay: Scalar;
}

/** Updates named variables from their gradients. */
export interface Optimizer {
  /** The moments, `exp_avg.NAME` and `exp_avg_sq.NAME`: with the number of updates they are the whole state. */
  readonly moments: ReadonlyMap<string, tf.Variable>;
  /** @param step number of this update, from 1 */
  coefficients(learningRate: number, step: number): UpdateCoefficients;
  /**
   * One update. Gradients are read, not disposed.
   *
   * @param gradients one a variable, under the same names
   */
  apply(gradients: ReadonlyMap<string, tf.Tensor>, coefficients: UpdateCoefficients<number | tf.Tensor>): void;
  dispose(): void;
}

/**
 * Adam (Kingma and Ba 2015), or AdamW (Loshchilov and Hutter 2019), equal to `torch.optim`:
 * `w -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`. In `adam` the decay is added to the gradient, in `adamw` the
 * weight shrinks by `lr * weightDecay` before the update.
 */
export function createOptimizer(variables: ReadonlyMap<string, tf.Variable>, options: OptimizerOptions): Optimizer {
  const { weightDecay, adamBeta1, adamBeta2, adamEpsilon } = options;
  const isDecoupled = options.optim === 'adamw';
  const moments = new Map<string, tf.Variable>();
  const zeros = (like: tf.Variable): tf.Variable => tf.tidy(() => tf.variable(tf.zerosLike(like), false));
  const updates = new Map<string, (raw: tf.Tensor, coefficients: UpdateCoefficients<number | tf.Tensor>) => void>();
  for (const [name, variable] of variables) {
    const [m, v] = [zeros(variable), zeros(variable)];
    moments.set(`exp_avg.${name}`, m).set(`exp_avg_sq.${name}`, v);
    updates.set(name, (raw, { stepSize, correction, decay }) => {
      const gradient = weightDecay > 0 && !isDecoupled ? tf.add(raw, tf.mul(variable, weightDecay)) : raw;
      m.assign(tf.add(tf.mul(m, adamBeta1), tf.mul(gradient, 1 - adamBeta1)));
      v.assign(tf.add(tf.mul(v, adamBeta2), tf.mul(tf.square(gradient), 1 - adamBeta2)));
      const denominator = tf.add(tf.div(tf.sqrt(v), correction), adamEpsilon);
      const change = tf.mul(tf.div(m, denominator), stepSize);
      const base = weightDecay > 0 && isDecoupled ? tf.mul(variable, decay) : variable;
      variable.assign(tf.sub(base, change));
    });
  }
  return {
    moments,
    coefficients: (learningRate, step) => ({
      stepSize: learningRate / (1 - adamBeta1 ** step),
      correction: Math.sqrt(1 - adamBeta2 ** step),
      decay: 1 - learningRate * weightDecay,
    }),
    apply: (gradients, coefficients) => {
      tf.tidy(() => {
        for (const [name, update] of updates) update(gradients.get(name) as tf.Tensor, coefficients);
      });
    },
    dispose: () => {
      for (const moment of moments.values()) moment.dispose();
    },
  };
}

/**
 * Scales gradients so that their global norm is at most `maxNorm`, as `torch.nn.utils.clip_grad_norm_`:
 * `scale = min(1, maxNorm / (norm + 1e-6))`.
 *
 * @param maxNorm 0 only measures
 * @returns the gradients to use, and the norm before clipping as a scalar tensor
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<string, tf.Tensor>,
  maxNorm: number,
): { gradients: Map<string, tf.Tensor>; norm: tf.Scalar } {
  const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares)) as tf.Scalar;
  if (maxNorm === 0) return { gradients: new Map(gradients), norm };
  const scale = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  return { gradients: new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, scale)])), norm };
}
