/**
 * Wav2Vec2 and its siblings HuBERT and WavLM: convolutions on the waveform, a transformer encoder, and on top a way to
 * logits (Baevski et al., "wav2vec 2.0", NeurIPS 2020; Babu et al., "XLS-R", 2021; Hsu et al., "HuBERT", 2021; Chen et al.,
 * "WavLM", 2022).
 *
 * Reference code: transformers 4.57.1, `Wav2Vec2Model`, `HubertModel`, `WavLMModel` and their `ForSequenceClassification`.
 * Input `[batch, samples]` at 16 kHz, at least as many as one frame sees (400); the number may be free. Output
 * `[batch, nLogits]`, or with `encoderOnly` the last hidden state `[batch, frames, hiddenSize]`. The defaults are those of
 * wav2vec2-base: 94,371,712 trained weights in the encoder. Deviations: the product of attention and the rest are computed
 * in another order of sums; LayerDrop computes a layer that it leaves out.
 */
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ChannelNorm } from '../layers/channel-norm.js';
import { Convolution1d } from '../layers/convolution-1d.js';
import { Dropout } from '../layers/dropout.js';
import { type FrameGeometry, stackedGeometry } from '../layers/frame-mask.js';
import { Gelu } from '../layers/gelu.js';
import { LayerNorm } from '../layers/layer-norm.js';
import { MaskedMean } from '../layers/masked-mean.js';
import { PositionalConvolution } from '../layers/positional-convolution.js';
import { RelativePositions } from '../layers/relative-positions.js';
import { SpanMask, spanFields } from '../layers/span-mask.js';
import { TransformerLayer } from '../layers/transformer-layer.js';
import { WaveformNormalization } from '../layers/waveform-normalization.js';
import { WeightedLayerSum } from '../layers/weighted-layer-sum.js';
import { ShapeError } from '../runtime/errors.js';
import { deriveSeed } from '../runtime/random.js';
import { linear } from './blocks.js';
import { headFields, logitsHead } from './head.js';
import type { ModelType, PaddingKind } from './model.js';
import { pool, poolingSchema } from './pooling.js';

const rate = z.number().min(0).lt(1);
const size = z.int().min(1);

const convolution = z.strictObject({
  nChannels: size.describe('Output channels.'),
  kernelSize: size.describe('Steps that the kernel spans.'),
  stride: size.describe('Steps from one output to the next.'),
});

const BASE_CONVOLUTIONS = [10, 3, 3, 3, 3, 2, 2].map((kernelSize, i) => ({
  nChannels: 512,
  kernelSize,
  stride: i === 0 ? 5 : 2,
}));

/** Options of the encoder, which architectures on top of one take over. */
export const encoderFields = {
  family: z
    .enum(['wav2vec2', 'hubert', 'wavlm'])
    .default('wav2vec2')
    .describe('wavlm adds gated relative positions to the attention; the other two differ by name only.'),
  normalizeInput: z.boolean().default(true).describe('Whether each clip is brought to mean 0 and variance 1.'),
  convolutions: z.array(convolution).min(1).default(BASE_CONVOLUTIONS).describe('From waveform to frames, in order.'),
  convolutionBias: z.boolean().default(false).describe('Whether the convolutions have one.'),
  convolutionNorm: z
    .enum(['group', 'layer'])
    .default('group')
    .describe('group: each channel over time, after the first convolution; layer: over the channels, after each.'),
  projectionNorm: z.boolean().default(true).describe('Whether frames are normalised before their projection.'),
  hiddenSize: size.default(768).describe('Features of the transformer.'),
  nLayers: size.default(12).describe('Layers of the transformer.'),
  nHeads: size.default(12).describe('Heads of its attention; must divide hiddenSize.'),
  intermediateSize: size.default(3072).describe('Values between the two linear maps of a layer.'),
  normFirst: z
    .boolean()
    .default(false)
    .describe('Whether layers normalise what they take (XLS-R, large) or give (base).'),
  epsilon: z.number().positive().default(1e-5).describe('Of the transformer’s layer norms.'),
  positionKernelSize: size.default(128).describe('Frames that the positional convolution spans.'),
  positionGroups: size.default(16).describe('Its groups; must divide hiddenSize.'),
  nBuckets: z.int().min(4).default(320).describe('wavlm: buckets of distances.'),
  maxDistance: z.int().min(2).default(800).describe('wavlm: frames beyond which distances are alike.'),
  featureDropout: rate.default(0).describe('Of the projected frames.'),
  hiddenDropout: rate.default(0.1).describe('Of what each half of a layer adds, and before the first.'),
  attentionDropout: rate.default(0.1).describe('Of the attention weights.'),
  activationDropout: rate.default(0.1).describe('Between the two linear maps of a layer.'),
  layerDrop: z.number().min(0).max(1).default(0.1).describe('Probability that a training step leaves a layer out.'),
  spans: z
    .strictObject(spanFields)
    .prefault({ timeProbability: 0.05 })
    .describe('What a training step hides between convolutions and transformer.'),
};

const schema = z.strictObject({
  ...encoderFields,
  encoderOnly: z.boolean().default(false).describe('Whether the model ends with the encoder: to embed, not to score.'),
  layerSum: z.boolean().default(false).describe('Whether a trained mix of all hidden states is taken, not the last.'),
  projectionSize: size.nullable().default(256).describe('Features of a linear map before the pooling; null: none.'),
  pooling: poolingSchema.prefault('mean').describe('From the frames to the embedding.'),
  ...headFields,
});

/** Options of `wav2vec2`, resolved. */
export type Wav2Vec2Options = z.output<typeof schema>;

/** The options of its encoder alone. */
export type EncoderOptions = Omit<
  Wav2Vec2Options,
  'encoderOnly' | 'layerSum' | 'projectionSize' | 'pooling' | 'nLogits' | 'head'
>;

/** `wav2vec2` in the registry. */
export const wav2vec2: ModelType<typeof schema> = {
  schema,
  input: 'waveform',
  recomputation: 'layers',
  padding,
  build,
};

/** As transformers 4 has it: only models with layer norm are given an attention mask; a group norm sees the whole batch. */
function padding({ convolutionNorm, pooling }: Wav2Vec2Options): PaddingKind | undefined {
  if (convolutionNorm === 'group') return 'seen';
  return pooling.type === 'mean' ? 'masked' : undefined;
}

function build(options: Wav2Vec2Options, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { waveform, hiddenStates, geometry } = encoder(options, inputShape, seed);
  const last = hiddenStates[hiddenStates.length - 1];
  const outputs = options.encoderOnly ? last : classified(options, hiddenStates, geometry, seed);
  return model({ name: 'wav2vec2', inputs: waveform, outputs });
}

/** From hidden states to logits. */
function classified(
  options: Wav2Vec2Options,
  hiddenStates: SymbolicTensor[],
  geometry: FrameGeometry,
  seed: number,
): SymbolicTensor {
  const { layerSum, projectionSize, pooling } = options;
  let x = hiddenStates[hiddenStates.length - 1];
  if (layerSum) x = new WeightedLayerSum({ name: 'layer-sum' }).apply(hiddenStates) as SymbolicTensor;
  if (projectionSize !== null) x = linear(x, { name: 'projector', units: projectionSize, seed });
  const embedding =
    pooling.type === 'mean'
      ? (new MaskedMean({ name: 'pooling', ...geometry }).apply(x) as SymbolicTensor)
      : pool(x, pooling, seed);
  return logitsHead(embedding, options, seed);
}

/** An encoder in the making. */
export interface Encoder {
  readonly waveform: SymbolicTensor;
  /** What the transformer takes, and what each of its layers gives: `[batch, frames, hiddenSize]` each. */
  readonly hiddenStates: SymbolicTensor[];
  /** Samples of a frame. */
  readonly geometry: FrameGeometry;
}

/**
 * Builds the encoder.
 *
 * @param inputShape `[samples]`, which may be free
 * @throws ShapeError where the input is no waveform, or shorter than a frame
 */
export function encoder(options: EncoderOptions, inputShape: readonly (number | null)[], seed: number): Encoder {
  const { hiddenDropout, hiddenSize, normFirst, spans } = options;
  const geometry = stackedGeometry(options.convolutions);
  const [nSamples] = inputShape;
  if (inputShape.length !== 1 || (nSamples ?? geometry.receptiveField) < geometry.receptiveField) {
    throw new ShapeError(
      `wav2vec2: expected a waveform [samples] of at least ${geometry.receptiveField}, got [${inputShape}]`,
    );
  }
  const waveform = input({ name: 'waveform', shape: [...inputShape] });
  const frames = convolved(waveform, options, seed);
  const norm = (x: SymbolicTensor, name: string, epsilon = options.epsilon) =>
    new LayerNorm({ name, epsilon }).apply(x) as SymbolicTensor;
  const drop = (x: SymbolicTensor, name: string, share: number) =>
    new Dropout({ name, rate: share }).apply(x) as SymbolicTensor;

  let x = options.projectionNorm ? norm(frames, 'projection-norm') : frames;
  x = drop(linear(x, { name: 'projection', units: hiddenSize, seed }), 'projection-dropout', options.featureDropout);
  x = new SpanMask({ name: 'spans', ...geometry, ...spans, seed: deriveSeed(seed, 'spans') }).apply(
    x,
  ) as SymbolicTensor;
  const positional = new PositionalConvolution({
    name: 'positions',
    ...geometry,
    kernelSize: options.positionKernelSize,
    groups: options.positionGroups,
    seed: deriveSeed(seed, 'positions'),
  });
  x = positional.apply(x) as SymbolicTensor;
  x = drop(normFirst ? x : norm(x, 'encoder-norm'), 'encoder-dropout', hiddenDropout);

  const distances = options.family === 'wavlm' ? relativePositions(x, options, seed) : undefined;
  const hiddenStates = [x];
  for (let i = 0; i < options.nLayers; i++) {
    const layer = transformerLayer(`layer${i}`, options, geometry, seed);
    x = layer.apply(distances === undefined ? x : [x, distances]) as SymbolicTensor;
    if (normFirst && i === options.nLayers - 1) x = norm(x, 'encoder-norm');
    hiddenStates.push(x);
  }
  return { waveform, hiddenStates, geometry };
}

/** `[batch, samples]` to `[batch, frames, channels]`. */
function convolved(waveform: SymbolicTensor, options: EncoderOptions, seed: number): SymbolicTensor {
  const { normalizeInput, convolutions, convolutionBias, convolutionNorm } = options;
  const normalised = normalizeInput ? new WaveformNormalization({ name: 'normalized' }).apply(waveform) : waveform;
  const targetShape = [waveform.shape[1], 1];
  let x = layers.reshape({ name: 'channel', targetShape }).apply(normalised) as SymbolicTensor;
  for (const [i, { nChannels, kernelSize, stride }] of convolutions.entries()) {
    const name = `conv${i}`;
    const shared = { name, nChannels, kernelSize, stride, useBias: convolutionBias, seed: deriveSeed(seed, name) };
    x = new Convolution1d(shared).apply(x) as SymbolicTensor;
    if (convolutionNorm === 'layer') x = new LayerNorm({ name: `${name}-norm` }).apply(x) as SymbolicTensor;
    else if (i === 0) x = new ChannelNorm({ name: `${name}-norm` }).apply(x) as SymbolicTensor;
    x = new Gelu({ name: `${name}-gelu` }).apply(x) as SymbolicTensor;
  }
  return x;
}

function relativePositions(x: SymbolicTensor, options: EncoderOptions, seed: number): SymbolicTensor {
  const { nHeads, nBuckets, maxDistance } = options;
  const own = { name: 'distances', nHeads, nBuckets, maxDistance, seed: deriveSeed(seed, 'distances') };
  return new RelativePositions(own).apply(x) as SymbolicTensor;
}

function transformerLayer(
  name: string,
  options: EncoderOptions,
  geometry: FrameGeometry,
  seed: number,
): TransformerLayer {
  const { nHeads, intermediateSize, normFirst, epsilon } = options;
  const { hiddenDropout, attentionDropout, activationDropout, layerDrop } = options;
  return new TransformerLayer({
    name,
    ...geometry,
    ...{ nHeads, intermediateSize, normFirst, epsilon },
    ...{ hiddenDropout, attentionDropout, activationDropout, layerDrop },
    seed: deriveSeed(seed, name),
  });
}
