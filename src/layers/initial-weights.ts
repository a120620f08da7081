/** How weights start: as PyTorch starts them by default. */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type Shape } from '@tensorflow/tfjs-layers';
import { deriveSeed } from '../runtime/random.js';
import { uniformTensor } from './uniform-tensor.js';

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

/** Numbers that the engine itself draws: tfjs's initializers take seconds for a hundred million. */
class EngineUniform extends tf.serialization.Serializable {
  static readonly className = 'VoiceproofEngineUniform';

  readonly limit: number;
  readonly seed: number;

  constructor({ limit, seed }: { readonly limit: number; readonly seed: number }) {
    super();
    this.limit = limit;
    this.seed = seed;
  }

  apply(shape: Shape): tf.Tensor {
    return tf.tidy(() => {
      const uniform = uniformTensor(shape as number[], this.seed, 0);
      return tf.mul(tf.sub(uniform, 0.5), 2 * this.limit);
    });
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  getConfig(): tf.serialization.ConfigDict {
    return { limit: this.limit, seed: this.seed };
  }
}

/**
 * Uniform with this standard deviation, for the large matrices of a transformer. Equal seeds and roles give equal values.
 *
 * @param role of the weight in its layer, such as `query_kernel`
 */
export function uniformByDeviation(deviation: number, seed: number, role: string): EngineUniform {
  return new EngineUniform({ limit: deviation * Math.sqrt(3), seed: deriveSeed(seed, role) });
}
