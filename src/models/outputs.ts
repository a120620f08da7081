/** What a model gives: logits or cosines of the two classes, and in some models logits of the attacks beside them. */
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CosineLogits } from '../layers/cosine-logits.js';

/** The shape and the kind of a model's outputs. */
export interface OutputDescription {
  readonly nLogits: number;
  /** `linear`: free logits; `cosine`: cosines of the embedding with a vector a class, from `CosineLogits`. */
  readonly kind: 'linear' | 'cosine';
  /** Classes of the second output, bona fide the first of them; null in a model of one task. */
  readonly nAttackClasses: number | null;
}

/** What a model gives for a batch. */
export interface ModelOutputs {
  /** `[batch, 1]` or `[batch, 2]`. */
  readonly logits: tf.Tensor;
  /** `[batch, nAttackClasses]` in a model of two tasks. */
  readonly attackLogits?: tf.Tensor;
}

/** Describes the outputs of a model. */
export function describeOutputs(model: LayersModel): OutputDescription {
  const [logits, attacks] = model.outputs;
  return {
    nLogits: logits.shape.at(-1) ?? 0,
    kind: logits.sourceLayer instanceof CosineLogits ? 'cosine' : 'linear',
    nAttackClasses: attacks?.shape.at(-1) ?? null,
  };
}

/** Names what `model.apply` returned. */
export function namedOutputs(outputs: tf.Tensor | tf.Tensor[]): ModelOutputs {
  if (!Array.isArray(outputs)) return { logits: outputs };
  const [logits, attackLogits] = outputs;
  return attackLogits === undefined ? { logits } : { logits, attackLogits };
}
