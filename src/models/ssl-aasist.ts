/**
 * AASIST's graphs on a self-supervised encoder: the frames of Wav2Vec2 are brought to 128 values, seen as an image, and go
 * through a residual encoder into the graphs over frequency and over time (Tak et al., "Automatic speaker verification
 * spoofing and deepfake detection using wav2vec 2.0 and data augmentation", Odyssey 2022).
 *
 * Reference code: TakHemlata/SSL_Anti-spoofing at 4acaa61, model.py, on XLS-R-300M. Input `[batch, samples]` at 16 kHz, at
 * least 3 frames (1,040 samples) and with 128 features; the number may be free. Output `[batch, 2]`. Of the trained weights
 * 446,730 are the back-end's on XLS-R. The encoder's defaults are those of wav2vec2-base; those of XLS-R are in
 * `experiments/xlsr-aasist.json`. The reference takes the waveform as it is: `normalizeInput` false.
 *
 * Dead in the reference, hence not trained here: the first batch norm of the residual blocks 2 to 6. Deviations: the encoder
 * is that of transformers, whose last hidden state is normalised once as fairseq's is; dropout, LayerDrop and masks of the
 * encoder are options; the width of 128 is one.
 */
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { AttentiveNodes } from '../layers/attentive-nodes.js';
import { BatchNorm } from '../layers/batch-norm.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Dropout } from '../layers/dropout.js';
import { Selu } from '../layers/selu.js';
import { type AasistGraphOptions, graphEmbedding, spectralGraph, temporalGraph } from './aasist-graphs.js';
import { linear } from './blocks.js';
import type { ModelType } from './model.js';
import { residualBlock } from './residual-block.js';
import { encoder, encoderFields } from './wav2vec2.js';

const rate = z.number().min(0).lt(1);

/** Values and frames, before the residual encoder, of which the largest is kept. */
const POOL = 3;
/** Channels after each residual block. */
const BLOCKS = [32, 32, 64, 64, 64, 64];
const N_ATTENTION_CHANNELS = 128;
const N_GRAPH_CHANNELS = 64;
const RATIOS = { spectral: 0.5, temporal: 0.5, branch: 0.5 };

const schema = z.strictObject({
  ...encoderFields,
  nFeatures: z.int().min(POOL).default(128).describe('Values that a frame of the encoder is brought to.'),
  graphDropout: rate.default(0.2).describe('Share of the nodes’ values dropped before each graph attention.'),
  poolDropout: rate.default(0.3).describe('Share of the values dropped before a node’s score for pooling.'),
  branchDropout: rate.default(0.2).describe('Share of the values of either branch dropped before they meet.'),
  dropout: rate.default(0.5).describe('Share of the embedding dropped before the logits.'),
});

/** Options of `ssl-aasist`, resolved. */
export type SslAasistOptions = z.output<typeof schema>;

/** `ssl-aasist` in the registry. */
export const sslAasist: ModelType<typeof schema> = { schema, input: 'waveform', recomputation: 'layers', build };

function build(options: SslAasistOptions, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { waveform, hiddenStates } = encoder(options, inputShape, seed);
  const last = hiddenStates[hiddenStates.length - 1];
  const features = linear(last, { name: 'features', units: options.nFeatures, seed }); // [batch, frames, 128]
  const image = layers.reshape({ name: 'image', targetShape: [features.shape[1] ?? null, options.nFeatures, 1] });
  const pooled = new BlockMaxPool({ name: 'pool0', nFrames: POOL, nBins: POOL }).apply(image.apply(features));
  const front = activated(pooled as SymbolicTensor, 'norm0'); // [batch, frames / 3, 42, 1]
  const turned = layers.permute({ name: 'bins-first', dims: [2, 1, 3] }).apply(front) as SymbolicTensor;
  const encoded = BLOCKS.reduce(
    (x, nChannels, i) => residualBlock(x, { name: `block${i + 1}`, nChannels, seed, pools: false }),
    turned,
  );
  const upright = layers.permute({ name: 'frames-first', dims: [2, 1, 3] }).apply(encoded) as SymbolicTensor;
  const maps = activated(upright, 'norm7'); // [batch, frames / 3, 42, 64]

  // Convolutions of one value are linear maps of the channels.
  const hidden = linear(maps, { name: 'scores-hidden', units: N_ATTENTION_CHANNELS, seed });
  const active = new Selu({ name: 'scores-selu' }).apply(hidden);
  const normalised = new BatchNorm({ name: 'scores-norm' }).apply(active) as SymbolicTensor;
  const scores = linear(normalised, { name: 'scores', units: BLOCKS[BLOCKS.length - 1] as number, seed });
  const nodes = (name: string, over: 'frames' | 'bins') =>
    new AttentiveNodes({ name, over }).apply([maps, scores]) as SymbolicTensor;

  const graph: AasistGraphOptions & { branchDropout: number } = {
    ...{ graphDropout: options.graphDropout, poolDropout: options.poolDropout, branchDropout: options.branchDropout },
    ...{ nGraphChannels: N_GRAPH_CHANNELS, ratios: RATIOS, seed },
  };
  const spectral = spectralGraph(nodes('spectral-nodes', 'frames'), graph);
  const temporal = temporalGraph(nodes('temporal-nodes', 'bins'), graph);
  const embedding = graphEmbedding(temporal, spectral, graph); // [batch, 160]
  const dropped = new Dropout({ name: 'dropout', rate: options.dropout }).apply(embedding) as SymbolicTensor;
  return model({ name: 'ssl-aasist', inputs: waveform, outputs: linear(dropped, { name: 'logits', units: 2, seed }) });
}

function activated(x: SymbolicTensor, name: string): SymbolicTensor {
  const normalised = new BatchNorm({ name }).apply(x);
  return new Selu({ name: `${name}-selu` }).apply(normalised) as SymbolicTensor;
}
