/**
 * Squeeze and excitation: each channel is scaled by a factor that a small network derives from all channels' means (Hu et al., CVPR
 * 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, MAP_AXES, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';
import { project } from './matrix-product.js';
import { rectify } from './rectifier.js';

const schema = z.strictObject({
  ...baseFields,
  units: z.int().min(1).describe('Width between squeezing and excitation.'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(fan-in).'),
});

/** Options of `SqueezeExcitation`. */
export type SqueezeExcitationOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to the same shape. Weights: `squeeze_kernel` `[channels, units]`, `squeeze_bias`
 * `[units]`, `excitation_kernel` `[units, channels]`, `excitation_bias` `[channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or free channels
 */
export class SqueezeExcitation extends layers.Layer {
  static readonly className = 'VoiceproofSqueezeExcitation';

  readonly units: number;
  readonly seed: number;
  private variables!: readonly LayerVariable[];

  constructor(options: SqueezeExcitationOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'SqueezeExcitation');
    super(base);
    this.units = own.units;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, MAP_AXES, 'SqueezeExcitation');
    const nChannels = fixedLength(shape[3], 'channels', 'SqueezeExcitation');
    const { units, seed } = this;
    const add = (role: string, shape: Shape, fanIn: number) =>
      this.addWeight(role, shape, 'float32', uniformByFanIn(fanIn, seed, role));
    this.variables = [
      add('squeeze_kernel', [nChannels, units], nChannels),
      add('squeeze_bias', [units], nChannels),
      add('excitation_kernel', [units, nChannels], units),
      add('excitation_bias', [nChannels], units),
    ];
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [squeezeKernel, squeezeBias, excitationKernel, excitationBias] = this.variables.map((each) => each.read());
      const means = tf.mean(x, [1, 2], true); // [batch, 1, 1, channels]
      const hidden = rectify(tf.add(project(means, squeezeKernel), squeezeBias), 0);
      return tf.mul(x, tf.sigmoid(tf.add(project(hidden, excitationKernel), excitationBias)));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, MAP_AXES, 'SqueezeExcitation');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, seed: this.seed };
  }
}

tf.serialization.registerClass(SqueezeExcitation);
