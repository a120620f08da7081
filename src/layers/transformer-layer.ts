/**
 * One layer of a transformer encoder: attention over the frames, then two linear maps with a GELU between them, each with a
 * way around it (Vaswani et al., 2017), as Wav2Vec2, HuBERT and WavLM have it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { deriveSeed } from '../runtime/random.js';
import { dropOut, requiredSeed } from './dropout.js';
import { frameFields, frameMask } from './frame-mask.js';
import { gelu } from './gelu.js';
import { uniformByDeviation } from './initial-weights.js';
import { layerNorm } from './layer-norm.js';
import {
  baseFields,
  type CallArguments,
  fixedLength,
  onlyShape,
  parseLayerOptions,
  SEQUENCE_AXES,
  shapeOfAxes,
} from './layer-options.js';
import { project } from './matrix-product.js';
import { recomputed } from './recomputed.js';
import { uniformTensor } from './uniform-tensor.js';

const rate = z.number().min(0).lt(1).default(0);

const schema = z.strictObject({
  ...baseFields,
  ...frameFields,
  nHeads: z.int().min(1).describe('Heads of the attention; must divide the features.'),
  intermediateSize: z.int().min(1).describe('Values between the two linear maps.'),
  normFirst: z.boolean().default(false).describe('Whether each half normalises what it takes, not what it gives.'),
  epsilon: z.number().positive().default(1e-5).describe('Of the layer norms.'),
  hiddenDropout: rate.describe('Of what each half adds.'),
  attentionDropout: rate.describe('Of the attention weights.'),
  activationDropout: rate.describe('Of the values between the two linear maps.'),
  layerDrop: z.number().min(0).max(1).default(0).describe('Probability that a training step leaves the layer out.'),
  seed: z.int().default(0).describe('Of the initial weights.'),
});

/** Options of `TransformerLayer`. */
export type TransformerLayerOptions = z.input<typeof schema>;

/** Standard deviation of the initial matrices, as in the reference. */
const INITIAL_DEVIATION = 0.02;
/** Added to the scores of frames that are padding: nothing is left of them after the softmax. */
const MASKED = -1e9;
const LINEAR_MAPS = ['query', 'key', 'value', 'projection', 'intermediate', 'output'] as const;
const NORMS = ['attention', 'final'] as const;
/** Outputs of the gate of relative positions, of which two sums are taken. */
const GATE_WIDTH = 8;

/**
 * `[batch, frames, features]` to the same shape; or a list of that and a bias of the attention by position,
 * `[1, nHeads, frames, frames]`, which each frame and head gates by itself (Chen et al., "WavLM", 2022). With `lengths`
 * no frame attends to padding.
 *
 * Weights: for `query`, `key`, `value`, `projection` (of the attention's result), `intermediate` and `output` a `_kernel`
 * `[in, out]` and a `_bias` `[out]`; for the norms `attention` and `final` a `_gamma` and a `_beta` `[features]`; with
 * positions also `gate_kernel` `[features / nHeads, 8]`, `gate_bias` `[8]` and `gate_scale` `[nHeads]`.
 *
 * @throws ConfigError for unknown options, or where a training call with dropout brings no seed; ShapeError for another
 *   rank, or features that are free or not a multiple of the heads
 */
export class TransformerLayer extends layers.Layer {
  static readonly className = 'VoiceproofTransformerLayer';

  private readonly options: z.output<typeof schema>;
  private weightsByRole: Readonly<Record<string, LayerVariable>> = {};

  constructor(options: TransformerLayerOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'TransformerLayer');
    super(base);
    this.options = own;
  }

  override build(inputShape: Shape | Shape[]): void {
    const hasPositions = Array.isArray(inputShape[0]);
    const shape = shapeOfAxes(onlyShape(inputShape), SEQUENCE_AXES, 'TransformerLayer');
    const width = fixedLength(shape[2], 'features', 'TransformerLayer');
    const { nHeads, intermediateSize, seed } = this.options;
    if (width % nHeads !== 0) {
      throw new ShapeError(`${this.name}: expected features that ${nHeads} heads divide, got ${width}`);
    }
    const added: Record<string, LayerVariable> = {};
    const add = (role: string, shape: number[], initial: Parameters<typeof this.addWeight>[3]) => {
      added[role] = this.addWeight(role, shape, 'float32', initial);
    };
    for (const map of LINEAR_MAPS) {
      const nInputs = map === 'output' ? intermediateSize : width;
      const nOutputs = map === 'intermediate' ? intermediateSize : width;
      const role = `${map}_kernel`;
      add(role, [nInputs, nOutputs], uniformByDeviation(INITIAL_DEVIATION, seed, role));
      add(`${map}_bias`, [nOutputs], initializers.zeros());
    }
    for (const norm of NORMS) {
      add(`${norm}_gamma`, [width], initializers.ones());
      add(`${norm}_beta`, [width], initializers.zeros());
    }
    if (hasPositions) {
      const headWidth = width / nHeads;
      add('gate_kernel', [headWidth, GATE_WIDTH], uniformByDeviation(INITIAL_DEVIATION, seed, 'gate_kernel'));
      add('gate_bias', [GATE_WIDTH], initializers.zeros());
      add('gate_scale', [nHeads], initializers.ones());
    }
    this.weightsByRole = added;
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const given = (Array.isArray(inputs) ? inputs : [inputs]) as readonly tf.Tensor[];
      const block = (x: tf.Tensor, positions?: tf.Tensor) => this.block(x, positions, call);
      if (call.recompute !== true) return block(given[0], given[1]);
      const variables = this.weights.map((weight) => weight.read() as tf.Variable);
      return recomputed((...tensors: readonly tf.Tensor[]) => block(tensors[0], tensors[1]), given, variables);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(onlyShape(inputShape), SEQUENCE_AXES, 'TransformerLayer');
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { name: _name, trainable: _trainable, dtype: _dtype, batchInputShape: _shape, ...own } = this.options;
    const { customObjects: _customObjects, ...rest } = own;
    return { ...super.getConfig(), ...rest };
  }

  private block(x: tf.Tensor, positions: tf.Tensor | undefined, call: CallArguments): tf.Tensor {
    const { normFirst, hiddenDropout, layerDrop } = this.options;
    const drop = (y: tf.Tensor, role: string) => this.drop(y, hiddenDropout, role, call);
    let y: tf.Tensor;
    if (normFirst) {
      const attended = tf.add(x, drop(this.attention(this.norm('attention', x), positions, call), 'attention'));
      y = tf.add(attended, drop(this.feedForward(this.norm('final', attended), call), 'output'));
    } else {
      const attended = this.norm('attention', tf.add(x, drop(this.attention(x, positions, call), 'attention')));
      y = this.norm('final', tf.add(attended, drop(this.feedForward(attended, call), 'output')));
    }
    if (call.training !== true || layerDrop === 0) return y;
    const draw = uniformTensor([], requiredSeed(call.seed, this.name), this.saltOf('layer'));
    const isKept = tf.cast(tf.greaterEqual(draw, layerDrop), 'float32');
    return tf.add(tf.mul(y, isKept), tf.mul(x, tf.sub(1, isKept)));
  }

  private attention(x: tf.Tensor, positions: tf.Tensor | undefined, call: CallArguments): tf.Tensor {
    const [batch, nFrames, width] = x.shape;
    const { nHeads, attentionDropout } = this.options;
    const headWidth = width / nHeads;
    const toHeads = (each: tf.Tensor) =>
      tf.transpose(tf.reshape(each, [batch, nFrames, nHeads, headWidth]), [0, 2, 1, 3]) as tf.Tensor4D;
    const query = toHeads(tf.mul(this.linear('query', x), headWidth ** -0.5));
    const key = toHeads(this.linear('key', x));
    let scores: tf.Tensor = tf.matMul(query, key, false, true); // [batch, heads, frames, frames]
    if (positions !== undefined) scores = tf.add(scores, this.gated(positions, toHeads(x)));
    if (call.lengths !== undefined) {
      const isPadding = tf.sub(1, frameMask(call.lengths, nFrames, this.options));
      scores = tf.add(scores, tf.reshape(tf.mul(isPadding, MASKED), [batch, 1, 1, nFrames]));
    }
    const weights = this.drop(tf.softmax(scores), attentionDropout, 'weights', call) as tf.Tensor4D;
    const heads = tf.matMul(weights, toHeads(this.linear('value', x)));
    return this.linear('projection', tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch, nFrames, width]));
  }

  /** The bias by position as each frame wants it, from the frames by heads `[batch, heads, frames, width of a head]`. */
  private gated(positions: tf.Tensor, frames: tf.Tensor4D): tf.Tensor {
    const [batch, nHeads, nFrames] = frames.shape;
    const projected = tf.reshape(this.linear('gate', frames), [batch, nHeads, nFrames, 2, GATE_WIDTH / 2]);
    const [update, reset] = tf.split(tf.sigmoid(tf.sum(projected, 4)), 2, 3); // [batch, heads, frames, 1]
    const scale = tf.reshape(this.weightsByRole.gate_scale.read(), [1, nHeads, 1, 1]);
    const gate = tf.add(tf.mul(update, tf.sub(tf.mul(reset, scale), 1)), 2);
    return tf.mul(gate, positions);
  }

  private feedForward(x: tf.Tensor, call: CallArguments): tf.Tensor {
    const raised = gelu(this.linear('intermediate', x));
    return this.linear('output', this.drop(raised, this.options.activationDropout, 'activation', call));
  }

  private linear(map: string, x: tf.Tensor): tf.Tensor {
    const { [`${map}_kernel`]: kernel, [`${map}_bias`]: bias } = this.weightsByRole;
    return project(x, kernel.read(), bias.read());
  }

  private norm(norm: (typeof NORMS)[number], x: tf.Tensor): tf.Tensor {
    const { [`${norm}_gamma`]: gamma, [`${norm}_beta`]: beta } = this.weightsByRole;
    return layerNorm(x, gamma.read(), beta.read(), this.options.epsilon);
  }

  private drop(x: tf.Tensor, share: number, role: string, { training, seed }: CallArguments): tf.Tensor {
    if (training !== true || share === 0) return x;
    return dropOut(x, share, requiredSeed(seed, this.name), this.saltOf(role));
  }

  private saltOf(role: string): number {
    return deriveSeed('transformer', this.name, role);
  }
}

tf.serialization.registerClass(TransformerLayer);
