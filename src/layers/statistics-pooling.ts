/** Mean and standard deviation over time (Snyder et al., "X-vectors: robust DNN embeddings for speaker recognition", 2018). */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { statistics } from './frame-statistics.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `StatisticsPooling`: the base ones only. */
export type StatisticsPoolingOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[batch, 2 features]`: the means, then the deviations, whose variance divides by the
 * number of frames.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or free features
 */
export class StatisticsPooling extends layers.Layer {
  static readonly className = 'VoiceproofStatisticsPooling';

  constructor(options: StatisticsPoolingOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'StatisticsPooling');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => statistics(onlyTensor(inputs)));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , features] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'StatisticsPooling');
    return [batch, 2 * fixedLength(features, 'features', 'StatisticsPooling')];
  }
}

tf.serialization.registerClass(StatisticsPooling);
