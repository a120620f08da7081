/**
 * A convolutional network with a branch for each of two features that stand side by side, such as LFCC and CQT, and two tasks:
 * spoof or bona fide, and which attack. The branches are light CNNs with max-feature-maps (after Lavrentyeva et al., "STC
 * antispoofing systems for the ASVspoof2019 challenge", Interspeech 2019, whose systems fused such networks by their
 * scores); here their embeddings meet before the logits, and the attack types train them as well, after multi-task
 * learning for replay detection (Li et al., "Anti-spoofing speaker verification system with multi-feature integration
 * and multi-task learning", Interspeech 2019). No reference code.
 *
 * Input `[batch, frames, bins]`: the first `split` bins go to the first branch, the others to the second; at least 8 frames
 * and 8 bins each; frames may be free. Outputs `[batch, nLogits]` and, with `nAttacks` above 0, `[batch, nAttacks + 1]`: bona
 * fide, then each attack of the training set. Scores come from the first. With the defaults, 60 + 84 bins, 728,265 trained
 * weights.
 */
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BatchNorm } from '../layers/batch-norm.js';
import { BinSlice } from '../layers/bin-slice.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Convolution } from '../layers/convolution.js';
import { Dropout } from '../layers/dropout.js';
import { FlattenBins } from '../layers/flatten-bins.js';
import { showShape } from '../layers/layer-options.js';
import { MaxFeatureMap } from '../layers/max-feature-map.js';
import { ShapeError } from '../runtime/errors.js';
import { deriveSeed } from '../runtime/random.js';
import { linear } from './blocks.js';
import { headFields, logitsHead } from './head.js';
import type { ModelType } from './model.js';
import { pool, poolingSchema } from './pooling.js';

const schema = z.strictObject({
  split: z.int().min(1).default(60).describe('Bins of the first feature; the second takes the others.'),
  nAttacks: z
    .int()
    .min(0)
    .default(6)
    .describe('Attacks of the training set, which the second output tells apart; 0: no such output.'),
  width: z.number().min(0.0625).max(8).default(1).describe('Factor on the number of channels of every layer.'),
  nEmbedding: z.int().min(1).default(64).describe('Width of either branch’s embedding.'),
  dropout: z.number().min(0).lt(1).default(0.5).describe('Share of the joint embedding dropped in training.'),
  pooling: poolingSchema
    .prefault({ type: 'attentive-statistics', units: 64 })
    .describe('From the sequence of a branch to its embedding.'),
  ...headFields,
});

/** Options of `dual-branch`, resolved. */
export type DualBranchOptions = z.output<typeof schema>;

/** Convolutions of a branch; each halves frames and bins. Channels after the max-feature-map, at width 1. */
const BLOCKS = [
  { kernelSize: 5, nChannels: 32 },
  { kernelSize: 3, nChannels: 48 },
  { kernelSize: 3, nChannels: 64 },
] as const;
const REDUCTION = 2 ** BLOCKS.length;

/** `dual-branch` in the registry. */
export const dualBranch: ModelType<typeof schema> = { schema, input: 'features', build };

function build(options: DualBranchOptions, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { split, nAttacks, dropout } = options;
  const nBins = checkedBins(inputShape, split);
  const features = input({ name: 'features', shape: [...inputShape] });
  const embeddings = [
    branch(features, { name: 'first', from: 0, nBins: split }, options, seed),
    branch(features, { name: 'second', from: split, nBins: nBins - split }, options, seed),
  ];
  const joint = layers.concatenate({ name: 'joint' }).apply(embeddings);
  const embedding = new Dropout({ name: 'dropout', rate: dropout }).apply(joint) as SymbolicTensor;
  const logits = logitsHead(embedding, options, seed);
  if (nAttacks === 0) return model({ name: 'dual-branch', inputs: features, outputs: logits });
  const attackLogits = linear(embedding, { name: 'attack-logits', units: nAttacks + 1, seed });
  return model({ name: 'dual-branch', inputs: features, outputs: [logits, attackLogits] });
}

function checkedBins(inputShape: readonly (number | null)[], split: number): number {
  const [frames, bins] = inputShape;
  const isWide = typeof bins === 'number' && split >= REDUCTION && bins - split >= REDUCTION;
  if (inputShape.length !== 2 || !isWide || (frames ?? REDUCTION) < REDUCTION) {
    throw new ShapeError(
      `dual-branch: expected features [frames, bins] with at least ${REDUCTION} frames, and ${REDUCTION} bins on either side of split, got ${showShape([...inputShape])} with split ${split}; join two features, and set split to the bins of the first`,
    );
  }
  return bins;
}

interface Branch {
  readonly name: string;
  readonly from: number;
  readonly nBins: number;
}

/** Some bins of `[batch, frames, bins]` to `[batch, nEmbedding]`. */
function branch(
  features: SymbolicTensor,
  { name, from, nBins }: Branch,
  { width, nEmbedding, pooling }: DualBranchOptions,
  seed: number,
): SymbolicTensor {
  const own = new BinSlice({ name: `${name}-bins`, from, nBins }).apply(features) as SymbolicTensor;
  const targetShape = [own.shape[1] ?? null, nBins, 1];
  const maps = layers.reshape({ name: `${name}-maps`, targetShape }).apply(own) as SymbolicTensor;
  const convolved = BLOCKS.reduce((x, { kernelSize, nChannels }, i) => {
    const channels = Math.max(1, Math.round(nChannels * width));
    return block(x, { name: `${name}-conv${i + 1}`, kernelSize, nChannels: channels, seed });
  }, maps);
  const sequence = new FlattenBins({ name: `${name}-flatten` }).apply(convolved) as SymbolicTensor; // [batch, frames / 8, features]
  const pooled = pool(sequence, pooling, seed, `${name}-pooling`);
  const hidden = linear(pooled, { name: `${name}-hidden`, units: 2 * nEmbedding, seed });
  return new MaxFeatureMap({ name: `${name}-embedding` }).apply(hidden) as SymbolicTensor;
}

interface Block {
  readonly name: string;
  readonly kernelSize: number;
  readonly nChannels: number;
  readonly seed: number;
}

/** Convolution, max-feature-map to `nChannels`, half the frames and bins, batch norm. */
function block(x: SymbolicTensor, { name, kernelSize, nChannels, seed }: Block): SymbolicTensor {
  const convolution = { name, nChannels: 2 * nChannels, kernelSize, seed: deriveSeed(seed, name) };
  // Pooling first gives the same maximum for less work.
  const pooled = new BlockMaxPool({ name: `${name}-pool`, nFrames: 2, nBins: 2 }).apply(
    new Convolution(convolution).apply(x),
  );
  const active = new MaxFeatureMap({ name: `${name}-mfm` }).apply(pooled);
  return new BatchNorm({ name: `${name}-norm`, center: false, scale: false }).apply(active) as SymbolicTensor;
}
