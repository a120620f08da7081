/** Feature maps to the nodes of a graph: along time or along frequency, the largest magnitude of each channel. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, MAP_AXES, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  over: z.enum(['frames', 'bins']).describe('The axis that goes.'),
});

/** Options of `LargestMagnitude`. */
export type LargestMagnitudeOptions = z.input<typeof schema>;

/**
 * `[batch, frames, bins, channels]` to `[batch, bins, channels]` over frames, or `[batch, frames, channels]` over bins.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank
 */
export class LargestMagnitude extends layers.Layer {
  static readonly className = 'VoiceproofLargestMagnitude';

  readonly over: 'frames' | 'bins';

  constructor(options: LargestMagnitudeOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'LargestMagnitude');
    super(base);
    this.over = own.over;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.max(tf.abs(onlyTensor(inputs)), this.over === 'frames' ? 1 : 2));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames, bins, channels] = shapeOfAxes(inputShape, MAP_AXES, 'LargestMagnitude');
    return [batch, this.over === 'frames' ? bins : frames, channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), over: this.over };
  }
}

tf.serialization.registerClass(LargestMagnitude);
