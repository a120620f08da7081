/**
 * Sharpness-aware minimisation (Foret et al., "Sharpness-aware minimization for efficiently improving generalization", ICLR
 * 2021): the gradient is taken where the loss is about highest within `rho` of the weights, so that training ends where it
 * stays low around them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { globalNorm } from './global-norm.js';

/** Keeps the step finite where the gradient vanishes. */
const EPSILON = 1e-12;

/**
 * Computes twice: at the weights `w`, and at `w + rho g / |g|`, where `g` is the first gradient over all variables and
 * `|g|` its length. Afterwards the variables hold what they held. Statistics move by the first pass alone, the one at the
 * weights themselves.
 *
 * @param compute a pass; must draw the same random numbers each time
 * @param trained the variables that it differentiates by
 * @param statistics other variables that it may assign
 * @returns the first pass with the gradients of the second
 */
export function sharpnessAware<Pass extends { readonly gradients: ReadonlyMap<string, tf.Tensor> }>(
  compute: () => Pass,
  trained: ReadonlyMap<string, tf.Variable>,
  statistics: readonly tf.Variable[],
  rho: number,
): Pass {
  const first = compute();
  const factor = tf.div(rho, tf.add(globalNorm(first.gradients.values()), EPSILON));
  const kept = [...trained.values(), ...statistics].map((variable) => ({ variable, value: tf.clone(variable) }));
  try {
    for (const [name, variable] of trained) {
      variable.assign(tf.add(variable, tf.mul(first.gradients.get(name) as tf.Tensor, factor)));
    }
    return { ...first, gradients: compute().gradients };
  } finally {
    for (const { variable, value } of kept) variable.assign(value);
  }
}
