/** Gradients against finite differences, in float32. */
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, shuffled } from '../runtime/random.js';
import { assert } from './check.js';

/**
 * Steps of the differences. The narrow one keeps to one side of each maximum; the wide one has a quarter of the rounding,
 * which differs between kernels. A gradient that is wrong agrees with neither.
 */
const STEPS = [2e-3, 8e-3];
/** Directions tried for each tensor. */
const N_DIRECTIONS = 3;

/**
 * A tensor of distinct values, evenly spread over -2 to 2 in random order: no two are closer than the steps of the
 * differences for up to some hundred values, so that a maximum keeps its winner.
 */
export function spreadTensor(shape: readonly number[], seed: number): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const values = Array.from({ length: size }, (_, i) => -2 + (4 * (i + 0.5)) / size);
  return tf.tensor(shuffled(values, createRandom(seed, 'spread')), [...shape], 'float32');
}

/**
 * Checks the gradient of a weighted sum of `compute`'s output with respect to each tensor, along random directions.
 * Rounding in float32 and the curvature over a step leave an error of some thousandths of the gradient's length.
 *
 * @param compute maps the tensors, in order, to one output; must be a pure function of them
 * @throws ContractError where a gradient is another
 */
export function assertGradients(
  compute: (...tensors: tf.Tensor[]) => tf.Tensor,
  tensors: readonly tf.Tensor[],
  tolerance = 5e-3,
): void {
  tf.tidy(() => {
    const outputSize = compute(...tensors).size;
    const random = createRandom('gradient check', outputSize);
    const weights = Float64Array.from({ length: outputSize }, () => random.normal());
    const gradients = tf.grads((...xs: tf.Tensor[]) => {
      const y = compute(...xs);
      return tf.sum(tf.mul(y, tf.tensor(new Float32Array(weights), y.shape)));
    })([...tensors]);
    // Summed in double precision here: the sum of float32 would drown the differences.
    const lossAt = (index: number, shifted: tf.Tensor) => {
      const y = compute(...tensors.map((tensor, i) => (i === index ? shifted : tensor))).dataSync<'float32'>();
      return y.reduce((sum, value, i) => sum + value * weights[i], 0);
    };
    gradients.forEach((gradient, index) => {
      const values = gradient.dataSync<'float32'>();
      const length = Math.hypot(...values);
      assert(length > 0, `gradient ${index}: expected one that is not zero, got zeros`);
      for (let trial = 0; trial < N_DIRECTIONS; trial++) {
        const direction = Float32Array.from(values, () => random.normal());
        const got = values.reduce((sum, value, i) => sum + value * direction[i], 0);
        const slopes = STEPS.map((size) => {
          const step = tf.mul(tf.tensor(direction, gradient.shape), size);
          const ahead = lossAt(index, tf.add(tensors[index], step));
          const behind = lossAt(index, tf.sub(tensors[index], step));
          return (ahead - behind) / (2 * size);
        });
        assert(
          slopes.some((slope) => Math.abs(got - slope) / length < tolerance),
          `gradient ${index}: expected ${slopes.join(' or ')} by finite differences, got ${got}`,
        );
      }
    });
  });
}
