/**
 * Each channel normalised over the time of its clip: group normalisation with one channel a group (Wu and He, "Group
 * normalization", ECCV 2018), as the first convolution of Wav2Vec2-base has it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  epsilon: z.number().positive().default(1e-5).describe('Added to the variance.'),
});

/** Options of `ChannelNorm`. */
export type ChannelNormOptions = z.input<typeof schema>;

/**
 * `[batch, frames, channels]` to the same shape. Weights: `gamma` and `beta`, `[channels]`. Padding takes part, as in the
 * reference: models with this layer don't take padded batches.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank or free channels
 */
export class ChannelNorm extends layers.Layer {
  static readonly className = 'VoiceproofChannelNorm';

  readonly epsilon: number;
  private gamma!: LayerVariable;
  private beta!: LayerVariable;

  constructor(options: ChannelNormOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'ChannelNorm');
    super(base);
    this.epsilon = own.epsilon;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = [fixedLength(shapeOfAxes(inputShape, SEQUENCE_AXES, 'ChannelNorm')[2], 'channels', 'ChannelNorm')];
    this.gamma = this.addWeight('gamma', shape, 'float32', initializers.ones());
    this.beta = this.addWeight('beta', shape, 'float32', initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return channelNorm(onlyTensor(inputs), this.gamma.read(), this.beta.read(), this.epsilon);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, SEQUENCE_AXES, 'ChannelNorm');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}

/** With a gradient of its own: tfjs's gradients of means multiply by tensors of ones. */
function channelNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  const normalise = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const centred = tf.sub(x, tf.mean(x, 1, true));
    const factor = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const normalised = tf.mul(centred, factor);
    save([normalised, factor, gamma]);
    return {
      value: tf.add(tf.mul(normalised, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normalised, factor, gamma] = saved;
        const scaled = tf.mul(dy, gamma);
        // What only shifts or stretches a whole channel doesn't reach x.
        const stretch = tf.mul(normalised, tf.mean(tf.mul(scaled, normalised), 1, true));
        const dx = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), stretch), factor);
        return [dx, tf.sum(tf.mul(dy, normalised), [0, 1]), tf.sum(dy, [0, 1])];
      },
    };
  });
  return tf.tidy(() => normalise(x, gamma, beta));
}

tf.serialization.registerClass(ChannelNorm);
