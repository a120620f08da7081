/**
 * ResNet2: a residual network on feature maps whose last stages dilate their kernels where others would shrink the maps, with
 * squeeze-and-excitation and attentive statistics pooling. Residual networks for spoofing after Alzantot et al. ("Deep
 * residual neural networks for audio spoofing detection", Interspeech 2019), dilation and squeeze-and-excitation after Lai
 * et al. ("ASSERT: Anti-spoofing with squeeze-excitation and residual networks", Interspeech 2019), the pooling after Okabe
 * et al. (Interspeech 2018); no reference code.
 *
 * Input `[batch, frames, bins]`, at least 4 each; frames may be free. Output `[batch, nLogits]`. With the defaults and 60 bins
 * 2,296,186 trained weights.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BatchNorm } from '../layers/batch-norm.js';
import { Convolution } from '../layers/convolution.js';
import { Dropout } from '../layers/dropout.js';
import { FlattenBins } from '../layers/flatten-bins.js';
import { Rectifier } from '../layers/rectifier.js';
import { SqueezeExcitation } from '../layers/squeeze-excitation.js';
import { deriveSeed } from '../runtime/random.js';
import { featureInput } from './blocks.js';
import { headFields, logitsHead } from './head.js';
import type { ModelType } from './model.js';
import { pool, poolingSchema } from './pooling.js';

const schema = z.strictObject({
  width: z
    .number()
    .min(0.0625)
    .max(8)
    .default(1)
    .describe('Factor on the channels of the stages, 32, 64, 128 and 128.'),
  nBlocks: z.int().min(1).default(2).describe('Residual blocks of each stage.'),
  squeezeExcitation: z.boolean().default(true).describe('Whether each block weighs its channels.'),
  dropout: z.number().min(0).lt(1).default(0.2).describe('Share of the last feature maps dropped in training.'),
  pooling: poolingSchema
    .prefault({ type: 'attentive-statistics', units: 128 })
    .describe('From the sequence to the embedding.'),
  ...headFields,
});

/** Options of `resnet2`, resolved. */
export type ResNet2Options = z.output<typeof schema>;

/** A row of residual blocks. */
interface Stage {
  /** At width 1. */
  readonly nChannels: number;
  /** Of the first block. */
  readonly stride: 1 | 2;
  readonly dilation: number;
}

const STAGES: readonly Stage[] = [
  { nChannels: 32, stride: 1, dilation: 1 },
  { nChannels: 64, stride: 2, dilation: 1 },
  { nChannels: 128, stride: 1, dilation: 2 },
  { nChannels: 128, stride: 1, dilation: 4 },
];
/** How many times the first convolution and the strides shrink frames and bins. */
const REDUCTION = 4;
/** Channels to one unit of the network that weighs them, and the fewest units that don't all fall silent. */
const SQUEEZE = { share: 8, least: 4 };

/** `resnet2` in the registry. */
export const resnet2: ModelType<typeof schema> = {
  schema,
  input: 'features',
  recomputation: STAGES.map((_, i) => `stage${i + 1}-block1-active2`),
  build,
};

function build(options: ResNet2Options, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { input, maps } = featureInput(inputShape, REDUCTION, 'resnet2');
  const first = { nChannels: channelsOf(STAGES[0], options), kernelSize: 3, stride: 2, dilation: 1 };
  let x = rectified(convolved(maps, { name: 'stem', ...first, seed }), 'stem-active'); // [batch, frames / 2, bins / 2, channels]
  STAGES.forEach((stage, i) => {
    for (let j = 1; j <= options.nBlocks; j++) {
      const block = { ...stage, name: `stage${i + 1}-block${j}`, stride: j === 1 ? stage.stride : 1 };
      x = residualBlock(x, { ...block, nChannels: channelsOf(stage, options), seed }, options.squeezeExcitation);
    }
  }); // [batch, frames / 4, bins / 4, channels]
  const dropped = new Dropout({ name: 'dropout', rate: options.dropout }).apply(x);
  const sequence = new FlattenBins({ name: 'flatten' }).apply(dropped) as SymbolicTensor;
  const embedding = pool(sequence, options.pooling, seed);
  return model({ name: 'resnet2', inputs: input, outputs: logitsHead(embedding, options, seed) });
}

function channelsOf({ nChannels }: Stage, { width }: ResNet2Options): number {
  return Math.max(1, Math.round(nChannels * width));
}

interface ConvolutionPart {
  readonly name: string;
  readonly nChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly seed: number;
}

/** Two convolutions of 3 by 3, the first with the stride, beside a shortcut (He et al., CVPR 2016). */
function residualBlock(
  x: SymbolicTensor,
  block: Omit<ConvolutionPart, 'kernelSize'>,
  weighsChannels: boolean,
): SymbolicTensor {
  const { name, nChannels, stride, seed } = block;
  const first = rectified(convolved(x, { ...block, name: `${name}-conv1`, kernelSize: 3 }), `${name}-active1`);
  let y = convolved(first, { ...block, name: `${name}-conv2`, kernelSize: 3, stride: 1 });
  if (weighsChannels) {
    const own = `${name}-squeeze`;
    const squeeze = {
      name: own,
      units: Math.max(SQUEEZE.least, Math.round(nChannels / SQUEEZE.share)),
      seed: deriveSeed(seed, own),
    };
    y = new SqueezeExcitation(squeeze).apply(y) as SymbolicTensor;
  }
  const isSame = stride === 1 && x.shape[3] === nChannels;
  const shortcut = isSame ? x : convolved(x, { ...block, name: `${name}-shortcut`, kernelSize: 1, dilation: 1 });
  const sum = layers.add({ name: `${name}-sum` }).apply([y, shortcut]) as SymbolicTensor;
  return rectified(sum, `${name}-active2`);
}

/** Convolution without bias, and the batch norm that would take it away. */
function convolved(x: SymbolicTensor, { name, stride, seed, ...part }: ConvolutionPart): SymbolicTensor {
  const convolution = { name, ...part, strides: stride, useBias: false, seed: deriveSeed(seed, name) };
  const maps = new Convolution(convolution).apply(x);
  return new BatchNorm({ name: `${name}-norm` }).apply(maps) as SymbolicTensor;
}

function rectified(x: SymbolicTensor, name: string): SymbolicTensor {
  return new Rectifier({ name }).apply(x) as SymbolicTensor;
}
