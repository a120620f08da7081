/** A model's weights by stable names. */
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

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

/** The variables alone, as they are stored and assigned. */
export function variablesOf(weights: ReadonlyMap<string, NamedWeight>): Map<string, tf.Variable> {
  return new Map([...weights].map(([name, { variable }]) => [name, variable]));
}

/** How many numbers the optimizer moves. */
export function countParameters(weights: ReadonlyMap<string, NamedWeight>): number {
  return [...weights.values()].reduce((sum, { variable, trainable }) => sum + (trainable ? variable.size : 0), 0);
}
