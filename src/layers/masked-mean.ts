/** Mean over the frames that are a clip's own. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { frameFields, frameMask } from './frame-mask.js';
import {
  baseFields,
  type CallArguments,
  onlyTensor,
  parseLayerOptions,
  SEQUENCE_AXES,
  shapeOfAxes,
} from './layer-options.js';

const schema = z.strictObject({ ...baseFields, ...frameFields });

/** Options of `MaskedMean`. */
export type MaskedMeanOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[batch, features]`, the mean over the frames; with `lengths` over those that see no
 * padding.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank
 */
export class MaskedMean extends layers.Layer {
  static readonly className = 'VoiceproofMaskedMean';

  readonly hop: number;
  readonly receptiveField: number;

  constructor(options: MaskedMeanOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'MaskedMean');
    super(base);
    this.hop = own.hop;
    this.receptiveField = own.receptiveField;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { lengths }: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor3D;
      const [batch, nFrames, width] = x.shape;
      // A product with the weights of the frames: its gradient needs no tensor of ones.
      const weights =
        lengths === undefined ? tf.fill([batch, nFrames], 1 / nFrames) : meanWeights(frameMask(lengths, nFrames, this));
      return tf.reshape(tf.matMul(tf.expandDims(weights, 1) as tf.Tensor3D, x), [batch, width]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , width] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'MaskedMean');
    return [batch, width];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { hop, receptiveField } = this;
    return { ...super.getConfig(), hop, receptiveField };
  }
}

function meanWeights(mask: tf.Tensor2D): tf.Tensor {
  return tf.div(mask, tf.sum(mask, 1, true));
}

tf.serialization.registerClass(MaskedMean);
