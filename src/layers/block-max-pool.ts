/**
 * Maximum over blocks that don't overlap, as PyTorch's `MaxPool2d` with its stride left at the size of a block: what is
 * left over at the ends is dropped. On request, of the magnitudes.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { hasRawOps } from '../runtime/native/raw-op.js';
import { blockMaximum } from './block-maximum.js';
import { enginePool } from './engine-pool.js';
import {
  baseFields,
  MAP_AXES,
  onlyShape,
  onlyTensor,
  parseLayerOptions,
  shapeOfAxes,
  showShape,
} from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  nFrames: z.int().min(1).default(1).describe('Frames of a block.'),
  nBins: z.int().min(1).default(1).describe('Bins of a block.'),
  absolute: z.boolean().default(false).describe('Whether the largest magnitude is taken, not the largest value.'),
});

/** Options of `BlockMaxPool`. */
export type BlockMaxPoolOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to `[batch, frames / nFrames, bins / nBins, channels]`, rounded down.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or maps smaller than a block
 */
export class BlockMaxPool extends layers.Layer {
  static readonly className = 'VoiceproofBlockMaxPool';

  readonly nFrames: number;
  readonly nBins: number;
  readonly absolute: boolean;

  constructor(options: BlockMaxPoolOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'BlockMaxPool');
    super(base);
    this.nFrames = own.nFrames;
    this.nBins = own.nBins;
    this.absolute = own.absolute;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = onlyTensor(inputs);
      const shape = this.computeOutputShape(input.shape) as [number, number, number, number];
      const x = this.absolute ? tf.abs(input) : input;
      const size = [this.nFrames, this.nBins] as const;
      return hasRawOps() ? enginePool(x, ...size) : composedPool(x, size, shape);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames, bins, channels] = shapeOfAxes(inputShape, MAP_AXES, 'BlockMaxPool');
    const { nFrames, nBins } = this;
    if ((frames ?? nFrames) < nFrames || (bins ?? nBins) < nBins) {
      throw new ShapeError(
        `BlockMaxPool: expected at least ${nFrames} frames and ${nBins} bins, got ${showShape(onlyShape(inputShape))}; use longer input`,
      );
    }
    const blocks = (length: number | null, size: number) => (length === null ? null : Math.floor(length / size));
    return [batch, blocks(frames, nFrames), blocks(bins, nBins), channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nFrames, nBins, absolute } = this;
    return { ...super.getConfig(), nFrames, nBins, absolute };
  }
}

/** By ops of every engine: the frames first, then the bins. */
function composedPool(
  input: tf.Tensor,
  [nFrames, nBins]: readonly [number, number],
  [batch, frames, bins, channels]: readonly [number, number, number, number],
): tf.Tensor {
  const [, , width] = input.shape;
  let x = input;
  if (nFrames > 1) {
    const whole = firstOf(x, [batch, frames * nFrames, width, channels]);
    x = blockMaximum(tf.reshape(whole, [batch * frames, nFrames, width * channels]));
  }
  if (nBins > 1) {
    const whole = firstOf(tf.reshape(x, [batch, frames, width, channels]), [batch, frames, bins * nBins, channels]);
    x = blockMaximum(tf.reshape(whole, [batch * frames * bins, nBins, channels]));
  }
  return tf.reshape(x, [batch, frames, bins, channels]);
}

/** `x` cut to `shape` at the ends of its axes. */
function firstOf(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (x.shape.every((length, axis) => length === shape[axis])) return x;
  return tf.slice(
    x,
    shape.map(() => 0),
    [...shape],
  );
}

tf.serialization.registerClass(BlockMaxPool);
