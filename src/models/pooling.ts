/** Ways from a sequence to one vector, for any model that has a sequence before its head. */
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { AttentiveStatisticsPooling } from '../layers/attentive-statistics-pooling.js';
import { BidirectionalLstm } from '../layers/bidirectional-lstm.js';
import { Gru } from '../layers/gru.js';
import { LastFrame } from '../layers/last-frame.js';
import { LayerNorm } from '../layers/layer-norm.js';
import { PositionEncoding } from '../layers/position-encoding.js';
import { SelfAttentivePooling } from '../layers/self-attentive-pooling.js';
import { StatisticsPooling } from '../layers/statistics-pooling.js';
import { deriveSeed } from '../runtime/random.js';
import { Registry } from '../runtime/registry.js';
import { linear } from './blocks.js';
import { transformerBlock } from './transformer-block.js';

const weighing = z.int().min(1).default(128).describe('Width of the network that weighs the frames.');
const nLayers = z.int().min(1).default(1).describe('Layers, one after the other.');

/** What a pooling's layers are called, and the model's seed. */
export interface Place {
  readonly name: string;
  readonly seed: number;
}

/** An entry of the registry of poolings. */
export interface PoolingType<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** `[batch, frames, features]` to `[batch, width]`. */
  pool(sequence: SymbolicTensor, options: z.output<Schema>, place: Place): SymbolicTensor;
}

const plain = z.strictObject({});

const averaged: PoolingType<typeof plain> = { schema: plain, pool: (sequence, _, { name }) => mean(sequence, name) };

const statistics: PoolingType<typeof plain> = {
  schema: plain,
  pool: (sequence, _, { name }) => new StatisticsPooling({ name }).apply(sequence) as SymbolicTensor,
};

const attentiveSchema = z.strictObject({
  units: weighing,
  channelwise: z.boolean().default(true).describe('Whether each feature has weights of its own.'),
});
const attentiveStatistics: PoolingType<typeof attentiveSchema> = {
  schema: attentiveSchema,
  pool: (sequence, { units, channelwise }, { name, seed }) => {
    const options = { name, seed: deriveSeed(seed, name), units, channelwise };
    return new AttentiveStatisticsPooling(options).apply(sequence) as SymbolicTensor;
  },
};

const attentionSchema = z.strictObject({
  units: weighing,
  nHeads: z.int().min(1).default(1).describe('Weighted means, side by side.'),
});
const selfAttention: PoolingType<typeof attentionSchema> = {
  schema: attentionSchema,
  pool: (sequence, { units, nHeads }, { name, seed }) => {
    const options = { name, seed: deriveSeed(seed, name), units, nHeads };
    return new SelfAttentivePooling(options).apply(sequence) as SymbolicTensor;
  },
};

const bilstmSchema = z.strictObject({
  units: z.int().min(1).default(64).describe('Width of each direction.'),
  nLayers,
});
const bilstm: PoolingType<typeof bilstmSchema> = {
  schema: bilstmSchema,
  pool: (sequence, { units, nLayers }, { name, seed }) => {
    const last = stacked(sequence, nLayers, (x, i) => {
      const layer = { name: `${name}-lstm${i}`, units, seed: deriveSeed(seed, `${name}-lstm${i}`) };
      return new BidirectionalLstm(layer).apply(x) as SymbolicTensor;
    });
    return mean(last, name);
  },
};

const gruSchema = z.strictObject({
  units: z.int().min(1).default(128).describe('Width of the state.'),
  nLayers,
});
const gru: PoolingType<typeof gruSchema> = {
  schema: gruSchema,
  pool: (sequence, { units, nLayers }, { name, seed }) => {
    const last = stacked(sequence, nLayers, (x, i) => {
      const layer = { name: `${name}-gru${i}`, units, seed: deriveSeed(seed, `${name}-gru${i}`) };
      return new Gru(layer).apply(x) as SymbolicTensor;
    });
    return new LastFrame({ name }).apply(last) as SymbolicTensor;
  },
};

const transformerSchema = z
  .strictObject({
    units: z.int().min(2).multipleOf(2).default(128).describe('Width; even.'),
    nHeads: z.int().min(1).default(4).describe('Heads of the attention; must divide units.'),
    nLayers,
    dropout: z.number().min(0).lt(1).default(0.1).describe('Share dropped in training after each part of a layer.'),
  })
  .refine(({ units, nHeads }) => units % nHeads === 0, { path: ['nHeads'], message: 'must divide units' });
const transformer: PoolingType<typeof transformerSchema> = {
  schema: transformerSchema,
  pool: (sequence, options, place) => mean(encoded(sequence, options, place), place.name),
};

/**
 * The ways there are:
 * - `mean` over time;
 * - `statistics`: mean and standard deviation;
 * - `attentive-statistics`: the same, weighted (Okabe et al., 2018; ECAPA-TDNN);
 * - `self-attention`: weighted means (Cai et al., 2018);
 * - `bilstm`, and then the mean;
 * - `gru`, and then its last state;
 * - `transformer` encoder on a projection with sinusoidal positions, and then the mean.
 */
const ours = {
  mean: averaged,
  statistics,
  'attentive-statistics': attentiveStatistics,
  'self-attention': selfAttention,
  bilstm,
  gru,
  transformer,
} as const satisfies Readonly<Record<string, PoolingType>>;
const poolings = new Registry<PoolingType, typeof ours, 'pooling'>('pooling', ours);

/** A pooling by its name, or with its options. */
export const poolingSchema = poolings.option();

/** One way, resolved. */
export type Pooling = z.output<typeof poolingSchema>;

/**
 * `[batch, frames, features]` to `[batch, width]`.
 *
 * @param seed the model's
 * @param name opens the names of the layers
 */
export function pool(sequence: SymbolicTensor, pooling: Pooling, seed: number, name = 'pooling'): SymbolicTensor {
  const { entry, options } = poolings.resolve(pooling);
  return entry.pool(sequence, options, { name, seed });
}

function mean(sequence: SymbolicTensor, name: string): SymbolicTensor {
  return layers.globalAveragePooling1d({ name }).apply(sequence) as SymbolicTensor;
}

/** Pre-norm encoder layers, with the norm that they end in. */
function encoded(
  sequence: SymbolicTensor,
  { units, nHeads, nLayers, dropout }: z.output<typeof transformerSchema>,
  { name, seed }: Place,
): SymbolicTensor {
  const projected = linear(sequence, { name: `${name}-input`, units, seed });
  const placed = new PositionEncoding({ name: `${name}-positions` }).apply(projected) as SymbolicTensor;
  const last = stacked(placed, nLayers, (x, i) =>
    transformerBlock(x, { name: `${name}-block${i}`, nHeads, nHidden: 4 * units, dropout, norm: 'before', seed }),
  );
  return new LayerNorm({ name: `${name}-norm` }).apply(last) as SymbolicTensor;
}

function stacked(
  x: SymbolicTensor,
  nLayers: number,
  layer: (x: SymbolicTensor, index: number) => SymbolicTensor,
): SymbolicTensor {
  let y = x;
  for (let i = 1; i <= nLayers; i++) y = layer(y, i);
  return y;
}
