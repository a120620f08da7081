import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { GraphAttention } from '../../src/layers/graph-attention.js';
import { HeterogeneousGraphAttention } from '../../src/layers/heterogeneous-graph-attention.js';
import { MasterAttention } from '../../src/layers/master-attention.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

const PROJECTIONS = ['neighbour_kernel', 'neighbour_bias', 'own_kernel', 'own_bias'];
const SINGLE = ['attention_kernel', 'attention_bias', 'attention_vector', ...PROJECTIONS];
const MIXED = ['attention_kernel', 'attention_bias', 'first_vector', 'second_vector', 'cross_vector', ...PROJECTIONS];

describeLayerContract(GraphAttention, [
  {
    options: { nChannels: 4 },
    inputShape: [2, 5, 3],
    outputShape: [2, 5, 4],
    freeAxes: [0, 1],
    weights: SINGLE,
  },
  {
    options: { nChannels: 2, temperature: 0.5, seed: 3 },
    inputShape: [3, 4, 2],
    outputShape: [3, 4, 2],
    freeAxes: [0, 1],
    weights: SINGLE,
  },
]);

describeLayerContract(HeterogeneousGraphAttention, [
  {
    options: { nChannels: 4 },
    inputShape: [
      [2, 3, 3],
      [2, 2, 3],
    ],
    outputShape: [2, 5, 4],
    freeAxes: [0, 1],
    weights: MIXED,
  },
  {
    options: { nChannels: 2, temperature: 0.5, seed: 3 },
    inputShape: [
      [2, 2, 2],
      [2, 4, 2],
    ],
    outputShape: [2, 6, 2],
    freeAxes: [0, 1],
    weights: MIXED,
  },
]);

describeLayerContract(MasterAttention, [
  {
    options: { nChannels: 4 },
    inputShape: [
      [2, 5, 3],
      [2, 1, 3],
    ],
    outputShape: [2, 1, 4],
    freeAxes: [0, 1],
    weights: SINGLE,
  },
  {
    options: { nChannels: 2, temperature: 0.5, seed: 3 },
    inputShape: [
      [3, 4, 2],
      [3, 1, 2],
    ],
    outputShape: [3, 1, 2],
    freeAxes: [0, 1],
    weights: SINGLE,
  },
]);

const weightOf = (layer: layers.Layer, name: string): tf.Tensor =>
  layer.weights.find(({ originalName }) => originalName.endsWith(name))?.read() as tf.Tensor;
const output = (layer: layers.Layer, x: tf.Tensor | tf.Tensor[]): number[] => [
  ...(layer.apply(x) as tf.Tensor).dataSync(),
];

/** The formula of the docstring, in double precision: `receiver` takes from `sources` by the vector of each pair. */
function attend(layer: layers.Layer, receiver: number[], sources: number[][], vectors: string[], temperature: number) {
  const matrix = (name: string) => (weightOf(layer, name) as tf.Tensor2D).arraySync() as number[][];
  const vector = (name: string) => [...weightOf(layer, name).dataSync()];
  const times = (x: readonly number[], kernel: number[][], bias: number[]) =>
    bias.map((b, j) => x.reduce((sum, value, i) => sum + value * (kernel[i]?.[j] as number), b));
  const scores = sources.map((source, j) => {
    const product = source.map((value, i) => value * (receiver[i] as number));
    const hidden = times(product, matrix('attention_kernel'), vector('attention_bias')).map(Math.tanh);
    const weights = vector(vectors[j] as string);
    return Math.exp(hidden.reduce((sum, value, i) => sum + value * (weights[i] as number), 0) / temperature);
  });
  const total = scores.reduce((sum, score) => sum + score);
  const gathered = receiver.map((_, i) =>
    sources.reduce((sum, source, j) => sum + ((scores[j] as number) / total) * (source[i] as number), 0),
  );
  const own = times(receiver, matrix('own_kernel'), vector('own_bias'));
  return times(gathered, matrix('neighbour_kernel'), vector('neighbour_bias')).map(
    (value, i) => value + (own[i] as number),
  );
}

function expectClose(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 5);
  });
}

test('nodes of one kind attend by the formula', () => {
  const x = spreadTensor([1, 4, 3], 1);
  const [nodes] = x.arraySync() as number[][][];
  const layer = new GraphAttention({ nChannels: 2, temperature: 2, seed: 5 });
  const got = output(layer, x);
  const vectors = (nodes as number[][]).map(() => 'attention_vector');
  expectClose(
    got,
    (nodes as number[][]).flatMap((node) => attend(layer, node, nodes as number[][], vectors, 2)),
  );
});

test('nodes of two kinds attend by the vector of the kinds of the pair', () => {
  const [first, second] = [spreadTensor([1, 2, 3], 1), spreadTensor([1, 3, 3], 2)];
  const nodes = [first, second].flatMap((kind) => (kind.arraySync() as number[][][])[0] as number[][]);
  const layer = new HeterogeneousGraphAttention({ nChannels: 2, temperature: 0.3, seed: 5 });
  const got = output(layer, [first, second]);
  const wanted = nodes.flatMap((node, i) => {
    const vectors = nodes.map((_, j) => (i < 2 !== j < 2 ? 'cross_vector' : i < 2 ? 'first_vector' : 'second_vector'));
    return attend(layer, node, nodes, vectors, 0.3);
  });
  expectClose(got, wanted);
});

test('the master attends to all nodes by the formula', () => {
  const [x, master] = [spreadTensor([1, 4, 3], 1), spreadTensor([1, 1, 3], 2)];
  const [nodes] = x.arraySync() as number[][][];
  const layer = new MasterAttention({ nChannels: 2, temperature: 0.3, seed: 5 });
  const got = output(layer, [x, master]);
  const vectors = (nodes as number[][]).map(() => 'attention_vector');
  expectClose(got, attend(layer, [...master.dataSync()], nodes as number[][], vectors, 0.3));
});

test('inputs that are no nodes are refused', () => {
  expect(() => new GraphAttention({ nChannels: 2 }).apply(tf.zeros([1, 2, 3, 4]))).toThrow(
    /expected rank 3 \[batch, nodes, channels\], got rank 4/,
  );
  const mixed = () => new HeterogeneousGraphAttention({ nChannels: 2 });
  expect(() => mixed().apply([tf.zeros([1, 2, 3]), tf.zeros([1, 2, 4])])).toThrow(
    /two kinds of nodes \[batch, nodes, channels\] of equal channels, got \[1, 2, 3\] and \[1, 2, 4\]/,
  );
  expect(() => mixed().apply(tf.zeros([1, 2, 3]))).toThrow(/two kinds of nodes .*, got \[1, 2, 3\]/);
  expect(() => new GraphAttention({ nChannels: 2, temperature: 0 })).toThrow(/temperature/);
});
