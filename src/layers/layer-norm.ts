/**
 * Layer normalisation over the last axis: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with the biased variance
 * (Ba et al., "Layer normalization", arXiv 1607.06450), as PyTorch's `LayerNorm`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';

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
  const normalise = tf.customGrad((...args) => {
    const [rows, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const centred = tf.sub(rows, tf.mean(rows, 1, true));
    const factor = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const normalised = tf.mul(centred, factor);
    save([normalised, factor, gamma]);
    return {
      value: tf.add(tf.mul(normalised, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normalised, factor, gamma] = saved;
        const scaled = tf.mul(dy, gamma);
        // What only shifts or stretches a whole row doesn't reach x.
        const stretch = tf.mul(normalised, tf.mean(tf.mul(scaled, normalised), 1, true));
        const dx = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), stretch), factor);
        return [dx, tf.sum(tf.mul(dy, normalised), 0), tf.sum(dy, 0)];
      },
    };
  });
  return tf.tidy(() => tf.reshape(normalise(tf.reshape(x, [-1, nChannels]), gamma, beta), x.shape) as T);
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
