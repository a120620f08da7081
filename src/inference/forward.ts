/** A model at inference as a function from inputs to logits. */
import type * as tf from '@tensorflow/tfjs-core';
import { compile } from '../graph/compile.js';
import { namedOutputs } from '../models/outputs.js';
import { hasRawOps } from '../runtime/native/raw-op.js';

/** A model's forward pass. */
export interface Forward {
  /** Maps a batch of inputs to logits. */
  run(inputs: tf.Tensor): tf.Tensor;
  /** Gives its programs back; the model is its owner's. */
  dispose(): void;
}

/** A model, or what stands for one. */
export interface Applicable {
  apply(inputs: tf.Tensor, args: { training: boolean }): unknown;
}

/**
 * The forward pass of a model without dropout. Equal results either way.
 *
 * @param isCompiled whether it runs as one program for each shape of input, where the engine has programs
 */
export function createForward(model: Applicable, isCompiled: boolean): Forward {
  const run = (inputs: tf.Tensor): tf.Tensor =>
    namedOutputs(model.apply(inputs, { training: false }) as tf.Tensor | tf.Tensor[]).logits;
  if (!isCompiled || !hasRawOps()) return { run, dispose: () => {} };
  const compiled = compile(({ inputs }: { inputs: tf.Tensor }) => ({ logits: run(inputs) }));
  return { run: (inputs) => compiled({ inputs }).logits, dispose: () => compiled.dispose() };
}
