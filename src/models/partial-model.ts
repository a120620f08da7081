/** Parts of a model, from some of its tensors to others. */
import type * as tf from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { CallArguments } from '../layers/layer-options.js';
import { ConfigError } from '../runtime/errors.js';

/** The layers between some tensors of a model. */
export class PartialModel {
  /** In an order in which each layer finds its inputs. */
  private readonly tensors: readonly SymbolicTensor[];

  /**
   * @param modelName for the message
   * @throws ConfigError where the ends also take something from before the starts
   */
  constructor(
    modelName: string,
    private readonly starts: readonly SymbolicTensor[],
    private readonly ends: readonly SymbolicTensor[],
  ) {
    const known = new Set<SymbolicTensor>(starts);
    const tensors: SymbolicTensor[] = [];
    const visit = (tensor: SymbolicTensor): void => {
      if (known.has(tensor)) return;
      known.add(tensor);
      if (tensor.inputs.length === 0) {
        throw new ConfigError(
          `${modelName}: the block from ${starts[0].sourceLayer.name} to ${ends[0].sourceLayer.name} also takes ${tensor.name}; end blocks where a single tensor leads on`,
        );
      }
      for (const input of tensor.inputs) visit(input);
      tensors.push(tensor);
    };
    for (const end of ends) visit(end);
    this.tensors = tensors;
  }

  /**
   * @param inputs one for each start
   * @returns one for each end
   */
  run(inputs: readonly tf.Tensor[], args: CallArguments): tf.Tensor[] {
    const values = new Map<SymbolicTensor, tf.Tensor>(this.starts.map((start, i) => [start, inputs[i]]));
    for (const tensor of this.tensors) {
      // Of a layer with several outputs all came with the first.
      if (values.has(tensor)) continue;
      const taken = tensor.inputs.map((input) => values.get(input) as tf.Tensor);
      const result = tensor.sourceLayer.apply(taken.length === 1 ? taken[0] : taken, { ...args }) as
        | tf.Tensor
        | tf.Tensor[];
      if (!Array.isArray(result)) {
        values.set(tensor, result);
        continue;
      }
      for (const sibling of [tensor.sourceLayer.output].flat()) {
        values.set(sibling, result[sibling.outputTensorIndex ?? 0]);
      }
    }
    return this.ends.map((end) => values.get(end) as tf.Tensor);
  }

  /** The layers themselves, each once. */
  get layers(): layers.Layer[] {
    return [...new Set(this.tensors.map(({ sourceLayer }) => sourceLayer))];
  }

  /** Everything that the layers read or assign. */
  variables(): tf.Variable[] {
    return this.layers.flatMap((layer) => layer.weights.map((weight) => weight.read() as tf.Variable));
  }
}
