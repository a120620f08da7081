/**
 * Gaussian error linear unit in its exact form, `x / 2 (1 + erf(x / sqrt(2)))` (Hendrycks and Gimpel, arXiv 1606.08415). The
 * form with tanh departs from it by up to 1e-3.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `Gelu`. */
export type GeluOptions = z.input<typeof schema>;

/** GELU of each value. The gradient keeps the normal distribution's value from the way forward. */
export const gelu = tf.customGrad((input, save) => {
  const x = input as tf.Tensor;
  // The normal distribution below x.
  const share = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  (save as tf.GradSaveFunc)([x, share]);
  return {
    value: tf.mul(x, share),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, share] = saved;
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(share, tf.mul(x, density)));
    },
  };
}) as <T extends tf.Tensor>(x: T) => T;

/**
 * Any shape to the same shape.
 *
 * @throws ConfigError for unknown options
 */
export class Gelu extends layers.Layer {
  static readonly className = 'VoiceproofGelu';

  constructor(options: GeluOptions = {}) {
    super(parseLayerOptions(schema, options, 'Gelu')[1]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return gelu(onlyTensor(inputs));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }
}

tf.serialization.registerClass(Gelu);
