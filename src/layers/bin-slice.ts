/** Some neighbouring bins of a feature matrix: one of several features that stand side by side. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  from: z.int().min(0).describe('First bin.'),
  nBins: z.int().min(1).describe('How many.'),
});
const AXES = ['batch', 'frames', 'bins'];

/** Options of `BinSlice`. */
export type BinSliceOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins]` to `[batch, frames, nBins]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, free bins, or fewer of them than asked for
 */
export class BinSlice extends layers.Layer {
  static readonly className = 'VoiceproofBinSlice';

  readonly from: number;
  readonly nBins: number;

  constructor(options: BinSliceOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'BinSlice');
    super(base);
    this.from = own.from;
    this.nBins = own.nBins;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [batch, nFrames] = x.shape;
      return tf.slice(x, [0, 0, this.from], [batch, nFrames, this.nBins]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames, bins] = shapeOfAxes(inputShape, AXES, 'BinSlice');
    const available = fixedLength(bins, 'bins', 'BinSlice');
    if (this.from + this.nBins > available) {
      throw new ShapeError(
        `BinSlice: expected at least ${this.from + this.nBins} bins, got ${available}; take fewer, or wider features`,
      );
    }
    return [batch, frames, this.nBins];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), from: this.from, nBins: this.nBins };
  }
}

tf.serialization.registerClass(BinSlice);
