/** How weights start: as PyTorch starts them by default. */
import { initializers } from '@tensorflow/tfjs-layers';
import { deriveSeed } from '../runtime/random.js';

/**
 * Uniform within 1 / sqrt(`fanIn`). Equal seeds and roles give equal values.
 *
 * @param fanIn number of values that one output sums over
 * @param role of the weight in its layer, such as `kernel`
 */
export function uniformByFanIn(fanIn: number, seed: number, role: string) {
  const limit = 1 / Math.sqrt(fanIn);
  return initializers.randomUniform({ minval: -limit, maxval: limit, seed: deriveSeed(seed, role) });
}
