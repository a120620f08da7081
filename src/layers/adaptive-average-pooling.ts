/**
 * Average pooling to a fixed size, whatever the size that comes in: output cell i of n averages the input positions
 * from floor(i L / n) up to, not including, ceil((i + 1) L / n), as PyTorch's `AdaptiveAvgPool2d`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, MAP_AXES, onlyTensor, parseLayerOptions, shapeOfAxes, showShape } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  nFrames: z.int().min(1).describe('Output cells along time.'),
  nBins: z.int().min(1).describe('Output cells along frequency.'),
});

/** Options of `AdaptiveAveragePooling`. */
export type AdaptiveAveragePoolingOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to `[batch, nFrames, nBins, channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank or an empty axis
 */
export class AdaptiveAveragePooling extends layers.Layer {
  static readonly className = 'VoiceproofAdaptiveAveragePooling';

  readonly nFrames: number;
  readonly nBins: number;

  constructor(options: AdaptiveAveragePoolingOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'AdaptiveAveragePooling');
    super(base);
    this.nFrames = own.nFrames;
    this.nBins = own.nBins;
  }

  override build(inputShape: Shape | Shape[]): void {
    shapeOfAxes(inputShape, MAP_AXES, 'AdaptiveAveragePooling');
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [batch, frames, bins, channels] = x.shape;
      if (frames === 0 || bins === 0) {
        throw new ShapeError(`${this.name}: expected at least one frame and one bin, got ${showShape(x.shape)}`);
      }
      // Averaging along an axis is a product with a matrix of shares, and its gradient the transposed product.
      const overTime = tf.matMul(averages(this.nFrames, frames), tf.reshape(x, [batch, frames, bins * channels]));
      const rows = tf.reshape(overTime, [batch * this.nFrames, bins, channels]);
      return tf.reshape(tf.matMul(averages(this.nBins, bins), rows), [batch, this.nFrames, this.nBins, channels]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , , channels] = shapeOfAxes(inputShape, MAP_AXES, 'AdaptiveAveragePooling');
    return [batch, this.nFrames, this.nBins, channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), nFrames: this.nFrames, nBins: this.nBins };
  }
}

/** The matrix `[1, nOut, nIn]` that averages `nIn` positions into `nOut` cells. */
function averages(nOut: number, nIn: number): tf.Tensor3D {
  const shares = new Float32Array(nOut * nIn);
  for (let i = 0; i < nOut; i++) {
    const from = Math.floor((i * nIn) / nOut);
    const to = Math.ceil(((i + 1) * nIn) / nOut);
    shares.fill(1 / (to - from), i * nIn + from, i * nIn + to);
  }
  return tf.tensor3d(shares, [1, nOut, nIn]);
}

tf.serialization.registerClass(AdaptiveAveragePooling);
