/**
 * Batch normalisation with PyTorch's conventions: y = (x - mean) / sqrt(variance + epsilon) over all axes but the last
 * (Ioffe and Szegedy, "Batch normalization", ICML 2015). The batch's biased variance normalises; the running variance
 * takes the unbiased one; `momentum` is the share of the new batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import {
  baseFields,
  type CallArguments,
  fixedLength,
  onlyShape,
  onlyTensor,
  parseLayerOptions,
  showShape,
} from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  epsilon: z.number().positive().default(1e-5).describe('Added to the variance.'),
  momentum: z.number().min(0).max(1).default(0.1).describe('Share of the new batch in the running statistics.'),
  center: z.boolean().default(true).describe('Whether a trained offset is added.'),
  scale: z.boolean().default(true).describe('Whether a trained factor multiplies.'),
});

/** Options of `BatchNorm`. */
export type BatchNormOptions = z.input<typeof schema>;

/**
 * `[batch, ..., channels]` to the same shape. Weights: `gamma` (with `scale`), `beta` (with `center`), and the running
 * `moving_mean` and `moving_variance`, which each training call updates and inference uses.
 *
 * @throws ConfigError for unknown options; ShapeError where the number of channels is free, or a training batch has one
 *   value a channel
 */
export class BatchNorm extends layers.Layer {
  static readonly className = 'VoiceproofBatchNorm';

  readonly epsilon: number;
  readonly momentum: number;
  readonly center: boolean;
  readonly scale: boolean;
  private gamma: LayerVariable | undefined;
  private beta: LayerVariable | undefined;
  private movingMean!: LayerVariable;
  private movingVariance!: LayerVariable;

  constructor(options: BatchNormOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'BatchNorm');
    super(base);
    this.epsilon = own.epsilon;
    this.momentum = own.momentum;
    this.center = own.center;
    this.scale = own.scale;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = [fixedLength(onlyShape(inputShape).at(-1), 'channels', 'BatchNorm')];
    const [zeros, ones] = [initializers.zeros(), initializers.ones()];
    if (this.scale) this.gamma = this.addWeight('gamma', shape, 'float32', ones);
    if (this.center) this.beta = this.addWeight('beta', shape, 'float32', zeros);
    this.movingMean = this.addWeight('moving_mean', shape, 'float32', zeros, undefined, false);
    this.movingVariance = this.addWeight('moving_variance', shape, 'float32', ones, undefined, false);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const nChannels = x.shape[x.rank - 1];
      const rows = tf.reshape(x, [-1, nChannels]);
      const y = training ? this.trainOn(rows) : this.inferOn(rows);
      return tf.reshape(y, x.shape);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { epsilon, momentum, center, scale } = this;
    return { ...super.getConfig(), epsilon, momentum, center, scale };
  }

  /** `[rows, channels]` by the running statistics. */
  private inferOn(rows: tf.Tensor): tf.Tensor {
    const [mean, variance] = [this.movingMean.read(), this.movingVariance.read()] as tf.Tensor1D[];
    const [beta, gamma] = [this.beta?.read(), this.gamma?.read()] as (tf.Tensor1D | undefined)[];
    return tf.batchNorm(rows as tf.Tensor2D, mean, variance, beta, gamma, this.epsilon);
  }

  /** `[rows, channels]` by the batch's own statistics, which also move the running ones. */
  private trainOn(rows: tf.Tensor): tf.Tensor {
    const nRows = rows.shape[0];
    if (nRows < 2) {
      throw new ShapeError(
        `${this.name}: training needs more than one value a channel, got ${showShape(rows.shape)}; use larger batches`,
      );
    }
    const normalise = tf.customGrad((input, save) => {
      const mean = tf.mean(input as tf.Tensor, 0);
      const centred = tf.sub(input as tf.Tensor, mean);
      const variance = tf.mean(tf.square(centred), 0);
      this.move(this.movingMean, mean, 1);
      this.move(this.movingVariance, variance, nRows / (nRows - 1));
      const inverseDeviation = tf.rsqrt(tf.add(variance, this.epsilon));
      const value = tf.mul(centred, inverseDeviation);
      (save as tf.GradSaveFunc)([value, inverseDeviation]);
      return {
        value,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [normalised, factor] = saved;
          // The part of dy that only shifts or stretches the batch doesn't reach x.
          const along = tf.mul(normalised, tf.mean(tf.mul(dy, normalised), 0));
          return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, 0)), along), factor);
        },
      };
    });
    let y = normalise(rows);
    if (this.gamma !== undefined) y = tf.mul(y, this.gamma.read());
    if (this.beta !== undefined) y = tf.add(y, this.beta.read());
    return y;
  }

  /** Moves a running statistic towards `factor` times the batch's. */
  private move(running: LayerVariable, batch: tf.Tensor, factor: number): void {
    running.write(tf.add(tf.mul(running.read(), 1 - this.momentum), tf.mul(batch, factor * this.momentum)));
  }
}

tf.serialization.registerClass(BatchNorm);
