/**
 * Convolution over time and frequency with stride 1, padded by half a kernel on each side so that the size stays, as
 * PyTorch's `Conv2d(padding=kernel_size // 2)`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { addBias } from './add-bias.js';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, MAP_AXES, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  nChannels: z.int().min(1).describe('Output channels.'),
  kernelSize: z
    .int()
    .min(1)
    .refine((size) => size % 2 === 1, 'must be odd, so that both sides are padded alike')
    .describe('Frames, and bins, that the kernel spans.'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(fan-in).'),
});

/** Options of `Convolution`. */
export type ConvolutionOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to `[batch, frames, bins, nChannels]`. Weights: `kernel`
 * `[kernelSize, kernelSize, channels, nChannels]` and `bias` `[nChannels]`.
 *
 * tfjs's own layer computes the gradient of its input even where nobody asks for it: a fifth of a training step where
 * the input is the features.
 *
 * @throws ConfigError for unknown options or an even kernel; ShapeError for another rank or free channels
 */
export class Convolution extends layers.Layer {
  static readonly className = 'VoiceproofConvolution';

  readonly nChannels: number;
  readonly kernelSize: number;
  readonly seed: number;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;

  constructor(options: ConvolutionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'Convolution');
    super(base);
    this.nChannels = own.nChannels;
    this.kernelSize = own.kernelSize;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nInputs = fixedLength(shapeOfAxes(inputShape, MAP_AXES, 'Convolution')[3], 'channels', 'Convolution');
    const { nChannels, kernelSize, seed } = this;
    const fanIn = kernelSize ** 2 * nInputs;
    const initial = (role: string) => uniformByFanIn(fanIn, seed, role);
    this.kernel = this.addWeight('kernel', [kernelSize, kernelSize, nInputs, nChannels], 'float32', initial('kernel'));
    this.bias = this.addWeight('bias', [nChannels], 'float32', initial('bias'));
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor4D;
      return addBias(tf.conv2d(x, this.kernel.read() as tf.Tensor4D, 1, 'same'), this.bias.read());
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames, bins] = shapeOfAxes(inputShape, MAP_AXES, 'Convolution');
    return [batch, frames, bins, this.nChannels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nChannels, kernelSize, seed } = this;
    return { ...super.getConfig(), nChannels, kernelSize, seed };
  }
}

tf.serialization.registerClass(Convolution);
