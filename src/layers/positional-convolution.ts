/**
 * Positions told by a wide grouped convolution whose kernel is parted into directions and magnitudes (Baevski et al.,
 * "wav2vec 2.0", NeurIPS 2020; weight normalisation after Salimans and Kingma, NeurIPS 2016).
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { convolve1d } from './convolution-1d.js';
import { frameFields, frameMask } from './frame-mask.js';
import { gelu } from './gelu.js';
import { uniformByDeviation } from './initial-weights.js';
import {
  baseFields,
  type CallArguments,
  fixedLength,
  groupedChannels,
  onlyTensor,
  parseLayerOptions,
  SEQUENCE_AXES,
  shapeOfAxes,
} from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  ...frameFields,
  kernelSize: z.int().min(1).default(128).describe('Frames that the kernel spans.'),
  groups: z.int().min(1).default(16).describe('Groups of features, each convolved by itself.'),
  seed: z.int().default(0).describe('Of the initial weights.'),
});

/** Options of `PositionalConvolution`. */
export type PositionalConvolutionOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to the same shape: `x + GELU(convolution of x)`, with zeros for half a kernel at both ends and
 * the last of the frames that an even kernel gives beyond the input's left out. With `lengths` the frames of padding are
 * set to zero first. Weights: `direction` `[kernelSize, features / groups, features]`, `magnitude` `[kernelSize]` and `bias`
 * `[features]`; the kernel at step k is `magnitude[k] direction[k] / |direction[k]|`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or features that are free or that the groups
 *   can't share
 */
export class PositionalConvolution extends layers.Layer {
  static readonly className = 'VoiceproofPositionalConvolution';

  readonly kernelSize: number;
  readonly groups: number;
  readonly hop: number;
  readonly receptiveField: number;
  readonly seed: number;
  private direction!: LayerVariable;
  private magnitude!: LayerVariable;
  private bias!: LayerVariable;

  constructor(options: PositionalConvolutionOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'PositionalConvolution');
    super(base);
    this.kernelSize = own.kernelSize;
    this.groups = own.groups;
    this.hop = own.hop;
    this.receptiveField = own.receptiveField;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, SEQUENCE_AXES, 'PositionalConvolution');
    const width = fixedLength(shape[2], 'features', 'PositionalConvolution');
    const { kernelSize, seed } = this;
    const nInputs = groupedChannels(width, this.groups, 'PositionalConvolution');
    const deviation = 2 / Math.sqrt(kernelSize * width);
    const direction = uniformByDeviation(deviation, seed, 'direction');
    this.direction = this.addWeight('direction', [kernelSize, nInputs, width], 'float32', direction);
    const magnitude = initializers.constant({ value: deviation * Math.sqrt(nInputs * width) });
    this.magnitude = this.addWeight('magnitude', [kernelSize], 'float32', magnitude);
    this.bias = this.addWeight('bias', [width], 'float32', initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { lengths }: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const given = onlyTensor(inputs);
      const [batch, nFrames, width] = given.shape;
      const x = lengths === undefined ? given : tf.mul(given, tf.expandDims(frameMask(lengths, nFrames, this), 2));
      const kernel = weightNorm(this.direction.read(), this.magnitude.read());
      const convolved = convolve1d(x as tf.Tensor3D, kernel as tf.Tensor3D, this.bias.read(), {
        padding: this.kernelSize >> 1,
        groups: this.groups,
      });
      return tf.add(x, gelu(tf.slice(convolved, [0, 0, 0], [batch, nFrames, width])));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, SEQUENCE_AXES, 'PositionalConvolution');
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelSize, groups, hop, receptiveField, seed } = this;
    return { ...super.getConfig(), kernelSize, groups, hop, receptiveField, seed };
  }
}

/** `magnitude[k] direction[k] / |direction[k]|` along the first axis. Keeps the unit directions for the way back. */
const weightNorm = tf.customGrad((...args) => {
  const [direction, magnitude] = args as tf.Tensor[];
  const save = args[2] as unknown as tf.GradSaveFunc;
  const factor = tf.rsqrt(tf.sum(tf.square(direction), [1, 2], true));
  const unit = tf.mul(direction, factor);
  const size = tf.reshape(magnitude, [-1, 1, 1]);
  save([unit, tf.mul(size, factor)]);
  return {
    value: tf.mul(unit, size),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [unit, stretch] = saved;
      const along = tf.sum(tf.mul(dy, unit), [1, 2], true);
      return [tf.mul(stretch, tf.sub(dy, tf.mul(unit, along))), tf.reshape(along, [-1])];
    },
  };
}) as (direction: tf.Tensor, magnitude: tf.Tensor) => tf.Tensor;

tf.serialization.registerClass(PositionalConvolution);
