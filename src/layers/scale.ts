/** A constant factor. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  factor: z.number().describe('What each value is multiplied by.'),
});

/** Options of `Scale`. */
export type ScaleOptions = z.input<typeof schema>;

/**
 * Any shape to the same shape.
 *
 * @throws ConfigError for unknown options
 */
export class Scale extends layers.Layer {
  static readonly className = 'VoiceproofScale';

  readonly factor: number;

  constructor(options: ScaleOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'Scale');
    super(base);
    this.factor = own.factor;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(onlyTensor(inputs), this.factor));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), factor: this.factor };
  }
}

tf.serialization.registerClass(Scale);
