/**
 * Names of the LFCC-LCNN baseline's weights (asvspoof-challenge/2021, and project 04 of
 * nii-yamagishilab/project-NN-Pytorch-scripts), for models of one logit.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { StoredTensor } from '../runtime/safetensors.js';
import { uploadTensors } from '../runtime/tensor-store.js';
import { CONVOLUTION_AXES, LINEAR_AXES, translateWeights, type WeightRule } from './foreign-weights.js';
import { namedWeights, variablesOf } from './named-weights.js';

/** Positions of the convolutions in the reference's list of layers. */
const CONVOLUTIONS = [0, 3, 6, 10, 13, 16, 19, 22, 25];
/** Positions of the batch norms there, each with the number of our convolution that it follows. */
const NORMS = [
  [5, 2],
  [9, 3],
  [12, 4],
  [18, 6],
  [21, 7],
  [24, 8],
];

/** Every weight of the model, trained ones and running statistics. */
export const lcnnWeightRules: readonly WeightRule[] = [
  ...CONVOLUTIONS.flatMap((position, i) => [
    { from: `m_transform.0.${position}.weight`, to: `conv${i + 1}/kernel`, axes: CONVOLUTION_AXES },
    { from: `m_transform.0.${position}.bias`, to: `conv${i + 1}/bias` },
  ]),
  ...NORMS.flatMap(([position, i]) => [
    { from: `m_transform.0.${position}.running_mean`, to: `norm${i}/moving_mean` },
    { from: `m_transform.0.${position}.running_var`, to: `norm${i}/moving_variance` },
  ]),
  ...[0, 1].flatMap((i) => [...lstmRules(i, 'forward', ''), ...lstmRules(i, 'backward', '_reverse')]),
  { from: 'm_output_act.0.weight', to: 'logits/kernel', axes: LINEAR_AXES },
  { from: 'm_output_act.0.bias', to: 'logits/bias' },
];

/**
 * Takes the reference's weights over into a model built with `nLogits` 1.
 *
 * @param where the file they come from, for messages
 * @throws CheckpointError where a weight is missing, left over or of another shape
 */
export function importLcnn(model: LayersModel, tensors: ReadonlyMap<string, StoredTensor>, where: string): void {
  uploadTensors(where, translateWeights(tensors, lcnnWeightRules, isNoWeight, where), variablesOf(namedWeights(model)));
}

/** The front end's tables (a feature's business here), constants of the training script, and batch counters. */
function isNoWeight(name: string): boolean {
  return /^m_frontend\.|^(in|out)put_(mean|std)$|\.num_batches_tracked$/.test(name);
}

function lstmRules(index: number, direction: 'forward' | 'backward', suffix: string): WeightRule[] {
  const from = (role: string) => `m_before_pooling.0.${index}.l_blstm.${role}_l0${suffix}`;
  const to = (role: string) => `lstm${index + 1}/${direction}_${role}`;
  return [
    { from: from('weight_ih'), to: to('kernel'), axes: LINEAR_AXES },
    { from: from('weight_hh'), to: to('recurrent_kernel'), axes: LINEAR_AXES },
    { from: from('bias_ih'), to: to('bias') },
    { from: from('bias_hh'), to: to('recurrent_bias') },
  ];
}
