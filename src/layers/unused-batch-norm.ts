/**
 * The batch norm that AASIST's and RawNet2's residual blocks compute and then throw away: their first convolution takes
 * the block's input instead. It changes no output and its factor and offset get no gradient, yet its running statistics
 * move in training, and it has its place in the published weights.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import {
  baseFields,
  type CallArguments,
  fixedLength,
  onlyShape,
  onlyTensor,
  parseLayerOptions,
} from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  momentum: z.number().min(0).max(1).default(0.1).describe('Share of the new batch in the running statistics.'),
});

/** Options of `UnusedBatchNorm`. */
export type UnusedBatchNormOptions = z.input<typeof schema>;

/**
 * Any `[batch, ..., channels]`, unchanged. Weights, none of them trained: `gamma`, `beta`, and the running `moving_mean`
 * and `moving_variance` (unbiased), which each training call updates.
 *
 * @throws ConfigError for unknown options; ShapeError where the number of channels is free
 */
export class UnusedBatchNorm extends layers.Layer {
  static readonly className = 'VoiceproofUnusedBatchNorm';

  readonly momentum: number;
  private movingMean!: LayerVariable;
  private movingVariance!: LayerVariable;

  constructor(options: UnusedBatchNormOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'UnusedBatchNorm');
    super(base);
    this.momentum = own.momentum;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = [fixedLength(onlyShape(inputShape).at(-1), 'channels', 'UnusedBatchNorm')];
    const [zeros, ones] = [initializers.zeros(), initializers.ones()];
    this.addWeight('gamma', shape, 'float32', ones, undefined, false);
    this.addWeight('beta', shape, 'float32', zeros, undefined, false);
    this.movingMean = this.addWeight('moving_mean', shape, 'float32', zeros, undefined, false);
    this.movingVariance = this.addWeight('moving_variance', shape, 'float32', ones, undefined, false);
    super.build(inputShape);
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false, momentum = this.momentum }: CallArguments,
  ): tf.Tensor {
    const x = onlyTensor(inputs);
    if (!training) return x;
    // What is computed inside is not kept for the gradient.
    const observe = tf.customGrad((maps) => {
      this.observe(maps as tf.Tensor, momentum);
      return { value: tf.clone(maps as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.clone(dy) };
    });
    return tf.tidy(() => observe(x));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.momentum };
  }

  /** Moves the running statistics towards the batch's. */
  private observe(x: tf.Tensor, momentum: number): void {
    const nChannels = x.shape[x.rank - 1];
    const count = x.size / nChannels;
    const rows = tf.reshape(x, [count, nChannels]);
    const mean = tf.mean(rows, 0);
    const sumOfSquares = tf.sum(tf.squaredDifference(rows, mean), 0);
    this.movingMean.write(moved(this.movingMean, mean, momentum));
    this.movingVariance.write(moved(this.movingVariance, tf.div(sumOfSquares, Math.max(1, count - 1)), momentum));
  }
}

function moved(before: LayerVariable, now: tf.Tensor, momentum: number): tf.Tensor {
  return tf.add(tf.mul(before.read(), 1 - momentum), tf.mul(now, momentum));
}

tf.serialization.registerClass(UnusedBatchNorm);
