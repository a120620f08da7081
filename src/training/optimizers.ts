/**
 * Optimizers as in PyTorch, with their state in the open so that a checkpoint can hold it: after a resume the next update
 * is the same to the last bit.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingOptions } from '../experiment/training-options.js';
import { optimizers } from '../optimizers/registry.js';
import type { OptimizerSettings, UpdateCoefficients, UpdateRule } from '../optimizers/update-rule.js';
import { InPlaceVariable } from '../runtime/native/in-place-variable.js';
import { hasRawOps } from '../runtime/native/raw-op.js';
import { asTyped } from '../runtime/registry.js';
import { globalNorm } from './global-norm.js';

/** What an optimizer needs of the options. */
export type OptimizerOptions = Pick<TrainingOptions, 'optim'> & OptimizerSettings;

/** Updates named variables from their gradients. */
export interface Optimizer {
  /** Under `exp_avg.NAME` and the like: with the number of updates they are the whole state. */
  readonly moments: ReadonlyMap<string, tf.Variable>;
  /** @param step number of this update, from 1 */
  coefficients(learningRate: number, step: number): UpdateCoefficients;
  /**
   * One update; not part of a program. Gradients are read, not disposed.
   *
   * @param gradients by the names of the variables; those without one stay as they are, with their moments
   * @param own coefficients of variables for which they are other ones
   */
  apply(
    gradients: ReadonlyMap<string, tf.Tensor>,
    coefficients: UpdateCoefficients,
    own?: ReadonlyMap<string, UpdateCoefficients>,
  ): void;
  dispose(): void;
}

/** What is updated together: a variable, then its moments. */
interface Entry {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly moments: readonly tf.Variable[];
  /** All of them where TensorFlow's own op can change them; empty elsewhere. */
  readonly inPlace: readonly InPlaceVariable[];
}

/**
 * The optimizer that the options name, equal to `torch.optim`. In `adam` and `sgd` the weight decay is added to the
 * gradient; in `adamw` the weight shrinks by `lr * weightDecay` before the update.
 *
 * On the native engine weights and moments are changed where they lie.
 */
export function createOptimizer(variables: ReadonlyMap<string, tf.Variable>, options: OptimizerOptions): Optimizer {
  const { weightDecay } = options;
  const { entry, options: own } = optimizers.resolve(asTyped(options.optim), 'training.optim');
  const rule: UpdateRule = entry.create(own, options);
  const isDecoupled = entry.isDecayDecoupled === true;
  const isFused = hasRawOps() && rule.fuse !== undefined;
  const moments = new Map<string, tf.Variable>();
  const entries = [...variables].map(([name, variable]): Entry => {
    const own = rule.moments.map((role) => {
      const moment = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
      moments.set(`${role}.${name}`, moment);
      return moment;
    });
    const inPlace = isFused ? [variable, ...own].map((each) => new InPlaceVariable(each)) : [];
    return { name, variable, moments: own, inPlace };
  });

  return {
    moments,
    coefficients: rule.coefficients,
    apply: (gradients, coefficients, own) => {
      tf.tidy(() => {
        const updates = new Map<UpdateCoefficients, ReturnType<NonNullable<UpdateRule['fuse']>> | undefined>();
        for (const { name, variable, moments, inPlace } of entries) {
          const raw = gradients.get(name);
          if (raw === undefined) continue;
          const by = own?.get(name) ?? coefficients;
          if (isFused && !updates.has(by)) updates.set(by, rule.fuse?.(by));
          const fused = updates.get(by);
          const gradient = weightDecay > 0 && !isDecoupled ? tf.add(raw, tf.mul(variable, weightDecay)) : raw;
          if (weightDecay > 0 && isDecoupled) variable.assign(tf.mul(variable, by.decay));
          if (fused === undefined) {
            rule.compose(variable, moments, gradient, by);
          } else {
            const handles = inPlace.map(({ handle }) => handle);
            InPlaceVariable.change(inPlace, () => fused(handles, gradient));
          }
        }
      });
    },
    dispose: () => {
      for (const { inPlace } of entries) for (const each of inPlace) each.dispose();
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
  const norm = globalNorm(gradients.values());
  if (maxNorm === 0) return { gradients: new Map(gradients), norm };
  const scale = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  return { gradients: new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, scale)])), norm };
}
