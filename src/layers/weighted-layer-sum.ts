/** A trained mix of an encoder's hidden states (Yang et al., "SUPERB", Interspeech 2021). */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, onlyShape, parseLayerOptions } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `WeightedLayerSum`: the base ones only. */
export type WeightedLayerSumOptions = z.input<typeof schema>;

/**
 * A list of tensors of one shape to one of that shape, their sum weighted by the softmax of the weights `layer_weights`
 * `[number of tensors]`, which start equal.
 *
 * @throws ConfigError for unknown options; ShapeError where there is one tensor only
 */
export class WeightedLayerSum extends layers.Layer {
  static readonly className = 'VoiceproofWeightedLayerSum';

  private layerWeights!: LayerVariable;

  constructor(options: WeightedLayerSumOptions = {}) {
    super(parseLayerOptions(schema, options, 'WeightedLayerSum')[1]);
  }

  override build(inputShape: Shape | Shape[]): void {
    if (!Array.isArray(inputShape[0])) throw new ShapeError('WeightedLayerSum: expected a list of tensors, got one');
    const start = initializers.constant({ value: 1 / inputShape.length });
    this.layerWeights = this.addWeight('layer_weights', [inputShape.length], 'float32', start);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const states = inputs as tf.Tensor[];
      const weights = tf.softmax(this.layerWeights.read()) as tf.Tensor1D;
      const rows = tf.stack(states.map((state) => tf.reshape(state, [-1]))) as tf.Tensor2D;
      return tf.reshape(tf.matMul(tf.reshape(weights, [1, -1]) as tf.Tensor2D, rows), states[0].shape);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }
}

tf.serialization.registerClass(WeightedLayerSum);
