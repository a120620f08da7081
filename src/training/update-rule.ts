/** What an optimizer does to one variable. */
import type * as tf from '@tensorflow/tfjs-core';
import type { TrainingOptions } from '../experiment/training-options.js';

/** What an optimizer needs of the options. */
export type OptimizerOptions = Pick<
  TrainingOptions,
  'optim' | 'weightDecay' | 'adamBeta1' | 'adamBeta2' | 'adamEpsilon' | 'sgdMomentum' | 'sgdNesterov'
>;

/** The numbers of an update that change from one to the next. */
export interface UpdateCoefficients {
  /** Adam: learning rate over the first moment's bias correction. SGD: learning rate. */
  readonly stepSize: number;
  /** Adam: root of the second moment's bias correction. SGD: 1. */
  readonly correction: number;
  /** What decoupled decay leaves of a weight. */
  readonly decay: number;
}

/** How one kind of optimizer updates. */
export interface UpdateRule {
  /** Names of what it remembers of each variable; each starts at zero. */
  readonly moments: readonly string[];
  /** @param step number of this update, from 1 */
  coefficients(learningRate: number, step: number): UpdateCoefficients;
  /** The update of one variable by ops of every engine. */
  compose(variable: tf.Variable, moments: readonly tf.Variable[], gradient: tf.Tensor, by: UpdateCoefficients): void;
  /**
   * The same by TensorFlow's own op, in one pass.
   *
   * @returns a function that updates a variable and its moments by their handles
   */
  fuse(by: UpdateCoefficients): (handles: readonly tf.Tensor[], gradient: tf.Tensor) => void;
}
