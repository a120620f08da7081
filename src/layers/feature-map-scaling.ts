/**
 * Feature-map scaling: with a factor s in (0, 1) for each channel, derived from all channels' means, x becomes x s + s (Jung
 * et al., "Improved RawNet with feature map scaling for text-independent speaker verification using raw waveforms",
 * Interspeech 2020).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, MAP_AXES, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';
import { project } from './matrix-product.js';

const schema = z.strictObject({
  ...baseFields,
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(channels).'),
});

/** Options of `FeatureMapScaling`. */
export type FeatureMapScalingOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to the same shape. Weights: `kernel` `[channels, channels]`, `bias` `[channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or free channels
 */
export class FeatureMapScaling extends layers.Layer {
  static readonly className = 'VoiceproofFeatureMapScaling';

  readonly seed: number;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;

  constructor(options: FeatureMapScalingOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'FeatureMapScaling');
    super(base);
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, MAP_AXES, 'FeatureMapScaling');
    const nChannels = fixedLength(shape[3], 'channels', 'FeatureMapScaling');
    const initial = (role: string) => uniformByFanIn(nChannels, this.seed, role);
    this.kernel = this.addWeight('kernel', [nChannels, nChannels], 'float32', initial('kernel'));
    this.bias = this.addWeight('bias', [nChannels], 'float32', initial('bias'));
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const means = tf.mean(x, [1, 2], true); // [batch, 1, 1, channels]
      const factors = tf.sigmoid(tf.add(project(means, this.kernel.read()), this.bias.read()));
      return tf.add(tf.mul(x, factors), factors);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, MAP_AXES, 'FeatureMapScaling');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.seed };
  }
}

tf.serialization.registerClass(FeatureMapScaling);
