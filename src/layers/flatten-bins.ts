/** Feature maps to a sequence of frame vectors, ordered as PyTorch's reference models order them. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, MAP_AXES, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `FlattenBins`: the base ones only. */
export type FlattenBinsOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to `[batch, frames, channels * bins]`: a channel's bins stay together.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or where bins or channels are free
 */
export class FlattenBins extends layers.Layer {
  static readonly className = 'VoiceproofFlattenBins';

  constructor(options: FlattenBinsOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'FlattenBins');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [batch, frames, bins, channels] = x.shape;
      return tf.reshape(tf.transpose(x, [0, 1, 3, 2]), [batch, frames, channels * bins]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames, bins, channels] = shapeOfAxes(inputShape, MAP_AXES, 'FlattenBins');
    return [batch, frames, fixedLength(channels, 'channels', 'FlattenBins') * fixedLength(bins, 'bins', 'FlattenBins')];
  }
}

tf.serialization.registerClass(FlattenBins);
