/** Swish, also SiLU: `x sigmoid(x)` (Ramachandran et al., "Searching for activation functions", 2017). */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `Swish`: the base ones only. */
export type SwishOptions = z.input<typeof schema>;

/**
 * Any shape to the same shape.
 *
 * @throws ConfigError for unknown options
 */
export class Swish extends layers.Layer {
  static readonly className = 'VoiceproofSwish';

  constructor(options: SwishOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'Swish');
    super(base);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => swish(onlyTensor(inputs)));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }
}

/** With a gradient of fewer passes than the product's and the sigmoid's own: `s + y (1 - s)`. */
const swish = tf.customGrad((input, save) => {
  const gate = tf.sigmoid(input as tf.Tensor);
  const value = tf.mul(input as tf.Tensor, gate);
  (save as tf.GradSaveFunc)([gate, value]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [gate, value] = saved;
      return tf.mul(dy, tf.add(gate, tf.mul(value, tf.sub(1, gate))));
    },
  };
}) as (x: tf.Tensor) => tf.Tensor;

tf.serialization.registerClass(Swish);
