/**
 * Mean and standard deviation over time, in which a small network says how much each frame counts: one weight a frame
 * (Okabe et al., "Attentive statistics pooling for deep speaker embedding", Interspeech 2018), or one for every feature, which
 * also sees the whole clip's statistics (Desplanques et al., "ECAPA-TDNN", Interspeech 2020).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { frameWeights, statistics, weightedStatistics } from './frame-statistics.js';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';
import { project } from './matrix-product.js';

const schema = z.strictObject({
  ...baseFields,
  units: z.int().min(1).describe('Width of the network that weighs the frames.'),
  channelwise: z.boolean().default(true).describe('Whether each feature has weights of its own (ECAPA-TDNN).'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(fan-in).'),
});

/** Options of `AttentiveStatisticsPooling`. */
export type AttentiveStatisticsPoolingOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[batch, 2 features]`: the weighted means, then the deviations. Weights: `kernel`
 * `[features, units]`, `bias` `[units]`, `score_kernel` `[units, 1]`; channelwise `[units, features]`, and
 * `context_kernel` `[2 features, units]` for mean and deviation of the clip. The scores have no bias: the softmax over
 * the frames would take it away.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or free features
 */
export class AttentiveStatisticsPooling extends layers.Layer {
  static readonly className = 'VoiceproofAttentiveStatisticsPooling';

  readonly units: number;
  readonly channelwise: boolean;
  readonly seed: number;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;
  private scoreKernel!: LayerVariable;
  private contextKernel: LayerVariable | undefined;

  constructor(options: AttentiveStatisticsPoolingOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'AttentiveStatisticsPooling');
    super(base);
    this.units = own.units;
    this.channelwise = own.channelwise;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, SEQUENCE_AXES, 'AttentiveStatisticsPooling');
    const nFeatures = fixedLength(shape[2], 'features', 'AttentiveStatisticsPooling');
    const { units, channelwise, seed } = this;
    const fanIn = channelwise ? 3 * nFeatures : nFeatures;
    const add = (role: string, shape: Shape, inputs: number) =>
      this.addWeight(role, shape, 'float32', uniformByFanIn(inputs, seed, role));
    this.kernel = add('kernel', [nFeatures, units], fanIn);
    this.bias = add('bias', [units], fanIn);
    this.scoreKernel = add('score_kernel', [units, channelwise ? nFeatures : 1], units);
    if (channelwise) this.contextKernel = add('context_kernel', [2 * nFeatures, units], fanIn);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      let hidden = tf.add(project(x, this.kernel.read()), this.bias.read());
      if (this.contextKernel !== undefined) {
        // The context is the same in every frame: its product is taken once, where the paper appends it to each.
        hidden = tf.add(hidden, tf.expandDims(project(statistics(x), this.contextKernel.read()), 1));
      }
      const weights = frameWeights(project(tf.tanh(hidden), this.scoreKernel.read()));
      return weightedStatistics(tf.transpose(x, [0, 2, 1]), weights);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , features] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'AttentiveStatisticsPooling');
    return [batch, 2 * fixedLength(features, 'features', 'AttentiveStatisticsPooling')];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, channelwise, seed } = this;
    return { ...super.getConfig(), units, channelwise, seed };
  }
}

tf.serialization.registerClass(AttentiveStatisticsPooling);
