/**
 * Weighted means over time, the weights from a small network (self-attentive pooling; Cai et al., "Exploring the encoding layer and
 * loss function in end-to-end speaker and language recognition", Odyssey 2018), with several heads after Zhu et al.
 * ("Self-attentive speaker embeddings for text-independent speaker verification", Interspeech 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { frameWeights } from './frame-statistics.js';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';
import { project } from './matrix-product.js';

const schema = z.strictObject({
  ...baseFields,
  units: z.int().min(1).describe('Width of the network that weighs the frames.'),
  nHeads: z.int().min(1).default(1).describe('Weighted means, each with weights of its own.'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(fan-in).'),
});

/** Options of `SelfAttentivePooling`. */
export type SelfAttentivePoolingOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[batch, nHeads * features]`, head by head. Weights: `kernel` `[features, units]`, `bias`
 * `[units]`, `score_kernel` `[units, nHeads]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or free features
 */
export class SelfAttentivePooling extends layers.Layer {
  static readonly className = 'VoiceproofSelfAttentivePooling';

  readonly units: number;
  readonly nHeads: number;
  readonly seed: number;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;
  private scoreKernel!: LayerVariable;

  constructor(options: SelfAttentivePoolingOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'SelfAttentivePooling');
    super(base);
    this.units = own.units;
    this.nHeads = own.nHeads;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, SEQUENCE_AXES, 'SelfAttentivePooling');
    const nFeatures = fixedLength(shape[2], 'features', 'SelfAttentivePooling');
    const { units, nHeads, seed } = this;
    const add = (role: string, shape: Shape, fanIn: number) =>
      this.addWeight(role, shape, 'float32', uniformByFanIn(fanIn, seed, role));
    this.kernel = add('kernel', [nFeatures, units], nFeatures);
    this.bias = add('bias', [units], nFeatures);
    this.scoreKernel = add('score_kernel', [units, nHeads], units);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor3D;
      const hidden = tf.tanh(tf.add(project(x, this.kernel.read()), this.bias.read()));
      const weights = frameWeights(project(hidden, this.scoreKernel.read())) as tf.Tensor3D; // [batch, heads, frames]
      return tf.reshape(tf.matMul(weights, x), [x.shape[0], this.nHeads * x.shape[2]]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , features] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'SelfAttentivePooling');
    return [batch, this.nHeads * fixedLength(features, 'features', 'SelfAttentivePooling')];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, nHeads, seed } = this;
    return { ...super.getConfig(), units, nHeads, seed };
  }
}

tf.serialization.registerClass(SelfAttentivePooling);
