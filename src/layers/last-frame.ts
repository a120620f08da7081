/** The last frame of a sequence: what a recurrent layer ends with. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes, showShape } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `LastFrame`: the base ones only. */
export type LastFrameOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[batch, features]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or no frames
 */
export class LastFrame extends layers.Layer {
  static readonly className = 'VoiceproofLastFrame';

  constructor(options: LastFrameOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'LastFrame');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [batch, nFrames, nFeatures] = x.shape;
      if (nFrames === 0) throw new ShapeError(`${this.name}: expected at least one frame, got ${showShape(x.shape)}`);
      return tf.reshape(tf.slice(x, [0, nFrames - 1, 0], [batch, 1, nFeatures]), [batch, nFeatures]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , nFeatures] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'LastFrame');
    return [batch, nFeatures];
  }
}

tf.serialization.registerClass(LastFrame);
