/** Each clip to mean 0 and variance 1, as the feature extractors of Wav2Vec2 and its siblings do. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { frameMask } from './frame-mask.js';
import { baseFields, type CallArguments, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';

const AXES = ['batch', 'samples'];
/** Added to the variance: a clip of silence stays silent. */
const EPSILON = 1e-7;

const schema = z.strictObject(baseFields);

/** Options of `WaveformNormalization`: the base ones only. */
export type WaveformNormalizationOptions = z.input<typeof schema>;

/**
 * `[batch, samples]` to the same shape: `(x - mean) / sqrt(variance + 1e-7)`, the variance dividing by the number of samples.
 * With `lengths` the padding counts for nothing and comes out as 0.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank
 */
export class WaveformNormalization extends layers.Layer {
  static readonly className = 'VoiceproofWaveformNormalization';

  constructor(options: WaveformNormalizationOptions = {}) {
    super(parseLayerOptions(schema, options, 'WaveformNormalization')[1]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { lengths }: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor2D;
      if (lengths === undefined) {
        const centred = tf.sub(x, tf.mean(x, 1, true));
        return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), EPSILON)));
      }
      const mask = frameMask(lengths, x.shape[1], { hop: 1, receptiveField: 1 });
      const counts = tf.cast(tf.reshape(lengths, [-1, 1]), 'float32');
      const mean = tf.div(tf.sum(tf.mul(x, mask), 1, true), counts);
      const centred = tf.mul(tf.sub(x, mean), mask);
      const variance = tf.div(tf.sum(tf.square(centred), 1, true), counts);
      return tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, AXES, 'WaveformNormalization');
  }
}

tf.serialization.registerClass(WaveformNormalization);
