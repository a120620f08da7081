/** Maximum over blocks of two frames by two bins, as PyTorch's `MaxPool2d(2, 2)`: an odd last frame or bin is dropped. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { hasRawOps } from '../runtime/native/raw-op.js';
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
import { pairMaximum } from './pair-maximum.js';

const schema = z.strictObject(baseFields);

/** Options of `HalvingMaxPool`: the base ones only. */
export type HalvingMaxPoolOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to `[batch, frames / 2, bins / 2, channels]`, rounded down.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or fewer than two frames or bins
 */
export class HalvingMaxPool extends layers.Layer {
  static readonly className = 'VoiceproofHalvingMaxPool';

  constructor(options: HalvingMaxPoolOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'HalvingMaxPool');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor4D;
      if (hasRawOps()) return enginePool(x, 2, 2);
      const [batch, frames, bins, channels] = this.computeOutputShape(x.shape) as number[];
      const isEven = x.shape[1] === 2 * frames && x.shape[2] === 2 * bins;
      const even = isEven ? x : tf.slice(x, [0, 0, 0, 0], [batch, 2 * frames, 2 * bins, channels]);
      const rows = pairMaximum(tf.reshape(even, [batch * frames, 2, 2 * bins * channels]));
      const cells = pairMaximum(tf.reshape(rows, [batch * frames * bins, 2, channels]));
      return tf.reshape(cells, [batch, frames, bins, channels]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames, bins, channels] = shapeOfAxes(inputShape, MAP_AXES, 'HalvingMaxPool');
    if ((frames ?? 2) < 2 || (bins ?? 2) < 2) {
      throw new ShapeError(
        `HalvingMaxPool: expected at least two frames and two bins, got ${showShape(onlyShape(inputShape))}; use longer input`,
      );
    }
    return [batch, half(frames), half(bins), channels];
  }
}

function half(length: number | null): number | null {
  return length === null ? null : Math.floor(length / 2);
}

tf.serialization.registerClass(HalvingMaxPool);
