/**
 * LCNN-LSTM: nine convolutions with max-feature-maps, two bidirectional LSTMs with a skip, mean over time (Wang and
 * Yamagishi, "A comparative study on recent neural spoofing countermeasures", Interspeech 2021; convolutions after
 * Lavrentyeva et al., "STC antispoofing systems for the ASVspoof2019 challenge", Interspeech 2019).
 *
 * Reference code: the LFCC-LCNN baseline of ASVspoof 2021 (asvspoof-challenge/2021, LA/Baseline-LFCC-LCNN).
 * Input `[batch, frames, bins]`, at least 16 each; frames may be free. Output `[batch, nLogits]`. With 60 bins and one
 * logit 269,729 trained weights, as the reference. Deviations: two logits by default, and the choices of a width, of
 * a pooling and of a head.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BatchNorm } from '../layers/batch-norm.js';
import { BidirectionalLstm } from '../layers/bidirectional-lstm.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Convolution } from '../layers/convolution.js';
import { Dropout } from '../layers/dropout.js';
import { FlattenBins } from '../layers/flatten-bins.js';
import { MaxFeatureMap } from '../layers/max-feature-map.js';
import { deriveSeed } from '../runtime/random.js';
import { featureInput } from './blocks.js';
import { headFields, logitsHead } from './head.js';
import type { ModelType } from './model.js';
import { pool, poolingSchema } from './pooling.js';

const schema = z.strictObject({
  dropout: z.number().min(0).lt(1).default(0.7).describe('Share of the last feature maps dropped in training.'),
  ...headFields,
  pooling: poolingSchema.prefault('mean').describe('From the sequence to the embedding.'),
  width: z.number().min(0.0625).max(8).default(1).describe('Factor on the number of channels of every layer.'),
});

/** Options of `lcnn`, resolved. */
export type LcnnOptions = z.output<typeof schema>;

/** A convolution and what follows its max-feature-map, in order. */
interface Block {
  readonly kernelSize: number;
  /** Channels after the max-feature-map, at width 1. */
  readonly nChannels: number;
  readonly pool?: true;
  readonly norm?: true;
}

const BLOCKS: readonly Block[] = [
  { kernelSize: 5, nChannels: 32, pool: true },
  { kernelSize: 1, nChannels: 32, norm: true },
  { kernelSize: 3, nChannels: 48, pool: true, norm: true },
  { kernelSize: 1, nChannels: 48, norm: true },
  { kernelSize: 3, nChannels: 64, pool: true },
  { kernelSize: 1, nChannels: 64, norm: true },
  { kernelSize: 3, nChannels: 32, norm: true },
  { kernelSize: 1, nChannels: 32, norm: true },
  { kernelSize: 3, nChannels: 32, pool: true },
];
/** How many times the four poolings shrink time and frequency. */
const REDUCTION = 16;

/** `lcnn` in the registry. */
export const lcnn: ModelType<typeof schema> = {
  schema,
  input: 'features',
  recomputation: ['mfm1', 'norm3', 'mfm5', 'mfm9'],
  build,
};

function build(
  { dropout, width, pooling, ...head }: LcnnOptions,
  inputShape: readonly (number | null)[],
  seed: number,
): LayersModel {
  const { input, maps } = featureInput(inputShape, REDUCTION, 'lcnn');
  const convolved = BLOCKS.reduce((x, block, i) => convolutionBlock(x, block, i + 1, width, seed), maps);
  const dropped = new Dropout({ name: 'dropout', rate: dropout }).apply(convolved);
  const sequence = new FlattenBins({ name: 'flatten' }).apply(dropped) as SymbolicTensor; // [batch, frames / 16, features]
  const units = (sequence.shape[2] as number) / 2;
  const lstm1 = new BidirectionalLstm({ name: 'lstm1', units, seed: deriveSeed(seed, 'lstm1') }).apply(sequence);
  const lstm2 = new BidirectionalLstm({ name: 'lstm2', units, seed: deriveSeed(seed, 'lstm2') }).apply(lstm1);
  const skipped = layers.add({ name: 'skip' }).apply([sequence, lstm2 as SymbolicTensor]) as SymbolicTensor;
  const embedding = pool(skipped, pooling, seed);
  return model({ name: 'lcnn', inputs: input, outputs: logitsHead(embedding, head, seed) });
}

/**
 * `[batch, frames, bins, channels]` to the block's channels, and half the frames and bins where it pools. The reference
 * pools after the max-feature-map; the other way round gives the same maximum for less work.
 */
function convolutionBlock(x: SymbolicTensor, block: Block, index: number, width: number, seed: number): SymbolicTensor {
  const name = `conv${index}`;
  // Even, so that the width of the LSTMs' input is, too.
  const nChannels = 2 * Math.max(1, Math.round((block.nChannels * width) / 2));
  const convolution = { name, nChannels: 2 * nChannels, kernelSize: block.kernelSize, seed: deriveSeed(seed, name) };
  let y = new Convolution(convolution).apply(x);
  if (block.pool) y = new BlockMaxPool({ name: `pool${index}`, nFrames: 2, nBins: 2 }).apply(y);
  y = new MaxFeatureMap({ name: `mfm${index}` }).apply(y);
  if (block.norm) y = new BatchNorm({ name: `norm${index}`, center: false, scale: false }).apply(y);
  return y as SymbolicTensor;
}
