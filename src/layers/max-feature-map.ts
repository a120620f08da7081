/**
 * Max-feature-map: channel c against channel c + C/2, the larger wins. An activation that halves the width and makes
 * feature maps compete (Wu et al., "A light CNN for deep face representation with noisy labels", 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { blockMaximum } from './block-maximum.js';
import { baseFields, fixedLength, onlyShape, onlyTensor, parseLayerOptions, showShape } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `MaxFeatureMap`: the base ones only. */
export type MaxFeatureMapOptions = z.input<typeof schema>;

/**
 * `[batch, ..., channels]` to `[batch, ..., channels / 2]`.
 *
 * @throws ConfigError for unknown options; ShapeError where the number of channels is odd or free
 */
export class MaxFeatureMap extends layers.Layer {
  static readonly className = 'VoiceproofMaxFeatureMap';

  constructor(options: MaxFeatureMapOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'MaxFeatureMap');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const nChannels = x.shape[x.rank - 1];
      const maxima = blockMaximum(tf.reshape(x, [-1, 2, nChannels / 2]));
      return tf.reshape(maxima, [...x.shape.slice(0, -1), nChannels / 2]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const nChannels = fixedLength(shape.at(-1), 'channels', 'MaxFeatureMap');
    if (shape.length < 2 || nChannels % 2 !== 0) {
      throw new ShapeError(
        `MaxFeatureMap: expected [batch, ..., channels] with an even number of channels, got ${showShape(shape)}`,
      );
    }
    return [...shape.slice(0, -1), nChannels / 2];
  }
}

tf.serialization.registerClass(MaxFeatureMap);
