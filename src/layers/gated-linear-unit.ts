/**
 * Gated linear unit: the first half of the channels, each times the sigmoid of its partner in the second half (Dauphin et al., "Language
 * modeling with gated convolutional networks", ICML 2017).
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, fixedLength, onlyShape, onlyTensor, parseLayerOptions, showShape } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `GatedLinearUnit`: the base ones only. */
export type GatedLinearUnitOptions = z.input<typeof schema>;

/**
 * `[batch, ..., channels]` to `[batch, ..., channels / 2]`.
 *
 * @throws ConfigError for unknown options; ShapeError where the number of channels is odd or free
 */
export class GatedLinearUnit extends layers.Layer {
  static readonly className = 'VoiceproofGatedLinearUnit';

  constructor(options: GatedLinearUnitOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'GatedLinearUnit');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [value, gate] = tf.split(x, 2, x.rank - 1);
      return tf.mul(value, tf.sigmoid(gate));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const nChannels = fixedLength(shape.at(-1), 'channels', 'GatedLinearUnit');
    if (shape.length < 2 || nChannels % 2 !== 0) {
      throw new ShapeError(
        `GatedLinearUnit: expected [batch, ..., channels] with an even number of channels, got ${showShape(shape)}`,
      );
    }
    return [...shape.slice(0, -1), nChannels / 2];
  }
}

tf.serialization.registerClass(GatedLinearUnit);
