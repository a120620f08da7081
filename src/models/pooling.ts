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
import { linear } from './blocks.js';
import { choice } from './choice.js';
import { transformerBlock } from './transformer-block.js';

const weighing = z.int().min(1).default(128).describe('Width of the network that weighs the frames.');
const nLayers = z.int().min(1).default(1).describe('Layers, one after the other.');

const attentiveStatistics = z.strictObject({
  type: z.literal('attentive-statistics'),
  units: weighing,
  channelwise: z.boolean().default(true).describe('Whether each feature has weights of its own.'),
});
const selfAttention = z.strictObject({
  type: z.literal('self-attention'),
  units: weighing,
  nHeads: z.int().min(1).default(1).describe('Weighted means, side by side.'),
});
const bilstm = z.strictObject({
  type: z.literal('bilstm'),
  units: z.int().min(1).default(64).describe('Width of each direction.'),
  nLayers,
});
const gru = z.strictObject({
  type: z.literal('gru'),
  units: z.int().min(1).default(128).describe('Width of the state.'),
  nLayers,
});
const transformer = z
  .strictObject({
    type: z.literal('transformer'),
    units: z.int().min(2).multipleOf(2).default(128).describe('Width; even.'),
    nHeads: z.int().min(1).default(4).describe('Heads of the attention; must divide units.'),
    nLayers,
    dropout: z.number().min(0).lt(1).default(0.1).describe('Share dropped in training after each part of a layer.'),
  })
  .refine(({ units, nHeads }) => units % nHeads === 0, { path: ['nHeads'], message: 'must divide units' });

/**
 * The ways there are, `{ "type": ... }` or the bare type:
 * - `mean` over time;
 * - `statistics`: mean and standard deviation;
 * - `attentive-statistics`: the same, weighted (Okabe et al., 2018; ECAPA-TDNN);
 * - `self-attention`: weighted means (Cai et al., 2018);
 * - `bilstm`, and then the mean;
 * - `gru`, and then its last state;
 * - `transformer` encoder on a projection with sinusoidal positions, and then the mean.
 */
export const poolingSchema = choice(
  z.strictObject({ type: z.literal('mean') }),
  z.strictObject({ type: z.literal('statistics') }),
  attentiveStatistics,
  selfAttention,
  bilstm,
  gru,
  transformer,
);

/** One way, resolved. */
export type Pooling = z.output<typeof poolingSchema>;

/**
 * `[batch, frames, features]` to `[batch, width]`.
 *
 * @param seed the model's
 * @param name opens the names of the layers
 */
export function pool(sequence: SymbolicTensor, pooling: Pooling, seed: number, name = 'pooling'): SymbolicTensor {
  const named = { name, seed: deriveSeed(seed, name) };
  switch (pooling.type) {
    case 'mean':
      return mean(sequence, name);
    case 'statistics':
      return new StatisticsPooling({ name }).apply(sequence) as SymbolicTensor;
    case 'attentive-statistics': {
      const { units, channelwise } = pooling;
      return new AttentiveStatisticsPooling({ ...named, units, channelwise }).apply(sequence) as SymbolicTensor;
    }
    case 'self-attention': {
      const { units, nHeads } = pooling;
      return new SelfAttentivePooling({ ...named, units, nHeads }).apply(sequence) as SymbolicTensor;
    }
    case 'bilstm':
      return mean(
        stacked(sequence, pooling.nLayers, (x, i) => {
          const layer = { name: `${name}-lstm${i}`, units: pooling.units, seed: deriveSeed(seed, `${name}-lstm${i}`) };
          return new BidirectionalLstm(layer).apply(x) as SymbolicTensor;
        }),
        name,
      );
    case 'gru': {
      const last = stacked(sequence, pooling.nLayers, (x, i) => {
        const layer = { name: `${name}-gru${i}`, units: pooling.units, seed: deriveSeed(seed, `${name}-gru${i}`) };
        return new Gru(layer).apply(x) as SymbolicTensor;
      });
      return new LastFrame({ name }).apply(last) as SymbolicTensor;
    }
    case 'transformer':
      return mean(encoded(sequence, pooling, seed, name), name);
  }
}

function mean(sequence: SymbolicTensor, name: string): SymbolicTensor {
  return layers.globalAveragePooling1d({ name }).apply(sequence) as SymbolicTensor;
}

/** Pre-norm encoder layers, with the norm that they end in. */
function encoded(
  sequence: SymbolicTensor,
  { units, nHeads, nLayers, dropout }: Extract<Pooling, { type: 'transformer' }>,
  seed: number,
  name: string,
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
