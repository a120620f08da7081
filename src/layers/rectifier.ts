/**
 * Rectified linear unit, x where positive and `slope` x elsewhere: ReLU with slope 0, the leaky one otherwise (Maas et al.,
 * "Rectifier nonlinearities improve neural network acoustic models", 2013).
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';
import { baseFields, onlyShape, onlyTensor, parseLayerOptions } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  slope: z.number().min(0).lt(1).default(0).describe('Factor on negative values.'),
});

/** Options of `Rectifier`. */
export type RectifierOptions = z.input<typeof schema>;

/**
 * Any shape to the same shape. The gradient at zero is `slope`, as PyTorch's.
 *
 * @throws ConfigError for unknown options
 */
export class Rectifier extends layers.Layer {
  static readonly className = 'VoiceproofRectifier';

  readonly slope: number;

  constructor(options: RectifierOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'Rectifier');
    super(base);
    this.slope = own.slope;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => rectify(onlyTensor(inputs), this.slope));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), slope: this.slope };
  }
}

/** `x` where positive, `slope * x` elsewhere: one op, and one for its gradient, where tfjs takes three. */
export function rectify(x: tf.Tensor, slope: number): tf.Tensor {
  const run = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    (save as tf.GradSaveFunc)([x]);
    return {
      value: forward(x, slope),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy, saved[0], slope),
    };
  });
  return run(x);
}

function forward(x: tf.Tensor, slope: number): tf.Tensor {
  if (!hasRawOps()) return slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope);
  const attributes = { T: 'float32' };
  if (slope === 0) return executeRawOp('Relu', attributes, [x], 1)[0];
  return executeRawOp('LeakyRelu', { ...attributes, alpha: slope }, [x], 1)[0];
}

function backward(dy: tf.Tensor, x: tf.Tensor, slope: number): tf.Tensor {
  if (!hasRawOps()) return tf.mul(dy, tf.step(x, slope));
  const attributes = { T: 'float32' };
  if (slope === 0) return executeRawOp('ReluGrad', attributes, [dy, x], 1)[0];
  return executeRawOp('LeakyReluGrad', { ...attributes, alpha: slope }, [dy, x], 1)[0];
}

tf.serialization.registerClass(Rectifier);
