/**
 * AASIST and its light twin AASIST-L: the waveform through fixed sinc filters and a residual encoder; graph attention over
 * frequency and over time; then, twice in parallel, attention over both graphs together with a master node (Jung et al.,
 * "AASIST: Audio anti-spoofing using integrated spectro-temporal graph attention networks", ICASSP 2022).
 *
 * Reference code: clovaai/aasist, models/AASIST.py. Input `[batch, samples]` at 16 kHz, at least 2,315 samples (the
 * reference: 64,600); the number may be free. Output `[batch, 2]`. Trained weights: 297,354 in AASIST, 85,034 in AASIST-L.
 *
 * Dead in the reference, hence not trained here: the first batch norm of the residual blocks 2 to 6 (`block2-norm1` to
 * `block6-norm1`), of which only the running statistics move. Deviations: dropout at other rates and frequency masking are
 * options; the fourth pool ratio and the fourth temperature, which the reference never reads, are gone.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BatchNorm } from '../layers/batch-norm.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Dropout } from '../layers/dropout.js';
import { Selu } from '../layers/selu.js';
import { SincConvolution } from '../layers/sinc-convolution.js';
import {
  type AasistGraphOptions,
  graphEmbedding,
  largestNodes,
  spectralGraph,
  temporalGraph,
} from './aasist-graphs.js';
import { linear, waveformInput } from './blocks.js';
import type { ModelType } from './model.js';
import { residualBlock } from './residual-block.js';

const rate = z.number().min(0).lt(1);

const schema = z.strictObject({
  graphDropout: rate.default(0.2).describe('Share of the nodes’ values dropped before each graph attention.'),
  poolDropout: rate.default(0.3).describe('Share of the values dropped before a node’s score for pooling.'),
  branchDropout: rate.default(0.2).describe('Share of the values of either branch dropped before they meet.'),
  dropout: rate.default(0.5).describe('Share of the embedding dropped before the logits.'),
  maxMaskedFilters: z
    .int()
    .min(0)
    .max(70)
    .default(0)
    .describe('In training, 0 to so many neighbouring sinc filters are silenced (the paper: 19).'),
});

/** What sets the two apart. */
interface Size {
  /** Channels after each residual block. */
  readonly blocks: readonly number[];
  /** Channels of the nodes in the graphs of one kind. */
  readonly nGraphChannels: number;
  /** Share of the nodes kept: of the spectral graph, of the temporal one, of both in the branches. */
  readonly ratios: AasistGraphOptions['ratios'];
}

const N_FILTERS = 70;
const KERNEL_SIZE = 129;
/** Filters and frames, before the encoder, of which the largest magnitude is kept. */
const FIRST_POOL = 3;
const N_BLOCKS = 6;
/** Samples that become one temporal node. */
const LEAST_SAMPLES = KERNEL_SIZE - 1 + FIRST_POOL * 3 ** N_BLOCKS;

/** `aasist` in the registry. */
export const aasist: ModelType<typeof schema> = {
  schema,
  input: 'waveform',
  build: builder('aasist', {
    blocks: [32, 32, 64, 64, 64, 64],
    nGraphChannels: 64,
    ratios: { spectral: 0.5, temporal: 0.7, branch: 0.5 },
  }),
};

/** `aasist-l` in the registry. */
export const aasistL: ModelType<typeof schema> = {
  schema,
  input: 'waveform',
  build: builder('aasist-l', {
    blocks: [32, 32, 24, 24, 24, 24],
    nGraphChannels: 24,
    ratios: { spectral: 0.4, temporal: 0.5, branch: 0.7 },
  }),
};

function builder(type: string, { blocks, nGraphChannels, ratios }: Size): ModelType<typeof schema>['build'] {
  return (options, inputShape, seed): LayersModel => {
    const waveform = waveformInput(inputShape, LEAST_SAMPLES, type);
    const bands = new SincConvolution({
      name: 'sinc',
      nFilters: N_FILTERS,
      kernelSize: KERNEL_SIZE,
      maxMaskedFilters: options.maxMaskedFilters,
    }).apply(waveform) as SymbolicTensor; // [batch, samples - 128, 70]
    const spectrum = layers
      .reshape({ name: 'spectrum', targetShape: [bands.shape[1] ?? null, N_FILTERS, 1] })
      .apply(bands);
    const pooled = new BlockMaxPool({ name: 'pool0', nFrames: FIRST_POOL, nBins: FIRST_POOL, absolute: true }).apply(
      spectrum,
    );
    const normalised = new BatchNorm({ name: 'norm0' }).apply(pooled);
    const front = new Selu({ name: 'selu0' }).apply(normalised); // [batch, frames, 23, 1]
    const turned = layers.permute({ name: 'bins-first', dims: [2, 1, 3] }).apply(front) as SymbolicTensor;
    const encoded = blocks.reduce(
      (x, nChannels, i) => residualBlock(x, { name: `block${i + 1}`, nChannels, seed }),
      turned,
    ); // [batch, 23, frames / 729, channels]
    const maps = layers.permute({ name: 'frames-first', dims: [2, 1, 3] }).apply(encoded) as SymbolicTensor;

    const graph: AasistGraphOptions = { ...options, nGraphChannels, ratios, seed };
    const spectral = spectralGraph(largestNodes(maps, 'frames'), graph);
    const temporal = temporalGraph(largestNodes(maps, 'bins'), graph);
    const embedding = graphEmbedding(temporal, spectral, { ...graph, branchDropout: options.branchDropout });
    const last = new Dropout({ name: 'dropout', rate: options.dropout }).apply(embedding) as SymbolicTensor;
    return model({ name: type, inputs: waveform, outputs: linear(last, { name: 'logits', units: 2, seed }) });
  };
}
