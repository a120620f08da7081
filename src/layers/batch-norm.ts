/**
 * Batch normalisation with PyTorch's conventions: y = (x - mean) / sqrt(variance + epsilon) over all axes but the last
 * (Ioffe and Szegedy, "Batch normalization", ICML 2015). The batch's biased variance normalises; the running variance
 * takes the unbiased one; `momentum` is the share of the new batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { hasRawOps } from '../runtime/native/raw-op.js';
import {
  baseFields,
  type CallArguments,
  fixedLength,
  onlyShape,
  onlyTensor,
  parseLayerOptions,
  showShape,
} from './layer-options.js';
import { composedBatchNorm, fusedBatchNorm } from './training-batch-norm.js';

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

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false, momentum = this.momentum }: CallArguments,
  ): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      // Maps keep their shape, as TensorFlow spreads them over threads by batch and frames.
      const maps = x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape[x.rank - 1]]);
      const y = training ? this.trainOn(maps as tf.Tensor4D, momentum) : this.inferOn(maps as tf.Tensor4D);
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

  /** By the running statistics. */
  private inferOn(x: tf.Tensor4D): tf.Tensor {
    const [mean, variance] = [this.movingMean.read(), this.movingVariance.read()] as tf.Tensor1D[];
    // tfjs's gradient of this op needs both, where the op itself does not.
    const beta = (this.beta?.read() ?? tf.zerosLike(mean)) as tf.Tensor1D;
    const gamma = (this.gamma?.read() ?? tf.onesLike(mean)) as tf.Tensor1D;
    return tf.batchNorm(x, mean, variance, beta, gamma, this.epsilon);
  }

  /** By the batch's own statistics, which also move the running ones. */
  private trainOn(x: tf.Tensor4D, momentum: number): tf.Tensor {
    const count = x.size / x.shape[3];
    if (count < 2) {
      throw new ShapeError(
        `${this.name}: training needs more than one value a channel, got ${showShape(x.shape)}; use larger batches`,
      );
    }
    const running = { mean: this.movingMean.read(), variance: this.movingVariance.read() };
    const normalise = hasRawOps() ? fusedBatchNorm : composedBatchNorm;
    return normalise(
      x,
      this.gamma?.read(),
      this.beta?.read(),
      running,
      { epsilon: this.epsilon, momentum },
      (moved) => {
        this.movingMean.write(moved.mean);
        this.movingVariance.write(moved.variance);
      },
    );
  }
}

tf.serialization.registerClass(BatchNorm);
