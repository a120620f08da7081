/**
 * Convolution over time and frequency, padded alike on both sides: by half a kernel, so that the size stays, or as told, as
 * PyTorch's `Conv2d`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { addBias } from './add-bias.js';
import { convolve, convolvedLength, type Pair } from './convolve.js';
import { uniformByFanIn } from './initial-weights.js';
import {
  baseFields,
  fixedLength,
  groupedChannels,
  MAP_AXES,
  onlyTensor,
  parseLayerOptions,
  shapeOfAxes,
} from './layer-options.js';

const sizes = (least: number) =>
  z
    .union([z.int().min(least), z.tuple([z.int().min(least), z.int().min(least)])])
    .describe('One for both axes, or frames and bins.');

const schema = z
  .strictObject({
    ...baseFields,
    nChannels: z.int().min(1).describe('Output channels.'),
    kernelSize: sizes(1).describe('Frames, and bins, that the kernel spans: one number, or both.'),
    strides: sizes(1).default(1).describe('Frames, and bins, from one output to the next.'),
    dilation: sizes(1).default(1).describe('Frames, and bins, from one value of the kernel to the next.'),
    padding: z
      .union([z.literal('same'), sizes(0)])
      .default('same')
      .describe('Zeros before and after the frames, and the bins; "same" is half a kernel.'),
    groups: z.int().min(1).default(1).describe('Groups of channels, each convolved by itself.'),
    useBias: z.boolean().default(true).describe('Whether a trained offset is added.'),
    seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(fan-in).'),
  })
  .refine(({ padding, kernelSize }) => padding !== 'same' || pairOf(kernelSize).every((size) => size % 2 === 1), {
    path: ['kernelSize'],
    message: 'must be odd, so that both sides are padded alike; or set padding',
  })
  .refine(({ nChannels, groups }) => nChannels % groups === 0, {
    path: ['groups'],
    message: 'must divide nChannels',
  });

/** Options of `Convolution`. */
export type ConvolutionOptions = z.input<typeof schema>;

type Sizes = number | [number, number];

/**
 * `[batch, frames, bins, channels]` to `[batch, frames', bins', nChannels]`. Weights: `kernel`
 * `[height, width, channels / groups, nChannels]` and, with `useBias`, `bias` `[nChannels]`.
 *
 * tfjs's own layer computes the gradient of its input even where nobody asks for it: a fifth of a training step where
 * the input is the features.
 *
 * @throws ConfigError for unknown options, or an even kernel without padding; ShapeError for another rank, or channels
 *   that are free or not a multiple of the groups
 */
export class Convolution extends layers.Layer {
  static readonly className = 'VoiceproofConvolution';

  readonly nChannels: number;
  readonly kernelSize: Sizes;
  readonly strides: Sizes;
  readonly dilation: Sizes;
  readonly padding: 'same' | Sizes;
  readonly groups: number;
  readonly useBias: boolean;
  readonly seed: number;
  private kernel!: LayerVariable;
  private bias: LayerVariable | undefined;

  constructor(options: ConvolutionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'Convolution');
    super(base);
    this.nChannels = own.nChannels;
    this.kernelSize = own.kernelSize;
    this.strides = own.strides;
    this.dilation = own.dilation;
    this.padding = own.padding;
    this.groups = own.groups;
    this.useBias = own.useBias;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nInputs = fixedLength(shapeOfAxes(inputShape, MAP_AXES, 'Convolution')[3], 'channels', 'Convolution');
    const { nChannels, groups, seed } = this;
    const [height, width] = pairOf(this.kernelSize);
    const nGroupInputs = groupedChannels(nInputs, groups, 'Convolution');
    const initial = (role: string) => uniformByFanIn(height * width * nGroupInputs, seed, role);
    this.kernel = this.addWeight('kernel', [height, width, nGroupInputs, nChannels], 'float32', initial('kernel'));
    if (this.useBias) this.bias = this.addWeight('bias', [nChannels], 'float32', initial('bias'));
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor4D;
      const y = convolve(x, this.kernel.read() as tf.Tensor4D, {
        strides: pairOf(this.strides),
        dilations: pairOf(this.dilation),
        padding: this.zeros(),
        groups: this.groups,
      });
      return this.bias === undefined ? y : addBias(y, this.bias.read());
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...lengths] = shapeOfAxes(inputShape, MAP_AXES, 'Convolution');
    const [kernel, strides, dilations] = [this.kernelSize, this.strides, this.dilation].map(pairOf);
    const zeros = this.zeros();
    const [frames, bins] = [0, 1].map((axis) => {
      const geometry = { stride: strides[axis], dilation: dilations[axis], padding: zeros[axis] };
      return convolvedLength(lengths[axis], kernel[axis], geometry);
    });
    return [batch, frames, bins, this.nChannels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nChannels, kernelSize, strides, dilation, padding, groups, useBias, seed } = this;
    return { ...super.getConfig(), nChannels, kernelSize, strides, dilation, padding, groups, useBias, seed };
  }

  /** Zeros on either side of the frames, and of the bins. */
  private zeros(): Pair {
    if (this.padding !== 'same') return pairOf(this.padding);
    const [kernel, dilations] = [pairOf(this.kernelSize), pairOf(this.dilation)];
    return [(dilations[0] * (kernel[0] - 1)) / 2, (dilations[1] * (kernel[1] - 1)) / 2];
  }
}

function pairOf(sizes: Sizes): [number, number] {
  return typeof sizes === 'number' ? [sizes, sizes] : sizes;
}

tf.serialization.registerClass(Convolution);
