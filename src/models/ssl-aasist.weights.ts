/**
 * Names of the weights that TakHemlata/SSL_Anti-spoofing saves: AASIST's graphs behind an XLS-R of fairseq's, whose names are
 * its own. Files of both its scripts are taken, one of which opens every name with `module.`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../runtime/errors.js';
import type { TensorFile } from '../runtime/tensor-file.js';
import { graphRules, isBatchCounter, linearRules, normRules, residualRules } from './aasist.weights.js';
import { assignWeights, type SourceRule } from './assign-weights.js';
import { type SslAasistOptions, sslAasist } from './ssl-aasist.js';
import { encoderRules } from './wav2vec2.weights.js';

/** What a script that trained on several GPUs puts before every name. */
const PARALLEL = 'module.';
const ENCODER = 'ssl_model.model.';
/** What the encoder was pretrained with, and hides spans with: no part of a detector. */
const PRETRAINING = /^(quantizer|project_q|final_proj|mask_emb)(\.|$)/;
/** Of every encoder that fairseq published, shapes don't tell them. */
const STRIDES = [5, 2, 2, 2, 2, 2, 2];
const N_HEADS = { layer: 16, group: 12 };

/** From transformers' names to fairseq's. */
const FAIRSEQ_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^(feature_extractor\.conv_layers\.\d+)\.conv\./, '$1.0.'],
  [/^feature_projection\.layer_norm\./, 'layer_norm.'],
  [/^feature_projection\.projection\./, 'post_extract_proj.'],
  [/^encoder\.pos_conv_embed\.conv\./, 'encoder.pos_conv.0.'],
  [/^(encoder\.layers\.\d+)\.attention\./, '$1.self_attn.'],
  [/^(encoder\.layers\.\d+)\.layer_norm\./, '$1.self_attn_layer_norm.'],
  [/^(encoder\.layers\.\d+)\.feed_forward\.intermediate_dense\./, '$1.fc1.'],
  [/^(encoder\.layers\.\d+)\.feed_forward\.output_dense\./, '$1.fc2.'],
];

/**
 * The options of the model whose weights a file holds, by their shapes. Dropout and the like, which weights don't tell, are
 * those of the authors; the waveform is taken as it is, as there.
 *
 * @throws CheckpointError where the file holds something else
 */
export function recogniseSslAasist({ path, headers }: Pick<TensorFile, 'path' | 'headers'>): SslAasistOptions {
  const shapeOf = (name: string): readonly number[] | undefined =>
    (headers.get(name) ?? headers.get(PARALLEL + name))?.shape;
  const expectShape = (name: string, rank: number): readonly number[] => {
    const shape = shapeOf(name);
    if (shape?.length === rank) return shape;
    throw new CheckpointError(
      `${path}: expected the weights of SSL_Anti-spoofing, whose ${name} has ${rank} axes, got ${shape === undefined ? 'none' : `[${shape.join(', ')}]`}; is it of another architecture?`,
    );
  };
  const [nFeatures, hiddenSize] = expectShape('LL.weight', 2);
  const convolutions = STRIDES.map((stride, i) => {
    const [nChannels, , kernelSize] = expectShape(`${ENCODER}feature_extractor.conv_layers.${i}.0.weight`, 3);
    return { nChannels, kernelSize, stride };
  });
  const convolutionNorm =
    shapeOf(`${ENCODER}feature_extractor.conv_layers.1.2.1.weight`) === undefined ? 'group' : 'layer';
  const [, groupSize, positionKernelSize] = expectShape(`${ENCODER}encoder.pos_conv.0.weight_v`, 3);
  const [intermediateSize] = expectShape(`${ENCODER}encoder.layers.0.fc1.weight`, 2);
  let nLayers = 1;
  while (shapeOf(`${ENCODER}encoder.layers.${nLayers}.fc1.weight`) !== undefined) nLayers++;
  return sslAasist.schema.parse({
    normalizeInput: false,
    convolutions,
    convolutionBias: shapeOf(`${ENCODER}feature_extractor.conv_layers.0.0.bias`) !== undefined,
    convolutionNorm,
    hiddenSize,
    nLayers,
    nHeads: N_HEADS[convolutionNorm],
    intermediateSize,
    normFirst: convolutionNorm === 'layer',
    positionKernelSize,
    positionGroups: hiddenSize / groupSize,
    ...{ hiddenDropout: 0, attentionDropout: 0, activationDropout: 0, layerDrop: 0 },
    spans: { timeProbability: 0 },
    nFeatures,
  });
}

/**
 * Takes the weights of a file over into a model of its options.
 *
 * @param variables of the model, by our names
 * @throws CheckpointError as `assignWeights`
 */
export function importSslAasist(
  file: Pick<TensorFile, 'path' | 'headers' | 'read'>,
  options: SslAasistOptions,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  const backEnd = [
    ...linearRules('LL', 'features'),
    ...residualRules,
    ...normRules('first_bn1', 'norm7'),
    ...linearRules('attention.0', 'scores-hidden'),
    ...normRules('attention.2', 'scores-norm'),
    ...linearRules('attention.3', 'scores'),
    ...graphRules,
  ];
  const encoder = encoderRules(options).map(({ from: [name], ...rest }) => ({
    ...rest,
    from: ENCODER + fairseqName(name, options),
  }));
  const rules = [...backEnd, ...encoder].map(
    ({ from, ...rest }): SourceRule => ({ ...rest, from: [from, PARALLEL + from] }),
  );
  assignWeights(file, rules, variables, (name) => {
    const bare = name.startsWith(PARALLEL) ? name.slice(PARALLEL.length) : name;
    return isBatchCounter(bare) || (bare.startsWith(ENCODER) && PRETRAINING.test(bare.slice(ENCODER.length)));
  });
}

function fairseqName(name: string, { convolutionNorm }: SslAasistOptions): string {
  const norm = convolutionNorm === 'layer' ? '2.1' : '2';
  const placed = name.replace(/^(feature_extractor\.conv_layers\.\d+)\.layer_norm\./, `$1.${norm}.`);
  return FAIRSEQ_NAMES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), placed);
}
