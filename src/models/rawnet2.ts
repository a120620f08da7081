/**
 * RawNet2: the waveform through fixed sinc filters, six residual blocks with feature-map scaling, and a stack of GRUs (Tak et
 * al., "End-to-end anti-spoofing with RawNet2", ICASSP 2021; after Jung et al., Interspeech 2020).
 *
 * Reference code: the RawNet2 baseline of ASVspoof 2021 (asvspoof-challenge/2021, LA/Baseline-RawNet2; clovaai/aasist's
 * is the same) and, as a variant, eurecom-asp/rawnet2-antispoofing. Input `[batch, samples]` at 16 kHz, at least
 * `kernelSize - 1 + 3^7` samples (the baseline: 64,600); the number may be free. Output `[batch, nLogits]`, before the
 * log-softmax that the baseline ends with. 17,620,346 trained weights by default.
 *
 * Dead in the baseline, hence not trained here: the first batch norm of the blocks 1 to 5 (`block1-norm1` to
 * `block5-norm1`, 1,064 weights), of which only the running statistics move. eurecom's blocks use it.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BatchNorm } from '../layers/batch-norm.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Convolution } from '../layers/convolution.js';
import { FeatureMapScaling } from '../layers/feature-map-scaling.js';
import { FlattenBins } from '../layers/flatten-bins.js';
import { Rectifier } from '../layers/rectifier.js';
import { Selu } from '../layers/selu.js';
import { SincConvolution } from '../layers/sinc-convolution.js';
import { UnusedBatchNorm } from '../layers/unused-batch-norm.js';
import { deriveSeed } from '../runtime/random.js';
import { waveformInput } from './blocks.js';
import { headFields, headSchema, logitsHead } from './head.js';
import type { ModelType } from './model.js';
import { pool, poolingSchema } from './pooling.js';

const schema = z.strictObject({
  variant: z
    .enum(['asvspoof2021', 'eurecom'])
    .default('asvspoof2021')
    .describe('Whose blocks and bands: eurecom’s blocks begin with norm and activation, its bands stop below 8 kHz.'),
  nFilters: z.int().min(1).default(20).describe('Sinc filters, and channels of the first two blocks.'),
  kernelSize: z
    .int()
    .min(3)
    .refine((size) => size % 2 === 1, 'must be odd, so that the filters are symmetric')
    .default(1025)
    .describe('Samples that a sinc filter spans.'),
  maxMaskedFilters: z
    .int()
    .min(0)
    .default(0)
    .describe('In training, 0 to so many neighbouring sinc filters are silenced.'),
  nChannels: z.int().min(1).default(128).describe('Channels of the last four blocks.'),
  pooling: poolingSchema
    .prefault({ type: 'gru', units: 1024, nLayers: 3 })
    .describe('From the sequence to the embedding.'),
  ...headFields,
  head: headSchema.prefault({ type: 'mlp', units: 1024, activation: 'none' }).describe('From the embedding to logits.'),
});

/** Options of `rawnet2`, resolved. */
export type RawNet2Options = z.output<typeof schema>;

const N_BLOCKS = 6;
/** Of which the first so many have as many channels as there are filters. */
const N_NARROW_BLOCKS = 2;
/** Frames that become one, after the filters and after each block. */
const POOL = 3;
/** Slope of the activations below zero. */
const SLOPE = 0.3;

/** `rawnet2` in the registry. */
export const rawnet2: ModelType<typeof schema> = {
  schema,
  input: 'waveform',
  recomputation: Array.from({ length: N_BLOCKS }, (_, i) => `block${i}-scaling`),
  build,
};

function build(options: RawNet2Options, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { variant, nFilters, kernelSize, maxMaskedFilters, nChannels, pooling } = options;
  const waveform = waveformInput(inputShape, kernelSize - 1 + POOL ** (N_BLOCKS + 1), 'rawnet2');
  const scale = variant === 'eurecom' ? 'mel-below-top' : 'mel';
  const bands = new SincConvolution({ name: 'sinc', nFilters, kernelSize, scale, maxMaskedFilters }).apply(
    waveform,
  ) as SymbolicTensor; // [batch, samples - kernelSize + 1, nFilters]
  const maps = layers
    .reshape({ name: 'maps', targetShape: [bands.shape[1] ?? null, 1, nFilters] })
    .apply(bands) as SymbolicTensor;
  const pooled = new BlockMaxPool({ name: 'pool', nFrames: POOL, absolute: true }).apply(maps);
  let x = activated(pooled as SymbolicTensor, 'front');
  for (let i = 0; i < N_BLOCKS; i++) {
    const channels = i < N_NARROW_BLOCKS ? nFilters : nChannels;
    x = residualBlock(x, { name: `block${i}`, nChannels: channels, variant, isFirst: i === 0, seed });
  } // [batch, frames, 1, nChannels]
  const sequence = new FlattenBins({ name: 'flatten' }).apply(activated(x, 'last')) as SymbolicTensor;
  return model({
    name: 'rawnet2',
    inputs: waveform,
    outputs: logitsHead(pool(sequence, pooling, seed), options, seed),
  });
}

/** Batch norm and SELU. */
function activated(x: SymbolicTensor, name: string): SymbolicTensor {
  const normalised = new BatchNorm({ name: `${name}-norm` }).apply(x);
  return new Selu({ name: `${name}-selu` }).apply(normalised) as SymbolicTensor;
}

interface Block {
  readonly name: string;
  readonly nChannels: number;
  readonly variant: RawNet2Options['variant'];
  readonly isFirst: boolean;
  readonly seed: number;
}

/** Two convolutions over three frames beside a shortcut, the maximum over three frames, feature-map scaling. */
function residualBlock(x: SymbolicTensor, { name, nChannels, variant, isFirst, seed }: Block): SymbolicTensor {
  const convolution = (role: string, length: number) => {
    const own = `${name}-${role}`;
    return new Convolution({ name: own, nChannels, kernelSize: [length, 1], seed: deriveSeed(seed, own) });
  };
  const rectifier = (role: string) => new Rectifier({ name: `${name}-${role}`, slope: SLOPE });
  let identity = x;
  let entered = x;
  if (!isFirst && variant === 'eurecom') {
    const normalised = new BatchNorm({ name: `${name}-norm1` }).apply(x);
    entered = rectifier('active1').apply(normalised) as SymbolicTensor;
  } else if (!isFirst) {
    identity = new UnusedBatchNorm({ name: `${name}-norm1` }).apply(x) as SymbolicTensor;
    entered = identity;
  }
  const first = convolution('conv1', 3).apply(entered);
  const normalised = new BatchNorm({ name: `${name}-norm2` }).apply(first);
  const second = convolution('conv2', 3).apply(rectifier('active2').apply(normalised));
  const shortcut = x.shape[3] === nChannels ? identity : convolution('shortcut', 1).apply(identity);
  const sum = layers.add({ name: `${name}-sum` }).apply([second, shortcut] as SymbolicTensor[]);
  const pooled = new BlockMaxPool({ name: `${name}-pool`, nFrames: POOL }).apply(sum);
  const scaling = { name: `${name}-scaling`, seed: deriveSeed(seed, `${name}-scaling`) };
  return new FeatureMapScaling(scaling).apply(pooled) as SymbolicTensor;
}
