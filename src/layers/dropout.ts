/**
 * Dropout: in training each value is zeroed with probability `rate`, the others grow by 1 / (1 - rate) (Srivastava et
 * al., JMLR 2014). The mask is a pure function of the call's seed and the layer's name.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ConfigError } from '../runtime/errors.js';
import { deriveSeed } from '../runtime/random.js';
import { baseFields, type CallArguments, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';
import { uniformTensor } from './uniform-tensor.js';

const schema = z.strictObject({
  ...baseFields,
  rate: z.number().min(0).lt(1).describe('Share of values that are dropped.'),
});

/** Options of `Dropout`. */
export type DropoutOptions = z.input<typeof schema>;

/**
 * Zeroes each value of `x` with probability `rate` and raises the others.
 *
 * @param seed of the step: a 31-bit integer, or an int32 scalar
 * @param salt 31-bit integer that sets this draw apart from others under the same seed
 */
export function dropOut<T extends tf.Tensor>(x: T, rate: number, seed: number | tf.Tensor, salt: number): T {
  if (rate === 0) return x;
  return tf.tidy(() => {
    const isKept = tf.greaterEqual(uniformTensor(x.shape, seed, salt), rate);
    return tf.mul(x, tf.mul(tf.cast(isKept, 'float32'), 1 / (1 - rate)));
  });
}

/**
 * The seed of a training call.
 *
 * @param name of the layer, for the message
 * @throws ConfigError where there is none
 */
export function requiredSeed(seed: number | tf.Tensor | undefined, name: string): number | tf.Tensor {
  if (seed !== undefined) return seed;
  throw new ConfigError(`${name}: training needs a seed, got none; call apply(x, { training: true, seed })`);
}

/**
 * Any shape to the same shape. Identity at inference. Equal seeds give equal masks on every engine; layers of different
 * names drop differently.
 *
 * @throws ConfigError for unknown options, or where a training call brings no seed: `apply(x, { training: true, seed })`
 */
export class Dropout extends layers.Layer {
  static readonly className = 'VoiceproofDropout';

  readonly rate: number;
  private readonly salt: number;

  constructor(options: DropoutOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'Dropout');
    super(base);
    this.rate = own.rate;
    this.salt = deriveSeed('dropout', this.name);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false, seed }: CallArguments): tf.Tensor {
    const x = onlyTensor(inputs);
    if (!training || this.rate === 0) return x;
    return dropOut(x, this.rate, requiredSeed(seed, this.name), this.salt);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}

tf.serialization.registerClass(Dropout);
