/** What a loss is: options that it parses itself, what it needs of a model, and a function that makes it. */
import type * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';

/**
 * A loss of a batch: a model's output `[batch, 2]` or `[batch, 1]` and targets `[batch, 2]` to a scalar. A target says how
 * much of a clip is spoof and how much bona fide: one of both, but for clips that were mixed. It reads no value, so that it
 * can be part of a compiled step.
 */
export type Loss = (outputs: tf.Tensor, targets: tf.Tensor) => tf.Scalar;

/** Weights of the classes `[spoof, bona fide]`, or null for none. */
export type ClassWeights = readonly [number, number] | null;

/** What the last layer of a model gives for a clip. */
export interface ModelHead {
  readonly nLogits: number;
  /** `linear`: free logits; `cosine`: cosines of the embedding with a vector a class. */
  readonly kind: 'linear' | 'cosine';
}

/** An entry of the loss registry. */
export interface LossType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults and ranges. */
  readonly schema: Schema;
  /** What it is computed on. */
  readonly needs: { readonly nLogits: readonly (1 | 2)[]; readonly kind: ModelHead['kind'] };
  /** Makes the loss. `classWeights` are those of `training.classWeights`. */
  create(options: z.output<Schema>, classWeights: ClassWeights): Loss;
  /** Score at which both classes cost the same: what is above counts as bona fide until a threshold is known. Default 0. */
  decisionScore?(options: z.output<Schema>): number;
}
