/** The inputs of a batch as tensors. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';

/** What a model takes of a batch; `lengths` only where it is padded, and the model is to leave that out. */
export type InputTensors = { readonly inputs: tf.Tensor; readonly lengths?: tf.Tensor };

/** Makes the tensors, which are the caller's. */
export function inputTensors({ inputs, shape, lengths }: Pick<Batch, 'inputs' | 'shape' | 'lengths'>): InputTensors {
  return {
    inputs: tf.tensor(inputs, [...shape]),
    ...(lengths === undefined ? {} : { lengths: tf.tensor1d(lengths, 'int32') }),
  };
}
