/**
 * Graph attention over fully connected nodes: y_i = W1 sum_j a_ij x_j + W2 x_i + b, where a_i. is the softmax over j of
 * v . tanh(A (x_i * x_j) + c) / temperature (Jung et al., "AASIST: Audio anti-spoofing using integrated spectro-temporal
 * graph attention networks", ICASSP 2022; after Veličković et al., "Graph attention networks", ICLR 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';
import {
  type AddWeight,
  addProjection,
  addVector,
  attentionFields,
  exchange,
  NODE_AXES,
  type NodeProjection,
  pairsOf,
  project,
} from './node-attention.js';

const schema = z.strictObject({ ...baseFields, ...attentionFields });

/** Options of `GraphAttention`. */
export type GraphAttentionOptions = z.input<typeof schema>;

/**
 * Nodes `[batch, nodes, channels]` to `[batch, nodes, nChannels]`. Weights: `attention_kernel` and `attention_bias`,
 * `attention_vector`; `neighbour_kernel` and `neighbour_bias` for what comes from others, `own_kernel` and `own_bias`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank or free channels
 */
export class GraphAttention extends layers.Layer {
  static readonly className = 'VoiceproofGraphAttention';

  readonly nChannels: number;
  readonly temperature: number;
  readonly seed: number;
  private attention!: NodeProjection;
  private vector!: LayerVariable;
  private neighbours!: NodeProjection;
  private own!: NodeProjection;

  constructor(options: GraphAttentionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'GraphAttention');
    super(base);
    this.nChannels = own.nChannels;
    this.temperature = own.temperature;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nInputs = fixedLength(shapeOfAxes(inputShape, NODE_AXES, 'GraphAttention')[2], 'channels', 'GraphAttention');
    const { nChannels, seed } = this;
    const add: AddWeight = (name, shape, initializer) => this.addWeight(name, shape, 'float32', initializer);
    this.attention = addProjection(add, 'attention', nInputs, nChannels, seed);
    this.vector = addVector(add, 'attention_vector', nChannels, seed);
    this.neighbours = addProjection(add, 'neighbour', nInputs, nChannels, seed);
    this.own = addProjection(add, 'own', nInputs, nChannels, seed);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const nodes = onlyTensor(inputs);
      const [batch, nNodes] = nodes.shape;
      const hidden = tf.tanh(project(pairsOf(nodes), this.attention)); // [batch, nodes, nodes, nChannels]
      const scores = tf.matMul(tf.reshape(hidden, [-1, this.nChannels]), this.vector.read() as tf.Tensor2D);
      const attention = tf.softmax(tf.div(tf.reshape(scores, [batch, nNodes, nNodes]), this.temperature));
      return exchange(attention, nodes, nodes, this.neighbours, this.own);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, nodes] = shapeOfAxes(inputShape, NODE_AXES, 'GraphAttention');
    return [batch, nodes, this.nChannels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nChannels, temperature, seed } = this;
    return { ...super.getConfig(), nChannels, temperature, seed };
  }
}

tf.serialization.registerClass(GraphAttention);
