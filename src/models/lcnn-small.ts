/**
 * A light LCNN of two convolutions with max-feature-maps and adaptive average pooling, for log-mel input and binary
 * cross-entropy. After the max-feature-map networks of Lavrentyeva et al. ("Audio replay attack detection with deep
 * learning frameworks", Interspeech 2017); no reference code.
 *
 * Input `[batch, frames, bins]`, at least 4 each; frames may be free. Output `[batch, nLogits]`. 106,449 trained weights
 * with one logit, whatever the input.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { AdaptiveAveragePooling } from '../layers/adaptive-average-pooling.js';
import { BatchNorm } from '../layers/batch-norm.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Convolution } from '../layers/convolution.js';
import { Dropout } from '../layers/dropout.js';
import { MaxFeatureMap } from '../layers/max-feature-map.js';
import { deriveSeed } from '../runtime/random.js';
import { featureInput, linear } from './blocks.js';
import { headFields, logitsHead } from './head.js';
import type { ModelType } from './model.js';

const schema = z.strictObject({
  dropout: z.number().min(0).lt(1).default(0.5).describe('Share of the embedding dropped in training.'),
  ...headFields,
  nLogits: headFields.nLogits.default(1).describe('2: spoof and bona fide; 1: bona fide alone.'),
  poolFrames: z.int().min(1).default(1).describe('Cells along time after adaptive pooling.'),
  poolBins: z.int().min(1).default(10).describe('Cells along frequency after adaptive pooling.'),
});

/** Options of `lcnn-small`, resolved. */
export type LcnnSmallOptions = z.output<typeof schema>;

/** How many times the two poolings shrink time and frequency. */
const REDUCTION = 4;
const N_EMBEDDING = 80;

/** `lcnn-small` in the registry. */
export const lcnnSmall: ModelType<typeof schema> = { schema, input: 'features', build };

function build(options: LcnnSmallOptions, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { input, maps } = featureInput(inputShape, REDUCTION, 'lcnn-small');
  const block1 = block(maps, 1, 5, 32, seed); // [batch, frames / 2, bins / 2, 32]
  const block2 = block(block1, 2, 3, 48, seed); // [batch, frames / 4, bins / 4, 48]
  const pooling = { name: 'pool', nFrames: options.poolFrames, nBins: options.poolBins };
  const pooled = layers.flatten({ name: 'flatten' }).apply(new AdaptiveAveragePooling(pooling).apply(block2));
  const hidden = linear(pooled as SymbolicTensor, { name: 'dense', units: 2 * N_EMBEDDING, seed });
  const embedding = new MaxFeatureMap({ name: 'embedding' }).apply(hidden);
  const dropped = new Dropout({ name: 'dropout', rate: options.dropout }).apply(embedding) as SymbolicTensor;
  return model({ name: 'lcnn-small', inputs: input, outputs: logitsHead(dropped, options, seed) });
}

/** Convolution, pooling to half the frames and bins, max-feature-map to `nChannels`, batch norm. */
function block(x: SymbolicTensor, index: number, kernelSize: number, nChannels: number, seed: number): SymbolicTensor {
  const name = `conv${index}`;
  const convolved = new Convolution({ name, nChannels: 2 * nChannels, kernelSize, seed: deriveSeed(seed, name) }).apply(
    x,
  );
  const pooled = new BlockMaxPool({ name: `pool${index}`, nFrames: 2, nBins: 2 }).apply(convolved);
  const active = new MaxFeatureMap({ name: `mfm${index}` }).apply(pooled);
  return new BatchNorm({ name: `norm${index}`, center: false, scale: false }).apply(active) as SymbolicTensor;
}
