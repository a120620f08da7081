/**
 * Names of the weights of RawNet2's implementations: asvspoof-challenge/2021, clovaai/aasist and
 * eurecom-asp/rawnet2-antispoofing, for models with the default kinds of pooling and head.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { StoredTensor } from '../runtime/safetensors.js';
import { uploadTensors } from '../runtime/tensor-store.js';
import { CONVOLUTION_AXES, LINEAR_AXES, translateWeights, type WeightRule } from './foreign-weights.js';
import { namedWeights, variablesOf } from './named-weights.js';

const N_BLOCKS = 6;
/** The block that widens the maps, and so has a convolution in its shortcut. */
const WIDENING_BLOCK = 2;
const N_GRUS = 3;

/**
 * Every weight of a model with `pooling` three GRUs and `head` an MLP, trained ones and running statistics.
 *
 * @param isWidening whether the last four blocks have other channels than the first two
 */
export function rawnet2WeightRules(isWidening: boolean): readonly WeightRule[] {
  return [
    ...normRules('first_bn', 'front-norm'),
    ...Array.from({ length: N_BLOCKS }, (_, i) => blockRules(i, isWidening && i === WIDENING_BLOCK)).flat(),
    ...normRules('bn_before_gru', 'last-norm'),
    ...Array.from({ length: N_GRUS }, (_, i) => gruRules(i)).flat(),
    ...linearRules('fc1_gru', 'hidden'),
    ...linearRules('fc2_gru', 'logits'),
  ];
}

/**
 * Takes an implementation's weights over. A model whose norm and activation open its blocks must be built as the variant
 * `eurecom`: the files don't tell the two apart.
 *
 * @param where the file they come from, for messages
 * @throws CheckpointError where a weight is missing, left over or of another shape
 */
export function importRawNet2(model: LayersModel, tensors: ReadonlyMap<string, StoredTensor>, where: string): void {
  const ours = variablesOf(namedWeights(model));
  const rules = rawnet2WeightRules(ours.has(`block${WIDENING_BLOCK}-shortcut/kernel`));
  // PyTorch's `[out, in, length]`, as a kernel of one bin.
  const maps = new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      tensor.shape.length === 3 ? { ...tensor, shape: [...tensor.shape, 1] } : tensor,
    ]),
  );
  uploadTensors(where, translateWeights(maps, rules, isCounter, where), ours);
}

function isCounter(name: string): boolean {
  return name.endsWith('.num_batches_tracked');
}

function blockRules(index: number, isWidening: boolean): WeightRule[] {
  const [from, to] = [`block${index}.0`, `block${index}`];
  return [
    ...(index === 0 ? [] : normRules(`${from}.bn1`, `${to}-norm1`)),
    ...convolutionRules(`${from}.conv1`, `${to}-conv1`),
    ...normRules(`${from}.bn2`, `${to}-norm2`),
    ...convolutionRules(`${from}.conv2`, `${to}-conv2`),
    ...(isWidening ? convolutionRules(`${from}.conv_downsample`, `${to}-shortcut`) : []),
    ...linearRules(`fc_attention${index}.0`, `${to}-scaling`),
  ];
}

function normRules(from: string, to: string): WeightRule[] {
  return [
    { from: `${from}.weight`, to: `${to}/gamma` },
    { from: `${from}.bias`, to: `${to}/beta` },
    { from: `${from}.running_mean`, to: `${to}/moving_mean` },
    { from: `${from}.running_var`, to: `${to}/moving_variance` },
  ];
}

function convolutionRules(from: string, to: string): WeightRule[] {
  return [
    { from: `${from}.weight`, to: `${to}/kernel`, axes: CONVOLUTION_AXES },
    { from: `${from}.bias`, to: `${to}/bias` },
  ];
}

function linearRules(from: string, to: string): WeightRule[] {
  return [
    { from: `${from}.weight`, to: `${to}/kernel`, axes: LINEAR_AXES },
    { from: `${from}.bias`, to: `${to}/bias` },
  ];
}

function gruRules(index: number): WeightRule[] {
  const to = `pooling-gru${index + 1}`;
  return [
    { from: `gru.weight_ih_l${index}`, to: `${to}/kernel`, axes: LINEAR_AXES },
    { from: `gru.weight_hh_l${index}`, to: `${to}/recurrent_kernel`, axes: LINEAR_AXES },
    { from: `gru.bias_ih_l${index}`, to: `${to}/bias` },
    { from: `gru.bias_hh_l${index}`, to: `${to}/recurrent_bias` },
  ];
}
