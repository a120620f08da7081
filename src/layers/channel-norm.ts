/**
 * Each channel normalised over the time of its clip: group normalisation with one channel a group (Wu and He, "Group
 * normalization", ECCV 2018), as the first convolution of Wav2Vec2-base has it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';
import { normalize } from './normalize.js';

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
    return tf.tidy(() => normalize(onlyTensor(inputs), this.gamma.read(), this.beta.read(), this.epsilon));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, SEQUENCE_AXES, 'ChannelNorm');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}

tf.serialization.registerClass(ChannelNorm);
