/** Adds sines and cosines of each frame's position to it (Vaswani et al., "Attention is all you need", 2017, section 3.5). */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';
import { sinusoids } from './sinusoids.js';

const schema = z.strictObject(baseFields);

/** Options of `PositionEncoding`: the base ones only. */
export type PositionEncodingOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to the same shape.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or features that are free or odd in number
 */
export class PositionEncoding extends layers.Layer {
  static readonly className = 'VoiceproofPositionEncoding';

  constructor(options: PositionEncodingOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'PositionEncoding');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, SEQUENCE_AXES, 'PositionEncoding');
    const nFeatures = fixedLength(shape[2], 'features', 'PositionEncoding');
    if (nFeatures % 2 !== 0)
      throw new ShapeError(`${this.name}: expected an even number of features, got ${nFeatures}`);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [, nFrames, nFeatures] = x.shape;
      return tf.add(x, tf.tensor2d(sinusoids([...Array(nFrames).keys()], nFeatures), [nFrames, nFeatures]));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, SEQUENCE_AXES, 'PositionEncoding');
  }
}

tf.serialization.registerClass(PositionEncoding);
