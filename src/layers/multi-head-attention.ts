/**
 * Self-attention over the frames of a sequence, with several heads (Vaswani et al., "Attention is all you need", 2017), and on request
 * with relative positions (Dai et al., "Transformer-XL", ACL 2019), as the Conformer has it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';
import { project } from './matrix-product.js';
import { sinusoids } from './sinusoids.js';

const schema = z.strictObject({
  ...baseFields,
  nHeads: z.int().min(1).describe('Heads; must divide the width.'),
  positions: z
    .enum(['none', 'relative'])
    .default('none')
    .describe('Whether the distance between two frames takes part in their score.'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(width).'),
});

/** Options of `MultiHeadAttention`. */
export type MultiHeadAttentionOptions = z.input<typeof schema>;

/**
 * `[batch, frames, width]` to the same shape. Weights: `query_kernel`, `key_kernel`, `value_kernel` and `output_kernel`
 * `[width, width]`, `query_bias`, `value_bias` and `output_bias` `[width]`; with relative positions also
 * `position_kernel` `[width, width]` and `position_bias` `[width]`, the queries' bias for positions. Keys have no bias:
 * the softmax would take it away.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or a width that is free, odd where positions
 *   are relative, or no multiple of the heads
 */
export class MultiHeadAttention extends layers.Layer {
  static readonly className = 'VoiceproofMultiHeadAttention';

  readonly nHeads: number;
  readonly positions: 'none' | 'relative';
  readonly seed: number;
  private weightsByRole!: Readonly<Record<string, LayerVariable>>;

  constructor(options: MultiHeadAttentionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'MultiHeadAttention');
    super(base);
    this.nHeads = own.nHeads;
    this.positions = own.positions;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, SEQUENCE_AXES, 'MultiHeadAttention');
    const width = fixedLength(shape[2], 'features', 'MultiHeadAttention');
    if (width % this.nHeads !== 0) {
      throw new ShapeError(`${this.name}: expected a width that ${this.nHeads} heads divide, got ${width}`);
    }
    const isRelative = this.positions === 'relative';
    if (isRelative && width % 2 !== 0) {
      throw new ShapeError(`${this.name}: relative positions need an even width, got ${width}`);
    }
    const kernels = ['query', 'key', 'value', 'output', ...(isRelative ? ['position'] : [])];
    const biases = ['query', 'value', 'output', ...(isRelative ? ['position'] : [])];
    const add = (role: string, shape: Shape) =>
      this.addWeight(role, shape, 'float32', uniformByFanIn(width, this.seed, role));
    this.weightsByRole = Object.fromEntries([
      ...kernels.map((part) => [`${part}_kernel`, add(`${part}_kernel`, [width, width])]),
      ...biases.map((part) => [`${part}_bias`, add(`${part}_bias`, [width])]),
    ]);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [batch, nFrames, width] = x.shape;
      const { nHeads } = this;
      const headWidth = width / nHeads;
      // Heads come first, [heads, batch, frames, width of a head]: positions are alike for the whole batch.
      const toHeads = (each: tf.Tensor) =>
        tf.transpose(tf.reshape(each, [batch, nFrames, nHeads, headWidth]), [2, 0, 1, 3]);
      const asRows = (each: tf.Tensor) => tf.reshape(each, [nHeads * batch, nFrames, headWidth]) as tf.Tensor3D;
      const plainQuery = project(x, this.read('query_kernel'));
      const query = toHeads(tf.add(plainQuery, this.read('query_bias')));
      const key = asRows(toHeads(project(x, this.read('key_kernel'))));
      const value = asRows(toHeads(tf.add(project(x, this.read('value_kernel')), this.read('value_bias'))));
      let scores: tf.Tensor = tf.matMul(asRows(query), key, false, true);
      if (this.positions === 'relative') {
        const positionQuery = toHeads(tf.add(plainQuery, this.read('position_bias')));
        scores = tf.add(scores, this.positionScores(positionQuery));
      }
      const weights = tf.softmax(tf.mul(scores, 1 / Math.sqrt(headWidth))) as tf.Tensor3D;
      const heads = tf.reshape(tf.matMul(weights, value), [nHeads, batch, nFrames, headWidth]);
      const joined = tf.reshape(tf.transpose(heads, [1, 2, 0, 3]), [batch, nFrames, width]);
      return tf.add(project(joined, this.read('output_kernel')), this.read('output_bias'));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, SEQUENCE_AXES, 'MultiHeadAttention');
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nHeads, positions, seed } = this;
    return { ...super.getConfig(), nHeads, positions, seed };
  }

  private read(role: string): tf.Tensor {
    return this.weightsByRole[role].read();
  }

  /** Of queries `[heads, batch, frames, width]` with the distances to all frames: `[heads * batch, frames, frames]`. */
  private positionScores(query: tf.Tensor): tf.Tensor {
    const [nHeads, batch, nFrames, headWidth] = query.shape;
    const nDistances = 2 * nFrames - 1;
    const distances = Array.from({ length: nDistances }, (_, i) => nFrames - 1 - i);
    const table = tf.tensor2d(sinusoids(distances, nHeads * headWidth), [nDistances, nHeads * headWidth]);
    const projected = tf.reshape(project(table, this.read('position_kernel')), [nDistances, nHeads, headWidth]);
    const positions = tf.transpose(projected, [1, 2, 0]) as tf.Tensor3D; // [heads, width, distances]
    const rows = tf.reshape(query, [nHeads, batch * nFrames, headWidth]) as tf.Tensor3D;
    const byDistance = tf.reshape(tf.matMul(rows, positions), [nHeads * batch, nFrames, nDistances]);
    return distancesToFrames(byDistance as tf.Tensor3D);
  }
}

/**
 * `[n, frames, 2 frames - 1]` by distance, from frames - 1 behind to frames - 1 ahead, to `[n, frames, frames]` by frame: row i moves i
 * to the right. With one more column, reading the rows on at another width does that.
 */
function distancesToFrames(x: tf.Tensor3D): tf.Tensor {
  const [n, nFrames, nDistances] = x.shape;
  const padded = tf.reshape(
    tf.pad(x, [
      [0, 0],
      [0, 0],
      [1, 0],
    ]),
    [n, nDistances + 1, nFrames],
  );
  const shifted = tf.reshape(tf.slice(padded, [0, 1, 0], [n, nDistances, nFrames]), [n, nFrames, nDistances]);
  return tf.slice(shifted, [0, 0, 0], [n, nFrames, nFrames]);
}

tf.serialization.registerClass(MultiHeadAttention);
