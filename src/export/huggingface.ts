/**
 * A Wav2Vec2, HuBERT or WavLM as a Hugging Face folder, `ForSequenceClassification`: `config.json`,
 * `preprocessor_config.json` and `model.safetensors`, as transformers 4.57 reads them.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { SourceRule } from '../models/assign-weights.js';
import { type Wav2Vec2Options, wav2vec2 } from '../models/wav2vec2.js';
import { encoderRules, headRules } from '../models/wav2vec2.weights.js';
import { ConfigError } from '../runtime/errors.js';
import { writeJsonAtomic } from '../runtime/files.js';
import { type StoredTensor, writeSafetensors } from '../runtime/safetensors.js';
import type { InferenceProgram } from './inference-program.js';

/** Names of the classes, in the order of our logits. */
const LABELS = ['spoof', 'bonafide'] as const;

const CLASSES: Readonly<Record<Wav2Vec2Options['family'], string>> = {
  wav2vec2: 'Wav2Vec2ForSequenceClassification',
  hubert: 'HubertForSequenceClassification',
  wavlm: 'WavLMForSequenceClassification',
};

/**
 * Writes the folder's files.
 *
 * @throws ConfigError where the model is another, or has a head that transformers has not
 */
export function writeHuggingFace(directory: string, { run, weightNames }: InferenceProgram): void {
  const { type, ...given } = run.config.model;
  if (type !== 'wav2vec2') {
    throw new ConfigError(`export: huggingface is for models of type wav2vec2, got ${type}; export onnx or savedmodel`);
  }
  const options = wav2vec2.schema.parse(given);
  const { pooling, head, nLogits, projectionSize } = options;
  if (pooling.type !== 'mean' || head.type !== 'linear' || nLogits !== 2 || projectionSize === null) {
    throw new ConfigError(
      'export: huggingface: transformers has no such head: expected pooling mean, a projection, a linear head and 2 logits, ' +
        `got ${pooling.type}, ${projectionSize ?? 'none'}, ${head.type}, ${nLogits}; export onnx or savedmodel`,
    );
  }
  const variables = new Map([...weightNames].map(([tensor, name]) => [name, tensor]));
  const rules = [...encoderRules(options), ...headRules(options, { isReversed: false })];
  const tensors = new Map(
    rules.map((rule) => [foreignName(rule, options), toForeign(rule, variables.get(rule.to) as tf.Tensor)]),
  );
  writeSafetensors(join(directory, 'model.safetensors'), tensors, { format: 'pt' });
  writeJsonAtomic(join(directory, 'config.json'), configOf(options));
  writeJsonAtomic(join(directory, 'preprocessor_config.json'), {
    do_normalize: options.normalizeInput,
    feature_extractor_type: 'Wav2Vec2FeatureExtractor',
    feature_size: 1,
    padding_side: 'right',
    padding_value: 0,
    return_attention_mask: options.convolutionNorm === 'layer',
    sampling_rate: 16000,
  });
}

/** The name in a file with a head: weights of the encoder have its family before them. */
function foreignName({ from }: SourceRule, { family }: Wav2Vec2Options): string {
  return from.find((name) => name.startsWith(`${family}.`)) ?? from[0];
}

/** Weights that transformers keeps with axes of length 1 around them. */
const WIDER: Readonly<Record<string, (length: number) => readonly number[]>> = {
  weight_g: (length) => [1, 1, length],
  gru_rel_pos_const: (length) => [1, length, 1, 1],
};

function toForeign({ from, axes }: SourceRule, tensor: tf.Tensor): StoredTensor {
  // Our axis i is axis axes[i] there.
  const inverse = axes?.map((_, axis) => axes.indexOf(axis));
  const turned = tf.transpose(tensor, inverse ?? tensor.shape.map((_, axis) => axis));
  const wider = WIDER[from[0].split('.').at(-1) as string];
  const data = turned.dataSync<'float32'>().slice();
  turned.dispose();
  return { dtype: 'F32', shape: wider?.(tensor.size) ?? turned.shape, data };
}

function configOf(options: Wav2Vec2Options): Readonly<Record<string, unknown>> {
  const { family, convolutions, spans } = options;
  return {
    architectures: [CLASSES[family]],
    model_type: family,
    hidden_size: options.hiddenSize,
    num_hidden_layers: options.nLayers,
    num_attention_heads: options.nHeads,
    intermediate_size: options.intermediateSize,
    hidden_act: 'gelu',
    hidden_dropout: options.hiddenDropout,
    activation_dropout: options.activationDropout,
    attention_dropout: options.attentionDropout,
    feat_proj_dropout: options.featureDropout,
    feat_proj_layer_norm: options.projectionNorm,
    layerdrop: options.layerDrop,
    layer_norm_eps: options.epsilon,
    feat_extract_norm: options.convolutionNorm,
    feat_extract_activation: 'gelu',
    conv_dim: convolutions.map(({ nChannels }) => nChannels),
    conv_kernel: convolutions.map(({ kernelSize }) => kernelSize),
    conv_stride: convolutions.map(({ stride }) => stride),
    conv_bias: options.convolutionBias,
    num_feat_extract_layers: convolutions.length,
    num_conv_pos_embeddings: options.positionKernelSize,
    num_conv_pos_embedding_groups: options.positionGroups,
    do_stable_layer_norm: options.normFirst,
    apply_spec_augment: spans.timeProbability > 0 || spans.featureProbability > 0,
    mask_time_prob: spans.timeProbability,
    mask_time_length: spans.timeLength,
    mask_time_min_masks: spans.timeMinSpans,
    mask_feature_prob: spans.featureProbability,
    mask_feature_length: spans.featureLength,
    mask_feature_min_masks: spans.featureMinSpans,
    use_weighted_layer_sum: options.layerSum,
    classifier_proj_size: options.projectionSize,
    ...(family === 'wavlm' ? { num_buckets: options.nBuckets, max_bucket_distance: options.maxDistance } : {}),
    id2label: Object.fromEntries(LABELS.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(LABELS.map((label, i) => [label, i])),
    torch_dtype: 'float32',
    vocab_size: 32,
  };
}
