/** A model's weights by stable names, into and out of memory: what checkpoints and weight imports are made of. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CheckpointError } from '../runtime/errors.js';
import type { StoredTensor } from '../runtime/safetensors.js';

/** One weight of a model. */
export interface NamedWeight {
  readonly variable: tf.Variable;
  /** Whether the optimizer moves it; batch-norm statistics, for one, are not. */
  readonly trainable: boolean;
}

/**
 * The weights of a model in the order of its layers, named `layer/role`, such as `conv1/kernel`. The names are the same
 * for every instance of an architecture, where tfjs's own carry a count of the models built before.
 */
export function namedWeights(model: LayersModel): Map<string, NamedWeight> {
  const weights = new Map<string, NamedWeight>();
  for (const layer of model.layers) {
    const trainable = new Set(layer.trainableWeights);
    for (const weight of layer.weights) {
      const role = weight.originalName.split('/').at(-1);
      const name = `${layer.name}/${role}`;
      if (weights.has(name)) throw new Error(`two weights of the model are named ${name}`);
      // A layer's variable hands out the tfjs variable inside it, typed as the tensor it also is.
      weights.set(name, { variable: weight.read() as tf.Variable, trainable: trainable.has(weight) });
    }
  }
  return weights;
}

/** Copies of all weights, ready to be written. */
export function storedWeights(model: LayersModel): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { variable }] of namedWeights(model)) {
    tensors.set(name, { dtype: 'F32', shape: variable.shape, data: variable.dataSync<'float32'>().slice() });
  }
  return tensors;
}

/**
 * Overwrites all weights of a model.
 *
 * @param tensors one for each of the model's weights, under its name
 * @param where the file they come from, for the message
 * @throws CheckpointError that lists names that are missing or too many, or the first wrong shape; no weight has changed
 *   then
 */
export function assignWeights(model: LayersModel, tensors: ReadonlyMap<string, StoredTensor>, where: string): void {
  const weights = namedWeights(model);
  const missing = [...weights.keys()].filter((name) => !tensors.has(name));
  const unknown = [...tensors.keys()].filter((name) => !weights.has(name));
  if (missing.length + unknown.length > 0) {
    throw new CheckpointError(
      `${where}: not the weights of this model: missing ${list(missing)}; unknown ${list(unknown)}; check the model's options`,
    );
  }
  for (const [name, { variable }] of weights) {
    const { shape, data } = tensors.get(name) as StoredTensor;
    if (shape.join() !== variable.shape.join() || !(data instanceof Float32Array)) {
      throw new CheckpointError(
        `${where}: ${name}: expected float32 [${variable.shape}], got ${data.constructor.name} [${shape}]; check the model's options`,
      );
    }
  }
  for (const [name, { variable }] of weights) {
    const { shape, data } = tensors.get(name) as StoredTensor;
    tf.tidy(() => variable.assign(tf.tensor(data as Float32Array, [...shape])));
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length === 0 ? 'none' : names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
