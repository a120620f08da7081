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
    if (seed === undefined) {
      throw new ConfigError(`${this.name}: training needs a seed, got none; call apply(x, { training: true, seed })`);
    }
    return tf.tidy(() => {
      const isKept = tf.greaterEqual(uniformTensor(x.shape, seed, this.salt), this.rate);
      return tf.mul(x, tf.mul(tf.cast(isKept, 'float32'), 1 / (1 - this.rate)));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}

tf.serialization.registerClass(Dropout);
