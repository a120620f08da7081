/** What the graph attention layers compute alike. Nodes are `[batch, nodes, channels]`. */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { deriveSeed } from '../runtime/random.js';
import { uniformByFanIn } from './initial-weights.js';

/** The axes of nodes, as layers that take those name them. */
export const NODE_AXES = ['batch', 'nodes', 'channels'];

/** The options that attention layers share; spread into each schema. */
export const attentionFields = {
  nChannels: z.int().min(1).describe('Output channels of a node.'),
  temperature: z.number().positive().default(1).describe('The higher, the more evenly a node attends to all.'),
  seed: z.int().default(0).describe('Of the initial weights.'),
};

/** Adds a weight to a layer that is being built: what `addWeight` does with floats. */
export type AddWeight = (name: string, shape: number[], initializer: Initializer) => LayerVariable;

type Initializer = Parameters<layers.Layer['addWeight']>[3];

/** A trained linear map of channels. */
export interface NodeProjection {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable;
}

/** Adds the weights of a projection: `<role>_kernel` `[nInputs, nOutputs]` and `<role>_bias`. */
export function addProjection(
  add: AddWeight,
  role: string,
  nInputs: number,
  nOutputs: number,
  seed: number,
): NodeProjection {
  const initial = (name: string) => uniformByFanIn(nInputs, seed, name);
  return {
    kernel: add(`${role}_kernel`, [nInputs, nOutputs], initial(`${role}_kernel`)),
    bias: add(`${role}_bias`, [nOutputs], initial(`${role}_bias`)),
  };
}

/** Adds the vector `[nInputs, 1]` that turns what was projected into one number, normal as Xavier's. */
export function addVector(add: AddWeight, role: string, nInputs: number, seed: number): LayerVariable {
  const stddev = Math.sqrt(2 / (nInputs + 1));
  return add(role, [nInputs, 1], initializers.randomNormal({ mean: 0, stddev, seed: deriveSeed(seed, role) }));
}

/** `[..., inputs]` to `[..., outputs]`. */
export function project(x: tf.Tensor, { kernel, bias }: NodeProjection): tf.Tensor {
  const weights = kernel.read() as tf.Tensor2D;
  const [nInputs, nOutputs] = weights.shape;
  const rows = tf.matMul(tf.reshape(x, [-1, nInputs]) as tf.Tensor2D, weights);
  return tf.reshape(tf.add(rows, bias.read()), [...x.shape.slice(0, -1), nOutputs]);
}

/** The product of each node with each: `[batch, nodes, nodes, channels]`. */
export function pairsOf(nodes: tf.Tensor): tf.Tensor {
  return tf.mul(tf.expandDims(nodes, 2), tf.expandDims(nodes, 1));
}

/** What nodes take from those that they attend to, plus what they keep of themselves. */
export function exchange(
  attention: tf.Tensor,
  sources: tf.Tensor,
  receivers: tf.Tensor,
  neighbours: NodeProjection,
  own: NodeProjection,
): tf.Tensor {
  return tf.add(project(tf.matMul(attention, sources), neighbours), project(receivers, own));
}
