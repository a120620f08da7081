/** Training calls of a model that compute its blocks again in the backward pass, to need less memory. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { CallArguments } from '../layers/layer-options.js';
import { recomputed } from '../layers/recomputed.js';
import { ConfigError } from '../runtime/errors.js';

/**
 * `model.apply(x, args)` with the same result and gradients, to the bit, but of each block only the input is kept until
 * the gradient comes back. The last block is kept, as its gradient comes first, but for layers that heed `recompute`.
 *
 * @param blockEnds names of layers, in order, through whose single output all that follows is computed
 * @returns a function for one model, made once
 * @throws ConfigError where the model has no such layer, or a block takes something from before its input
 */
export function inBlocks(
  model: LayersModel,
  blockEnds: readonly string[],
): (x: tf.Tensor, args: CallArguments) => tf.Tensor | tf.Tensor[] {
  const ends = blockEnds.map((name) => outputOf(model, name));
  const startOf = (i: number) => (i === 0 ? model.inputs[0] : ends[i - 1]);
  const blocks = ends.map((end, i) => new Block(model.name, startOf(i), [end]));
  const last = new Block(model.name, startOf(ends.length), model.outputs);
  return (x, args) =>
    tf.tidy(() => {
      const h = blocks.reduce<tf.Tensor>(
        (input, block) => recomputed((y) => block.run(y, args)[0], [input], block.variables()),
        x,
      );
      const outputs = last.run(h, { ...args, recompute: true });
      return outputs.length === 1 ? outputs[0] : outputs;
    });
}

function outputOf(model: LayersModel, name: string): SymbolicTensor {
  const layer = model.layers.find((one) => one.name === name);
  if (layer === undefined)
    throw new ConfigError(`${model.name}: a block ends with ${name}, but there is no such layer`);
  return layer.output as SymbolicTensor;
}

/** The layers between two tensors of a model. */
class Block {
  /** In an order in which each layer finds its inputs. */
  private readonly tensors: readonly SymbolicTensor[];

  constructor(
    modelName: string,
    private readonly start: SymbolicTensor,
    private readonly ends: readonly SymbolicTensor[],
  ) {
    const known = new Set<SymbolicTensor>([start]);
    const tensors: SymbolicTensor[] = [];
    const visit = (tensor: SymbolicTensor): void => {
      if (known.has(tensor)) return;
      known.add(tensor);
      if (tensor.inputs.length === 0) {
        throw new ConfigError(
          `${modelName}: the block from ${start.sourceLayer.name} to ${ends[0].sourceLayer.name} also takes ${tensor.name}; end blocks where a single tensor leads on`,
        );
      }
      for (const input of tensor.inputs) visit(input);
      tensors.push(tensor);
    };
    for (const end of ends) visit(end);
    this.tensors = tensors;
  }

  run(x: tf.Tensor, args: CallArguments): tf.Tensor[] {
    const values = new Map<SymbolicTensor, tf.Tensor>([[this.start, x]]);
    for (const tensor of this.tensors) {
      const inputs = tensor.inputs.map((input) => values.get(input) as tf.Tensor);
      const result = tensor.sourceLayer.apply(inputs.length === 1 ? inputs[0] : inputs, { ...args }) as
        | tf.Tensor
        | tf.Tensor[];
      values.set(tensor, Array.isArray(result) ? result[tensor.outputTensorIndex ?? 0] : result);
    }
    return this.ends.map((end) => values.get(end) as tf.Tensor);
  }

  /** Everything that the layers read or assign. */
  variables(): tf.Variable[] {
    const owners = new Set<layers.Layer>(this.tensors.map(({ sourceLayer }) => sourceLayer));
    return [...owners].flatMap((layer) => layer.weights.map((weight) => weight.read() as tf.Variable));
  }
}
