/** Names of AASIST's published weights (clovaai/aasist, and the ASVspoof 5 baseline, which is the same architecture). */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CheckpointError } from '../runtime/errors.js';
import type { StoredTensor } from '../runtime/safetensors.js';
import { uploadTensors } from '../runtime/tensor-store.js';
import { LINEAR_AXES, translateWeights, type WeightRule } from './foreign-weights.js';
import { namedWeights, variablesOf } from './named-weights.js';

/** PyTorch’s `[out, in, bins, frames]` to `[bins, frames, in, out]`. */
const MAP_CONVOLUTION_AXES = [2, 3, 1, 0] as const;
const N_BLOCKS = 6;
/** Blocks whose width changes: they have a convolution in their shortcut. */
const WIDENING_BLOCKS = [1, 3];

/** Those of the residual encoder: trained ones and running statistics. */
export const residualRules: readonly WeightRule[] = [
  ...normRules('first_bn', 'norm0'),
  ...Array.from({ length: N_BLOCKS }, (_, i) => blockRules(i)).flat(),
];

/** Those of the graphs, and of the logits. */
export const graphRules: readonly WeightRule[] = [
  { from: 'pos_S', to: 'spectral-positions/positions' },
  ...singleGraphRules('S', 'spectral'),
  ...singleGraphRules('T', 'temporal'),
  ...[1, 2].flatMap((branch) => [
    { from: `master${branch}`, to: `branch${branch}-master/node` },
    ...mixedGraphRules(`HtrgGAT_layer_ST${branch}1`, `branch${branch}-graph1`),
    ...poolRules(`pool_hT${branch}`, `branch${branch}-temporal`),
    ...poolRules(`pool_hS${branch}`, `branch${branch}-spectral`),
    ...mixedGraphRules(`HtrgGAT_layer_ST${branch}2`, `branch${branch}-graph2`),
  ]),
  ...linearRules('out_layer', 'logits'),
];

/** Every weight of either model. */
export const aasistWeightRules: readonly WeightRule[] = [...residualRules, ...graphRules];

/**
 * Takes the published weights over into a model of the size that they are of.
 *
 * @param where the file they come from, for messages
 * @throws CheckpointError where a weight is missing, left over or of another shape
 */
export function importAasist(model: LayersModel, tensors: ReadonlyMap<string, StoredTensor>, where: string): void {
  const translated = translateWeights(tensors, aasistWeightRules, isBatchCounter, where);
  uploadTensors(where, translated, variablesOf(namedWeights(model)));
}

/**
 * Which of the models has weights of these shapes.
 *
 * @param where the file they come from, for the message
 * @throws CheckpointError where they are those of neither
 */
export function recogniseAasist(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  where: string,
): 'aasist' | 'aasist-l' {
  const position = tensors.get('pos_S')?.shape;
  const nChannels = position?.at(-1);
  if (nChannels === 64) return 'aasist';
  if (nChannels === 24) return 'aasist-l';
  const got = position === undefined ? 'none' : `[${position.join(', ')}]`;
  throw new CheckpointError(
    `${where}: expected the weights of AASIST or AASIST-L, whose pos_S is [1, 23, 64] or [1, 23, 24], got ${got}; is it of another architecture?`,
  );
}

/** Whether a tensor counts the batches that a norm has seen, which is not needed. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('.num_batches_tracked');
}

function blockRules(index: number): WeightRule[] {
  const [from, to] = [`encoder.${index}.0`, `block${index + 1}`];
  return [
    ...(index === 0 ? [] : normRules(`${from}.bn1`, `${to}-norm1`)),
    ...convolutionRules(`${from}.conv1`, `${to}-conv1`),
    ...normRules(`${from}.bn2`, `${to}-norm2`),
    ...convolutionRules(`${from}.conv2`, `${to}-conv2`),
    ...(WIDENING_BLOCKS.includes(index + 1) ? convolutionRules(`${from}.conv_downsample`, `${to}-shortcut`) : []),
  ];
}

function singleGraphRules(letter: string, kind: string): WeightRule[] {
  const from = `GAT_layer_${letter}`;
  return [
    ...linearRules(`${from}.att_proj`, `${kind}-attention`, 'attention_'),
    { from: `${from}.att_weight`, to: `${kind}-attention/attention_vector` },
    ...linearRules(`${from}.proj_with_att`, `${kind}-attention`, 'neighbour_'),
    ...linearRules(`${from}.proj_without_att`, `${kind}-attention`, 'own_'),
    ...normRules(`${from}.bn`, `${kind}-norm`),
    ...poolRules(`pool_${letter}`, kind),
  ];
}

function mixedGraphRules(from: string, to: string): WeightRule[] {
  return [
    ...linearRules(`${from}.proj_type1`, `${to}-temporal`),
    ...linearRules(`${from}.proj_type2`, `${to}-spectral`),
    ...linearRules(`${from}.att_proj`, `${to}-attention`, 'attention_'),
    { from: `${from}.att_weight11`, to: `${to}-attention/first_vector` },
    { from: `${from}.att_weight22`, to: `${to}-attention/second_vector` },
    { from: `${from}.att_weight12`, to: `${to}-attention/cross_vector` },
    ...linearRules(`${from}.proj_with_att`, `${to}-attention`, 'neighbour_'),
    ...linearRules(`${from}.proj_without_att`, `${to}-attention`, 'own_'),
    ...linearRules(`${from}.att_projM`, `${to}-master`, 'attention_'),
    { from: `${from}.att_weightM`, to: `${to}-master/attention_vector` },
    ...linearRules(`${from}.proj_with_attM`, `${to}-master`, 'neighbour_'),
    ...linearRules(`${from}.proj_without_attM`, `${to}-master`, 'own_'),
    ...normRules(`${from}.bn`, `${to}-norm`),
  ];
}

function poolRules(from: string, to: string): WeightRule[] {
  return linearRules(`${from}.proj`, `${to}-pool-scores`);
}

/** Of a linear map, the name of whose weights here may open with a role. */
export function linearRules(from: string, to: string, role = ''): WeightRule[] {
  return [
    { from: `${from}.weight`, to: `${to}/${role}kernel`, axes: LINEAR_AXES },
    { from: `${from}.bias`, to: `${to}/${role}bias` },
  ];
}

function convolutionRules(from: string, to: string): WeightRule[] {
  return [
    { from: `${from}.weight`, to: `${to}/kernel`, axes: MAP_CONVOLUTION_AXES },
    { from: `${from}.bias`, to: `${to}/bias` },
  ];
}

/** Of a batch norm. */
export function normRules(from: string, to: string): WeightRule[] {
  return [
    { from: `${from}.weight`, to: `${to}/gamma` },
    { from: `${from}.bias`, to: `${to}/beta` },
    { from: `${from}.running_mean`, to: `${to}/moving_mean` },
    { from: `${from}.running_var`, to: `${to}/moving_variance` },
  ];
}
