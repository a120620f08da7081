/** Names of the weights of Wav2Vec2, HuBERT and WavLM in transformers, in all their spellings. */
import type * as tf from '@tensorflow/tfjs-core';
import type { TensorFile } from '../runtime/tensor-file.js';
import { assignWeights, type SourceRule } from './assign-weights.js';
import { LINEAR_AXES } from './foreign-weights.js';
import type { EncoderOptions, Wav2Vec2Options } from './wav2vec2.js';

/** PyTorch's `[out, in, steps]` to `[steps, in, out]`. */
const CONVOLUTION_1D_AXES = [2, 1, 0] as const;
/** Heads of other tasks, and what pretraining needed: no part of an encoder. */
const OTHER_TASKS = /^(quantizer|project_hid|project_q|lm_head|final_proj|label_embs_concat)(\.|$)/;

/** How weights are named in a file. */
export interface WeightNaming {
  /** Whether class 0 of the file's head is bona fide: ours is spoof. */
  readonly isReversed: boolean;
}

/**
 * Takes the weights of a file over into a model of these options.
 *
 * @param variables of the model, by our names
 * @throws CheckpointError as {@link assignWeights}
 */
export function importWav2Vec2(
  file: TensorFile,
  options: Wav2Vec2Options,
  variables: ReadonlyMap<string, tf.Variable>,
  naming: WeightNaming,
): void {
  const rules = [...encoderRules(options), ...(options.encoderOnly ? [] : headRules(options, naming))];
  const isHead = /^(projector|classifier)\.(weight|bias)$|^layer_weights$/;
  const isIgnored = (name: string) =>
    OTHER_TASKS.test(name) || /(^|\.)masked_spec_embed$/.test(name) || (options.encoderOnly && isHead.test(name));
  assignWeights(file, rules, variables, isIgnored);
}

/** Of the encoder. Files of a model with a head name its family before each weight. */
export function encoderRules(options: EncoderOptions): SourceRule[] {
  const prefix = `${options.family}.`;
  return bareEncoderRules(options).map((rule) => ({
    ...rule,
    from: rule.from.flatMap((name) => [name, prefix + name]),
  }));
}

function bareEncoderRules(options: EncoderOptions): SourceRule[] {
  const { convolutions, convolutionBias, convolutionNorm, projectionNorm, nLayers, family, spans } = options;
  const position = 'encoder.pos_conv_embed.conv';
  return [
    ...convolutions.flatMap((_, i) => {
      const from = `feature_extractor.conv_layers.${i}`;
      const hasNorm = convolutionNorm === 'layer' || i === 0;
      return [
        rule(`${from}.conv.weight`, `conv${i}/kernel`, CONVOLUTION_1D_AXES),
        ...(convolutionBias ? [rule(`${from}.conv.bias`, `conv${i}/bias`)] : []),
        ...(hasNorm ? norm(`${from}.layer_norm`, `conv${i}-norm/`) : []),
      ];
    }),
    ...(projectionNorm ? norm('feature_projection.layer_norm', 'projection-norm/') : []),
    ...linearMap('feature_projection.projection', 'projection/'),
    ...(spans.timeProbability > 0 ? [{ ...rule('masked_spec_embed', 'spans/embedding'), isOptional: true }] : []),
    {
      from: [`${position}.weight_g`, `${position}.parametrizations.weight.original0`],
      to: 'positions/magnitude',
    },
    {
      from: [`${position}.weight_v`, `${position}.parametrizations.weight.original1`],
      to: 'positions/direction',
      axes: CONVOLUTION_1D_AXES,
    },
    rule(`${position}.bias`, 'positions/bias'),
    ...norm('encoder.layer_norm', 'encoder-norm/'),
    ...(family === 'wavlm' ? [rule('encoder.layers.0.attention.rel_attn_embed.weight', 'distances/table')] : []),
    ...Array.from({ length: nLayers }, (_, i) => layerRules(`encoder.layers.${i}`, `layer${i}/`, family)).flat(),
  ];
}

function layerRules(from: string, to: string, family: EncoderOptions['family']): SourceRule[] {
  const attention = `${from}.attention`;
  return [
    ...linearMap(`${attention}.q_proj`, `${to}query_`),
    ...linearMap(`${attention}.k_proj`, `${to}key_`),
    ...linearMap(`${attention}.v_proj`, `${to}value_`),
    ...linearMap(`${attention}.out_proj`, `${to}projection_`),
    ...norm(`${from}.layer_norm`, `${to}attention_`),
    ...linearMap(`${from}.feed_forward.intermediate_dense`, `${to}intermediate_`),
    ...linearMap(`${from}.feed_forward.output_dense`, `${to}output_`),
    ...norm(`${from}.final_layer_norm`, `${to}final_`),
    ...(family === 'wavlm'
      ? [
          ...linearMap(`${attention}.gru_rel_pos_linear`, `${to}gate_`),
          rule(`${attention}.gru_rel_pos_const`, `${to}gate_scale`),
        ]
      : []),
  ];
}

/** Of `ForSequenceClassification`. */
export function headRules({ layerSum }: Wav2Vec2Options, { isReversed }: WeightNaming): SourceRule[] {
  const classes = linearMap('classifier', 'logits/').map((each) => ({ ...each, reversed: isReversed }));
  return [
    ...(layerSum ? [rule('layer_weights', 'layer-sum/layer_weights')] : []),
    ...linearMap('projector', 'projector/'),
    ...classes,
  ];
}

function linearMap(from: string, to: string): SourceRule[] {
  return [rule(`${from}.weight`, `${to}kernel`, LINEAR_AXES), rule(`${from}.bias`, `${to}bias`)];
}

function norm(from: string, to: string): SourceRule[] {
  return [rule(`${from}.weight`, `${to}gamma`), rule(`${from}.bias`, `${to}beta`)];
}

function rule(from: string, to: string, axes?: readonly number[]): SourceRule {
  return axes === undefined ? { from: [from], to } : { from: [from], to, axes };
}
