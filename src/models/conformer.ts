/**
 * A Conformer encoder as a classifier: convolutions that shorten the features, then blocks of attention with relative positions and
 * of convolution between two half feed-forward networks (Gulati et al., "Conformer: Convolution-augmented Transformer for
 * speech recognition", Interspeech 2020); no reference code.
 *
 * Input `[batch, frames, bins]`, at least 4 each; frames may be free. Output `[batch, nLogits]`. By default the encoder is of the
 * size of the paper's Conformer-S: 16 blocks of width 144 with 4 heads, 8,704,226 trained weights with 80 bins. Deviations:
 * the kernel spans 31 frames, not 32, so that it has a middle.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BatchNorm } from '../layers/batch-norm.js';
import { Convolution } from '../layers/convolution.js';
import { Convolution1d } from '../layers/convolution-1d.js';
import { Dropout } from '../layers/dropout.js';
import { FlattenBins } from '../layers/flatten-bins.js';
import { GatedLinearUnit } from '../layers/gated-linear-unit.js';
import { LayerNorm } from '../layers/layer-norm.js';
import { MultiHeadAttention } from '../layers/multi-head-attention.js';
import { Rectifier } from '../layers/rectifier.js';
import { Scale } from '../layers/scale.js';
import { Swish } from '../layers/swish.js';
import { deriveSeed } from '../runtime/random.js';
import { featureInput, linear } from './blocks.js';
import { headFields, logitsHead } from './head.js';
import type { ModelType } from './model.js';
import { pool, poolingSchema } from './pooling.js';

const schema = z
  .strictObject({
    units: z.int().min(2).multipleOf(2).default(144).describe('Width of the encoder; even.'),
    nBlocks: z.int().min(1).default(16).describe('Conformer blocks.'),
    nHeads: z.int().min(1).default(4).describe('Heads of the attention; must divide units.'),
    expansion: z.int().min(1).default(4).describe('Width of the feed-forward networks, in units.'),
    kernelSize: z
      .int()
      .min(3)
      .refine((size) => size % 2 === 1, 'must be odd, so that both sides are padded alike')
      .default(31)
      .describe('Frames that the convolution of a block spans.'),
    nChannels: z.int().min(1).default(144).describe('Channels of the two convolutions that shorten the features.'),
    dropout: z.number().min(0).lt(1).default(0.1).describe('Share dropped in training after each part of a block.'),
    pooling: poolingSchema.prefault('mean').describe('From the sequence to the embedding.'),
    ...headFields,
  })
  .refine(({ units, nHeads }) => units % nHeads === 0, { path: ['nHeads'], message: 'must divide units' });

/** Options of `conformer`, resolved. */
export type ConformerOptions = z.output<typeof schema>;

/** How many times the two convolutions shrink frames and bins. */
const REDUCTION = 4;
/** `conformer` in the registry. */
export const conformer: ModelType<typeof schema> = { schema, input: 'features', recomputation: ['input'], build };

function build(options: ConformerOptions, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { units, nBlocks, dropout } = options;
  const { input, maps } = featureInput(inputShape, REDUCTION, 'conformer');
  const short = shortened(shortened(maps, 'short1', options, seed), 'short2', options, seed);
  const sequence = new FlattenBins({ name: 'flatten' }).apply(short) as SymbolicTensor; // [batch, frames / 4, features]
  const projected = linear(sequence, { name: 'projection', units, seed });
  let x = new Dropout({ name: 'input', rate: dropout }).apply(projected) as SymbolicTensor;
  for (let i = 1; i <= nBlocks; i++) x = conformerBlock(x, `block${i}`, options, seed);
  return model({
    name: 'conformer',
    inputs: input,
    outputs: logitsHead(pool(x, options.pooling, seed), options, seed),
  });
}

/** Half the frames and bins, by a convolution of stride 2. */
function shortened(x: SymbolicTensor, name: string, { nChannels }: ConformerOptions, seed: number): SymbolicTensor {
  const convolution = { name, nChannels, kernelSize: 3, strides: 2, seed: deriveSeed(seed, name) };
  const maps = new Convolution(convolution).apply(x);
  return new Rectifier({ name: `${name}-active` }).apply(maps) as SymbolicTensor;
}

/** `[batch, frames, units]` to the same shape. */
function conformerBlock(x: SymbolicTensor, name: string, options: ConformerOptions, seed: number): SymbolicTensor {
  const { nHeads, dropout } = options;
  const part = (y: SymbolicTensor, role: string, factor: number, compute: (y: SymbolicTensor) => SymbolicTensor) => {
    const own = `${name}-${role}`;
    const computed = compute(new LayerNorm({ name: `${own}-norm` }).apply(y) as SymbolicTensor);
    let dropped = new Dropout({ name: `${own}-dropout`, rate: dropout }).apply(computed) as SymbolicTensor;
    if (factor !== 1) dropped = new Scale({ name: `${own}-scale`, factor }).apply(dropped) as SymbolicTensor;
    return layers.add({ name: `${own}-skip` }).apply([y, dropped]) as SymbolicTensor;
  };
  const halfStep = (y: SymbolicTensor, role: string) =>
    part(y, role, 0.5, (z) => feedForward(z, `${name}-${role}`, options, seed));
  let y = halfStep(x, 'forward1');
  y = part(y, 'attention', 1, (z) => {
    const own = `${name}-attention`;
    const attention = { name: own, nHeads, positions: 'relative' as const, seed: deriveSeed(seed, own) };
    return new MultiHeadAttention(attention).apply(z) as SymbolicTensor;
  });
  y = part(y, 'convolution', 1, (z) => convolution(z, `${name}-convolution`, options, seed));
  return new LayerNorm({ name: `${name}-norm` }).apply(halfStep(y, 'forward2')) as SymbolicTensor;
}

function feedForward(
  x: SymbolicTensor,
  name: string,
  { units, expansion, dropout }: ConformerOptions,
  seed: number,
): SymbolicTensor {
  const hidden = linear(x, { name: `${name}-hidden`, units: expansion * units, seed });
  const active = new Swish({ name: `${name}-swish` }).apply(hidden);
  const dropped = new Dropout({ name: `${name}-hidden-dropout`, rate: dropout }).apply(active) as SymbolicTensor;
  return linear(dropped, { name: `${name}-output`, units, seed });
}

/** Pointwise and gated, then along time for each channel by itself, then pointwise. */
function convolution(
  x: SymbolicTensor,
  name: string,
  { units, kernelSize }: ConformerOptions,
  seed: number,
): SymbolicTensor {
  const gated = new GatedLinearUnit({ name: `${name}-gate` }).apply(
    linear(x, { name: `${name}-input`, units: 2 * units, seed }),
  );
  const depthwise = {
    name: `${name}-depthwise`,
    nChannels: units,
    kernelSize,
    padding: (kernelSize - 1) / 2,
    groups: units,
    useBias: false,
    seed: deriveSeed(seed, `${name}-depthwise`),
  };
  const convolved = new Convolution1d(depthwise).apply(gated);
  const normalised = new BatchNorm({ name: `${name}-batch-norm` }).apply(convolved);
  const active = new Swish({ name: `${name}-swish` }).apply(normalised) as SymbolicTensor;
  return linear(active, { name: `${name}-output`, units, seed });
}
