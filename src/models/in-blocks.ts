/** Training calls of a model that compute its blocks again in the backward pass, to need less memory. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { CallArguments } from '../layers/layer-options.js';
import { recomputed } from '../layers/recomputed.js';
import { ConfigError } from '../runtime/errors.js';
import { PartialModel } from './partial-model.js';

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
  const blocks = ends.map((end, i) => new PartialModel(model.name, [startOf(i)], [end]));
  const last = new PartialModel(model.name, [startOf(ends.length)], model.outputs);
  return (x, args) =>
    tf.tidy(() => {
      const h = blocks.reduce<tf.Tensor>(
        (input, block) => recomputed((y) => block.run([y], args)[0], [input], block.variables()),
        x,
      );
      const outputs = last.run([h], { ...args, recompute: true });
      return outputs.length === 1 ? outputs[0] : outputs;
    });
}

function outputOf(model: LayersModel, name: string): SymbolicTensor {
  const layer = model.layers.find((one) => one.name === name);
  if (layer === undefined)
    throw new ConfigError(`${model.name}: a block ends with ${name}, but there is no such layer`);
  return layer.output as SymbolicTensor;
}
