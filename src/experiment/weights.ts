/** Named tensors of the engine to and from safetensors files. */
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../runtime/errors.js';
import type { StoredTensor } from '../runtime/safetensors.js';

/** The variables of named weights, such as `namedWeights` of the model registry gives. */
export function variablesOf(
  weights: ReadonlyMap<string, { readonly variable: tf.Variable }>,
): ReadonlyMap<string, tf.Variable> {
  return new Map([...weights].map(([name, { variable }]) => [name, variable]));
}

/** Reads tensors from the engine, float32. */
export function downloadTensors(tensors: ReadonlyMap<string, tf.Tensor>): Map<string, StoredTensor> {
  return new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      { dtype: 'F32' as const, shape: tensor.shape, data: tensor.dataSync<'float32'>() },
    ]),
  );
}

/**
 * Assigns stored tensors to variables of the same names: every variable gets its value and every tensor is used, or
 * nothing is assigned.
 *
 * @param where the file, named in errors
 * @throws CheckpointError that lists what is missing, unexpected or misshaped
 */
export function uploadTensors(
  where: string,
  stored: ReadonlyMap<string, StoredTensor>,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  const missing = [...variables.keys()].filter((name) => !stored.has(name));
  const unexpected = [...stored.keys()].filter((name) => !variables.has(name));
  const misshaped = [...variables].flatMap(([name, variable]) => {
    const got = stored.get(name);
    return got === undefined || tf.util.arraysEqual([...got.shape], variable.shape)
      ? []
      : [`${name} (expected [${variable.shape}], got [${got.shape}])`];
  });
  const problems = [
    ...list('missing', missing),
    ...list('unexpected', unexpected),
    ...list('of another shape', misshaped),
  ];
  if (problems.length > 0) {
    throw new CheckpointError(`${where}: weights of another model: ${problems.join('; ')}; use the model's own config`);
  }
  for (const [name, variable] of variables) {
    const { data, shape } = stored.get(name) as StoredTensor;
    tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(data as Float32Array), [...shape], 'float32')));
  }
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 4).join(', ');
  return [`${names.length} ${what}: ${shown}${names.length > 4 ? ', ...' : ''}`];
}
