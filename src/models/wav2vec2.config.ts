/** What `config.json` and `preprocessor_config.json` of a Hugging Face folder say of Wav2Vec2, HuBERT and WavLM. */
import { z } from 'zod';
import { type Wav2Vec2Options, wav2vec2 } from './wav2vec2.js';

const size = z.int().min(1);
const rate = z.number().min(0).max(1);
const gelu = z.literal('gelu', { error: 'expected "gelu"; other activations are not supported' });

/**
 * The fields that decide what is computed, with the defaults of transformers 4; all others are let through. What is not
 * supported is refused: adapters, batch norm in the positional convolution, other activations.
 */
const configSchema = z.looseObject({
  model_type: z.enum(['wav2vec2', 'hubert', 'wavlm']),
  architectures: z.array(z.string()).nullish(),
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  hidden_act: gelu.default('gelu'),
  hidden_dropout: rate.default(0.1),
  activation_dropout: rate.default(0.1),
  attention_dropout: rate.default(0.1),
  feat_proj_dropout: rate.default(0),
  feat_proj_layer_norm: z.boolean().default(true),
  layerdrop: rate.default(0.1),
  layer_norm_eps: z.number().positive().default(1e-5),
  feat_extract_norm: z.enum(['group', 'layer']).default('group'),
  feat_extract_activation: gelu.default('gelu'),
  conv_dim: z.array(size).default([512, 512, 512, 512, 512, 512, 512]),
  conv_stride: z.array(size).default([5, 2, 2, 2, 2, 2, 2]),
  conv_kernel: z.array(size).default([10, 3, 3, 3, 3, 2, 2]),
  conv_bias: z.boolean().default(false),
  num_conv_pos_embeddings: size.default(128),
  num_conv_pos_embedding_groups: size.default(16),
  conv_pos_batch_norm: z
    .literal(false, { error: 'batch norm in the positional convolution is not supported' })
    .default(false),
  do_stable_layer_norm: z.boolean().default(false),
  apply_spec_augment: z.boolean().default(true),
  mask_time_prob: rate.default(0.05),
  mask_time_length: size.default(10),
  mask_time_min_masks: z.int().min(0).default(2),
  mask_feature_prob: rate.default(0),
  mask_feature_length: size.default(10),
  mask_feature_min_masks: z.int().min(0).default(0),
  add_adapter: z.literal(false, { error: 'adapters are not supported' }).default(false),
  use_weighted_layer_sum: z.boolean().default(false),
  classifier_proj_size: size.default(256),
  num_buckets: z.int().min(4).default(320),
  max_bucket_distance: z.int().min(2).default(800),
  id2label: z.record(z.string(), z.string()).nullish(),
});

const preprocessorSchema = z.looseObject({
  do_normalize: z.boolean().default(true),
  sampling_rate: z.literal(16000, { error: 'expected 16000: the model must hear 16 kHz' }).default(16000),
});

/** What a folder says. */
export interface HuggingFaceModel {
  readonly options: Wav2Vec2Options;
  /** Names of the classes in the checkpoint's order; undefined for an encoder alone. */
  readonly labels: readonly string[] | undefined;
}

/**
 * Reads both files, already parsed as JSON.
 *
 * @param preprocessor undefined where the folder has none: input is normalised then, as is usual
 * @throws ZodError where a field that matters is of another type, or asks for what is not supported
 */
export function parseHuggingFaceConfig(config: unknown, preprocessor: unknown): HuggingFaceModel {
  const parsed = configSchema.parse(config, { reportInput: true });
  const { do_normalize: normalizeInput } = preprocessorSchema.parse(preprocessor ?? {}, { reportInput: true });
  const { conv_dim, conv_kernel, conv_stride } = parsed;
  for (const field of ['conv_kernel', 'conv_stride'] as const) {
    refuse(
      parsed,
      field,
      parsed[field].length !== conv_dim.length,
      `expected as many as conv_dim has, ${conv_dim.length}`,
    );
  }
  for (const field of ['num_attention_heads', 'num_conv_pos_embedding_groups'] as const) {
    const { hidden_size } = parsed;
    refuse(parsed, field, hidden_size % parsed[field] !== 0, `expected a divisor of hidden_size, ${hidden_size}`);
  }
  const hasHead = (parsed.architectures ?? []).some((name) => name.endsWith('ForSequenceClassification'));
  const options = wav2vec2.schema.parse({
    family: parsed.model_type,
    normalizeInput,
    convolutions: conv_dim.map((nChannels, i) => ({
      nChannels,
      kernelSize: conv_kernel[i],
      stride: conv_stride[i],
    })),
    convolutionBias: parsed.conv_bias,
    convolutionNorm: parsed.feat_extract_norm,
    projectionNorm: parsed.feat_proj_layer_norm,
    hiddenSize: parsed.hidden_size,
    nLayers: parsed.num_hidden_layers,
    nHeads: parsed.num_attention_heads,
    intermediateSize: parsed.intermediate_size,
    normFirst: parsed.do_stable_layer_norm,
    epsilon: parsed.layer_norm_eps,
    positionKernelSize: parsed.num_conv_pos_embeddings,
    positionGroups: parsed.num_conv_pos_embedding_groups,
    nBuckets: parsed.num_buckets,
    maxDistance: parsed.max_bucket_distance,
    featureDropout: parsed.feat_proj_dropout,
    hiddenDropout: parsed.hidden_dropout,
    attentionDropout: parsed.attention_dropout,
    activationDropout: parsed.activation_dropout,
    layerDrop: parsed.layerdrop,
    spans: {
      timeProbability: parsed.apply_spec_augment ? parsed.mask_time_prob : 0,
      timeLength: parsed.mask_time_length,
      timeMinSpans: parsed.mask_time_min_masks,
      featureProbability: parsed.apply_spec_augment ? parsed.mask_feature_prob : 0,
      featureLength: parsed.mask_feature_length,
      featureMinSpans: parsed.mask_feature_min_masks,
    },
    encoderOnly: !hasHead,
    layerSum: parsed.use_weighted_layer_sum,
    projectionSize: parsed.classifier_proj_size,
  });
  return { options, labels: hasHead ? labelsOf(parsed.id2label) : undefined };
}

function refuse(config: Readonly<Record<string, unknown>>, field: string, isWrong: boolean, message: string): void {
  if (isWrong) throw new z.ZodError([{ code: 'custom', path: [field], message, input: config[field] }]);
}

/** Class names in order; transformers' own where the config has none. */
function labelsOf(names: Readonly<Record<string, string>> | null | undefined): string[] {
  if (names === null || names === undefined) return ['LABEL_0', 'LABEL_1'];
  return Object.keys(names)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => names[key]);
}
