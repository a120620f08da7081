/**
 * Scaled exponential linear unit: `s x` where x is positive, else `s a (exp(x) - 1)`, with the constants that keep mean 0
 * and variance 1 from layer to layer (Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017).
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';
import { baseFields, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `Selu`. */
export type SeluOptions = z.input<typeof schema>;

const ATTRIBUTES = { T: 'float32' } as const;

/** SELU of each value; one pass each way where the engine has the op's gradient, which tfjs composes of five. */
export function selu<T extends tf.Tensor>(x: T): T {
  return hasRawOps() ? (fusedSelu(x) as T) : tf.selu(x);
}

const fusedSelu = tf.customGrad((x, save) => {
  const [value] = executeRawOp('Selu', ATTRIBUTES, [x as tf.Tensor], 1);
  (save as tf.GradSaveFunc)([value]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => executeRawOp('SeluGrad', ATTRIBUTES, [dy, saved[0]], 1)[0],
  };
}) as (x: tf.Tensor) => tf.Tensor;

/**
 * Any shape to the same shape.
 *
 * @throws ConfigError for unknown options
 */
export class Selu extends layers.Layer {
  static readonly className = 'VoiceproofSelu';

  constructor(options: SeluOptions = {}) {
    super(parseLayerOptions(schema, options, 'Selu')[1]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return selu(onlyTensor(inputs));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }
}

tf.serialization.registerClass(Selu);
