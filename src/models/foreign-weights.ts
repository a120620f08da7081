/** Brings the weights of a reference implementation into one of our models. */
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../runtime/errors.js';
import type { StoredTensor } from '../runtime/safetensors.js';

/** How one tensor of a reference implementation becomes one weight of ours. */
export interface WeightRule {
  /** Its name there. */
  readonly from: string;
  /** Its name here. */
  readonly to: string;
  /** Which of its axes comes first here, second, and so on; none where the layout is the same. */
  readonly axes?: readonly number[];
}

/** PyTorch's `[out, in, height, width]` to `[height, width, in, out]`. */
export const CONVOLUTION_AXES = [2, 3, 1, 0] as const;
/** PyTorch's `[out, in]` to `[in, out]`. */
export const LINEAR_AXES = [1, 0] as const;

/**
 * Renames and transposes tensors by a map in which each is used once.
 *
 * @param ignored whether a tensor without a rule may be left out, such as one of the front end
 * @param where the file they come from, for the message
 * @throws CheckpointError that names the first tensor that is missing, left over, or of another rank or dtype
 */
export function translateWeights(
  tensors: ReadonlyMap<string, StoredTensor>,
  rules: readonly WeightRule[],
  ignored: (name: string) => boolean,
  where: string,
): Map<string, StoredTensor> {
  const sources = new Set(rules.map(({ from }) => from));
  for (const name of tensors.keys()) {
    if (!sources.has(name) && !ignored(name)) {
      throw new CheckpointError(`${where}: ${name}: the model has no place for it; is it of another architecture?`);
    }
  }
  return new Map(
    rules.map(({ from, to, axes }) => {
      const tensor = tensors.get(from);
      if (tensor === undefined) {
        throw new CheckpointError(`${where}: ${from}: missing; is the file of another architecture?`);
      }
      return [to, axes === undefined ? tensor : transposed(tensor, axes, `${where}: ${from}`)];
    }),
  );
}

function transposed({ dtype, shape, data }: StoredTensor, axes: readonly number[], where: string): StoredTensor {
  if (shape.length !== axes.length || !(data instanceof Float32Array)) {
    throw new CheckpointError(
      `${where}: expected floats of rank ${axes.length}, got ${data.constructor.name} [${shape}]; is it of another architecture?`,
    );
  }
  const moved = tf.tidy(() => tf.transpose(tf.tensor(data, [...shape]), [...axes]));
  try {
    // Not out of `tidy`, which would look for tensors among the numbers.
    return { dtype, shape: moved.shape, data: moved.dataSync<'float32'>().slice() };
  } finally {
    moved.dispose();
  }
}
