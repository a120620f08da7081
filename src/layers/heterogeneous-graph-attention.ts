/**
 * Graph attention over nodes of two kinds, fully connected within and across: as `GraphAttention`, but the number that a
 * pair's product becomes depends on whether the pair is of the first kind, of the second, or mixed (Jung et al., "AASIST:
 * Audio anti-spoofing using integrated spectro-temporal graph attention networks", ICASSP 2022).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, parseLayerOptions } from './layer-options.js';
import {
  type AddWeight,
  addProjection,
  addVector,
  attentionFields,
  exchange,
  type NodeProjection,
  pairsOf,
  project,
} from './node-attention.js';
import { sizesOfKinds } from './node-kinds.js';

const schema = z.strictObject({ ...baseFields, ...attentionFields });

/** Options of `HeterogeneousGraphAttention`. */
export type HeterogeneousGraphAttentionOptions = z.input<typeof schema>;

/**
 * Two kinds of nodes, `[batch, n1, channels]` and `[batch, n2, channels]`, to all of them, `[batch, n1 + n2, nChannels]`,
 * the first kind first. Weights as `GraphAttention`, with `first_vector`, `second_vector` and `cross_vector` in the place
 * of its one vector.
 *
 * @throws ConfigError for unknown options; ShapeError where the inputs are no two kinds of nodes of equal channels
 */
export class HeterogeneousGraphAttention extends layers.Layer {
  static readonly className = 'VoiceproofHeterogeneousGraphAttention';

  readonly nChannels: number;
  readonly temperature: number;
  readonly seed: number;
  private attention!: NodeProjection;
  private firstVector!: LayerVariable;
  private secondVector!: LayerVariable;
  private crossVector!: LayerVariable;
  private neighbours!: NodeProjection;
  private own!: NodeProjection;

  constructor(options: HeterogeneousGraphAttentionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'HeterogeneousGraphAttention');
    super(base);
    this.nChannels = own.nChannels;
    this.temperature = own.temperature;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const { nInputs } = sizesOfKinds(inputShape, 'HeterogeneousGraphAttention');
    const { nChannels, seed } = this;
    const add: AddWeight = (name, shape, initializer) => this.addWeight(name, shape, 'float32', initializer);
    this.attention = addProjection(add, 'attention', nInputs, nChannels, seed);
    this.firstVector = addVector(add, 'first_vector', nChannels, seed);
    this.secondVector = addVector(add, 'second_vector', nChannels, seed);
    this.crossVector = addVector(add, 'cross_vector', nChannels, seed);
    this.neighbours = addProjection(add, 'neighbour', nInputs, nChannels, seed);
    this.own = addProjection(add, 'own', nInputs, nChannels, seed);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [first, second] = inputs as tf.Tensor[];
      const nodes = tf.concat([first, second], 1);
      const [batch, nNodes] = nodes.shape;
      const [, nFirst] = first.shape;
      const hidden = tf.tanh(project(pairsOf(nodes), this.attention)); // [batch, nodes, nodes, nChannels]
      const vectors = [this.firstVector, this.secondVector, this.crossVector].map((vector) => vector.read());
      const scores = tf.matMul(tf.reshape(hidden, [-1, this.nChannels]), tf.concat2d(vectors as tf.Tensor2D[], 1));
      const byKind = tf.mul(tf.reshape(scores, [batch, nNodes, nNodes, 3]), kindsOfPairs(nFirst, nNodes));
      const attention = tf.softmax(tf.div(tf.sum(byKind, 3), this.temperature));
      return exchange(attention, nodes, nodes, this.neighbours, this.own);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { batch, nNodes } = sizesOfKinds(inputShape, 'HeterogeneousGraphAttention');
    return [batch, nNodes, this.nChannels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nChannels, temperature, seed } = this;
    return { ...super.getConfig(), nChannels, temperature, seed };
  }
}

/** `[1, nodes, nodes, 3]`: one where a pair is of the first kind, of the second, or mixed, in that order; else zero. */
function kindsOfPairs(nFirst: number, nNodes: number): tf.Tensor {
  const kinds = new Float32Array(nNodes * nNodes * 3);
  for (let i = 0; i < nNodes; i++) {
    for (let j = 0; j < nNodes; j++) {
      const isFirst = [i < nFirst, j < nFirst];
      const kind = isFirst[0] !== isFirst[1] ? 2 : isFirst[0] ? 0 : 1;
      kinds[(i * nNodes + j) * 3 + kind] = 1;
    }
  }
  return tf.tensor4d(kinds, [1, nNodes, nNodes, 3]);
}

tf.serialization.registerClass(HeterogeneousGraphAttention);
