/** Convolution over time, padded alike on both sides, as PyTorch's `Conv1d`. */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { addBias } from './add-bias.js';
import { type ConvolutionGeometry, convolve, convolvedLength } from './convolve.js';
import { uniformByFanIn } from './initial-weights.js';
import {
  baseFields,
  fixedLength,
  groupedChannels,
  onlyTensor,
  parseLayerOptions,
  shapeOfAxes,
} from './layer-options.js';
import { project } from './matrix-product.js';

const schema = z
  .strictObject({
    ...baseFields,
    nChannels: z.int().min(1).describe('Output channels.'),
    kernelSize: z.int().min(1).describe('Steps of time that the kernel spans.'),
    stride: z.int().min(1).default(1).describe('Steps from one output to the next.'),
    dilation: z.int().min(1).default(1).describe('Steps from one value of the kernel to the next.'),
    padding: z.int().min(0).default(0).describe('Zeros before and after.'),
    groups: z.int().min(1).default(1).describe('Groups of channels, each convolved by itself.'),
    useBias: z.boolean().default(true).describe('Whether a trained offset is added.'),
    seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(fan-in).'),
  })
  .refine(({ nChannels, groups }) => nChannels % groups === 0, {
    path: ['groups'],
    message: 'must divide nChannels',
  });

/** Options of `Convolution1d`. */
export type Convolution1dOptions = z.input<typeof schema>;

const AXES = ['batch', 'time', 'channels'];

/** How a kernel moves over time; see `ConvolutionGeometry`. */
export interface Convolution1dGeometry {
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: number;
  readonly groups?: number;
}

/**
 * `[batch, time, channels]` by a kernel `[kernelSize, channels / groups, nChannels]`, and a bias `[nChannels]` where there
 * is one, to `[batch, time', nChannels]`.
 */
export function convolve1d(
  x: tf.Tensor3D,
  kernel: tf.Tensor3D,
  bias: tf.Tensor | undefined,
  geometry: Convolution1dGeometry = {},
): tf.Tensor3D {
  return tf.tidy(() => {
    if (isFewSteps(kernel, geometry)) return convolveBySteps(x, kernel, bias, geometry.stride ?? 1);
    return convolveAsMap(x, kernel, bias, geometry);
  });
}

/** As maps of one frame. */
function convolveAsMap(
  x: tf.Tensor3D,
  kernel: tf.Tensor3D,
  bias: tf.Tensor | undefined,
  { stride = 1, dilation = 1, padding = 0, groups = 1 }: Convolution1dGeometry,
): tf.Tensor3D {
  const geometry: ConvolutionGeometry = {
    strides: [1, stride],
    dilations: [1, dilation],
    padding: [0, padding],
    groups,
  };
  const y = convolve(tf.expandDims(x, 1) as tf.Tensor4D, tf.expandDims(kernel, 0) as tf.Tensor4D, geometry);
  return tf.squeeze(bias === undefined ? y : addBias(y, bias), [1]) as tf.Tensor3D;
}

/** From so many channels on, a product of matrices is faster than a convolution of few steps. */
const MANY_CHANNELS = 64;

/** Whether steps neither leave a value out nor share many, as in the feature extractor of Wav2Vec2. */
function isFewSteps(
  kernel: tf.Tensor3D,
  { stride = 1, dilation = 1, padding = 0, groups = 1 }: Convolution1dGeometry,
): boolean {
  const [kernelSize, nInputs] = kernel.shape;
  const isPlain = dilation === 1 && padding === 0 && groups === 1;
  return isPlain && nInputs >= MANY_CHANNELS && stride <= kernelSize && kernelSize <= 2 * stride;
}

/**
 * As one product of matrices. Values that lie side by side in time are one row of `stride` values after a mere reshape; what
 * the kernel sees beyond those is the end of a row that starts later.
 */
function convolveBySteps(
  x: tf.Tensor3D,
  kernel: tf.Tensor3D,
  bias: tf.Tensor | undefined,
  stride: number,
): tf.Tensor3D {
  const [batch, , nInputs] = x.shape;
  const [kernelSize, , nOutputs] = kernel.shape;
  const nSteps = Math.floor((x.shape[1] - kernelSize) / stride) + 1;
  const rowsFrom = (start: number) =>
    tf.reshape(tf.slice(x, [0, start, 0], [batch, nSteps * stride, nInputs]), [batch, nSteps, stride * nInputs]);
  const nBeyond = kernelSize - stride;
  const rows = [rowsFrom(0)];
  if (nBeyond > 0) {
    rows.push(tf.slice(rowsFrom(nBeyond), [0, 0, (stride - nBeyond) * nInputs], [batch, nSteps, nBeyond * nInputs]));
  }
  const seen = rows.length === 1 ? rows[0] : tf.concat(rows, 2);
  return project(seen, tf.reshape(kernel, [kernelSize * nInputs, nOutputs]), bias) as tf.Tensor3D;
}

/**
 * `[batch, time, channels]` to `[batch, time', nChannels]`. Weights: `kernel` `[kernelSize, channels / groups, nChannels]`
 * and, with `useBias`, `bias` `[nChannels]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or channels that are free or not a multiple of the
 *   groups
 */
export class Convolution1d extends layers.Layer {
  static readonly className = 'VoiceproofConvolution1d';

  readonly nChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
  readonly groups: number;
  readonly useBias: boolean;
  readonly seed: number;
  private kernel!: LayerVariable;
  private bias: LayerVariable | undefined;

  constructor(options: Convolution1dOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'Convolution1d');
    super(base);
    this.nChannels = own.nChannels;
    this.kernelSize = own.kernelSize;
    this.stride = own.stride;
    this.dilation = own.dilation;
    this.padding = own.padding;
    this.groups = own.groups;
    this.useBias = own.useBias;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nInputs = fixedLength(shapeOfAxes(inputShape, AXES, 'Convolution1d')[2], 'channels', 'Convolution1d');
    const { nChannels, kernelSize, groups, seed } = this;
    const nGroupInputs = groupedChannels(nInputs, groups, 'Convolution1d');
    const initial = (role: string) => uniformByFanIn(kernelSize * nGroupInputs, seed, role);
    this.kernel = this.addWeight('kernel', [kernelSize, nGroupInputs, nChannels], 'float32', initial('kernel'));
    if (this.useBias) this.bias = this.addWeight('bias', [nChannels], 'float32', initial('bias'));
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return convolve1d(onlyTensor(inputs) as tf.Tensor3D, this.kernel.read() as tf.Tensor3D, this.bias?.read(), this);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = shapeOfAxes(inputShape, AXES, 'Convolution1d');
    return [batch, convolvedLength(time, this.kernelSize, this), this.nChannels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nChannels, kernelSize, stride, dilation, padding, groups, useBias, seed } = this;
    return { ...super.getConfig(), nChannels, kernelSize, stride, dilation, padding, groups, useBias, seed };
  }
}

tf.serialization.registerClass(Convolution1d);
