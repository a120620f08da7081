/** What an optimizer does to one variable. */
import type * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';

/** What an optimizer may need of the training options. */
export interface OptimizerSettings {
  readonly weightDecay: number;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamEpsilon: number;
  readonly sgdMomentum: number;
  readonly sgdNesterov: boolean;
}

/**
 * The numbers of an update that change from one to the next, such as `stepSize`: in Adam the learning rate over the first
 * moment's bias correction, and `correction` the root of the second moment's; in SGD the learning rate.
 */
export interface UpdateCoefficients {
  /** What decoupled decay leaves of a weight. */
  readonly decay: number;
  readonly [name: string]: number;
}

/** How one kind of optimizer updates. */
export interface UpdateRule {
  /** Names of what it remembers of each variable; each starts at zero, and is saved with the run. */
  readonly moments: readonly string[];
  /**
   * The numbers of an update, the same for all variables.
   *
   * @param step number of this update, from 1
   */
  coefficients(learningRate: number, step: number): UpdateCoefficients;
  /** The update of one variable, in place, by ops of every engine. Runs within a `tidy`. */
  compose(variable: tf.Variable, moments: readonly tf.Variable[], gradient: tf.Tensor, by: UpdateCoefficients): void;
  /**
   * The same by TensorFlow's own op, in one pass; absent where it has none.
   *
   * @returns a function that updates a variable and its moments by their handles
   */
  fuse?(by: UpdateCoefficients): (handles: readonly tf.Tensor[], gradient: tf.Tensor) => void;
}

/** An entry of the registry of optimizers. */
export interface OptimizerType<Schema extends z.ZodType = z.ZodType> {
  /** Options of its own with their defaults and ranges. */
  readonly schema: Schema;
  /**
   * Whether weights shrink by `coefficients.decay` before an update, as in AdamW. Default: `training.weightDecay` times the
   * weight is added to its gradient.
   */
  readonly isDecayDecoupled?: boolean;
  /** The rule for the variables of a run, from its own options and those of the `training` section. */
  create(options: z.output<Schema>, training: OptimizerSettings): UpdateRule;
}
