/**
 * Layer normalisation over the last axis: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with the biased variance
 * (Ba et al., "Layer normalization", arXiv 1607.06450), as PyTorch's `LayerNorm`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';
import { normalize } from './normalize.js';

const schema = z.strictObject({
  ...baseFields,
  epsilon: z.number().positive().default(1e-5).describe('Added to the variance.'),
});

/** Options of `LayerNorm`. */
export type LayerNormOptions = z.input<typeof schema>;

/**
 * Normalises each row of `[..., channels]`, with a factor and an offset `[channels]`.
 *
 * @param epsilon added to the variance
 */
export function layerNorm<T extends tf.Tensor>(x: T, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): T {
  const nChannels = x.shape[x.rank - 1];
  return tf.tidy(() => tf.reshape(normalize(tf.reshape(x, [-1, nChannels]), gamma, beta, epsilon), x.shape) as T);
}

/**
 * `[..., channels]` to the same shape. Weights: `gamma` and `beta`, `[channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError where the number of channels is free
 */
export class LayerNorm extends layers.Layer {
  static readonly className = 'VoiceproofLayerNorm';

  readonly epsilon: number;
  private gamma!: LayerVariable;
  private beta!: LayerVariable;

  constructor(options: LayerNormOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'LayerNorm');
    super(base);
    this.epsilon = own.epsilon;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = [fixedLength(onlyShape(inputShape).at(-1), 'channels', 'LayerNorm')];
    this.gamma = this.addWeight('gamma', shape, 'float32', initializers.ones());
    this.beta = this.addWeight('beta', shape, 'float32', initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return layerNorm(onlyTensor(inputs), this.gamma.read(), this.beta.read(), this.epsilon);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}

tf.serialization.registerClass(LayerNorm);
