/**
 * The master node of a graph, which gathers from all the others but is attended to by none: m' = W1 sum_j a_j x_j + W2 m +
 * b, where a is the softmax over j of v . tanh(A (x_j * m) + c) / temperature (Jung et al., "AASIST: Audio anti-spoofing
 * using integrated spectro-temporal graph attention networks", ICASSP 2022).
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
  project,
} from './node-attention.js';
import { sizesOfKinds } from './node-kinds.js';

const schema = z.strictObject({ ...baseFields, ...attentionFields });

/** Options of `MasterAttention`. */
export type MasterAttentionOptions = z.input<typeof schema>;

/**
 * Nodes `[batch, nodes, channels]` and their master `[batch, 1, channels]` to the new master `[batch, 1, nChannels]`.
 * Weights as `GraphAttention`.
 *
 * @throws ConfigError for unknown options; ShapeError where the inputs are no nodes and a master of equal channels
 */
export class MasterAttention extends layers.Layer {
  static readonly className = 'VoiceproofMasterAttention';

  readonly nChannels: number;
  readonly temperature: number;
  readonly seed: number;
  private attention!: NodeProjection;
  private vector!: LayerVariable;
  private neighbours!: NodeProjection;
  private own!: NodeProjection;

  constructor(options: MasterAttentionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'MasterAttention');
    super(base);
    this.nChannels = own.nChannels;
    this.temperature = own.temperature;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const { nInputs } = sizesOfKinds(inputShape, 'MasterAttention');
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
      const [nodes, master] = inputs as tf.Tensor[];
      const [batch, nNodes] = nodes.shape;
      const hidden = tf.tanh(project(tf.mul(nodes, master), this.attention)); // [batch, nodes, nChannels]
      const scores = tf.matMul(tf.reshape(hidden, [-1, this.nChannels]), this.vector.read() as tf.Tensor2D);
      const attention = tf.softmax(tf.div(tf.reshape(scores, [batch, 1, nNodes]), this.temperature));
      return exchange(attention, nodes, master, this.neighbours, this.own);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { batch } = sizesOfKinds(inputShape, 'MasterAttention');
    return [batch, 1, this.nChannels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nChannels, temperature, seed } = this;
    return { ...super.getConfig(), nChannels, temperature, seed };
  }
}

tf.serialization.registerClass(MasterAttention);
