/** A model at inference as a function from inputs to logits. */
import type * as tf from '@tensorflow/tfjs-core';
import { compile } from '../graph/compile.js';
import { namedOutputs } from '../models/outputs.js';
import { hasRawOps } from '../runtime/native/raw-op.js';

/** Programs kept: padded batches have more shapes than others. */
const MAX_PROGRAMS = 32;

type Inputs = { readonly inputs: tf.Tensor; readonly lengths?: tf.Tensor };

/** A model's forward pass. */
export interface Forward {
  /**
   * Maps a batch of inputs to logits.
   *
   * @param lengths samples of each row that are the clip's own, in a padded batch
   */
  run(inputs: tf.Tensor, lengths?: tf.Tensor): tf.Tensor;
  /** Gives its programs back; the model is its owner's. */
  dispose(): void;
}

/** A model, or what stands for one. */
export interface Applicable {
  apply(inputs: tf.Tensor, args: { training: boolean; lengths?: tf.Tensor }): unknown;
}

/**
 * The forward pass of a model without dropout. Equal results either way.
 *
 * @param isCompiled whether it runs as one program for each shape of input, where the engine has programs
 */
export function createForward(model: Applicable, isCompiled: boolean): Forward {
  const run = (inputs: tf.Tensor, lengths?: tf.Tensor): tf.Tensor => {
    const args = lengths === undefined ? { training: false } : { training: false, lengths };
    return namedOutputs(model.apply(inputs, args) as tf.Tensor | tf.Tensor[]).logits;
  };
  if (!isCompiled || !hasRawOps()) return { run, dispose: () => {} };
  const compiled = compile(({ inputs, lengths }: Inputs) => ({ logits: run(inputs, lengths) }), {
    maxPrograms: MAX_PROGRAMS,
  });
  return {
    run: (inputs, lengths) => compiled(lengths === undefined ? { inputs } : { inputs, lengths }).logits,
    dispose: () => compiled.dispose(),
  };
}
