/** A model whose encoder is not trained, in two: what need only be computed once for a clip, and what is trained on it. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Dropout } from '../layers/dropout.js';
import type { CallArguments } from '../layers/layer-options.js';
import { encoderDepths } from './encoder-depths.js';
import { PartialModel } from './partial-model.js';

/** Both parts. */
export interface FrozenEncoder {
  /** The variables that embeddings depend on, apart from the clip. */
  readonly variables: readonly tf.Variable[];
  /** Values in a row of the embedding. */
  readonly width: number;
  /** Whether the head takes one vector for a clip, whatever its length. */
  readonly isVector: boolean;
  /** Names the place of the cut, among models with the same encoder. */
  readonly cut: string;
  /**
   * Clips as at inference, `[batch, rows, width]`: one row where the head takes a vector, such as the mean over the frames;
   * a row a frame where it takes frames; and those of all hidden states, one after the other, where it takes all.
   *
   * @param lengths samples of each row that are the clip's own, in a padded batch
   */
  embed(waveforms: tf.Tensor, lengths?: tf.Tensor): tf.Tensor;
  /** Embeddings to the model's outputs. */
  head(embeddings: tf.Tensor, args: CallArguments): tf.Tensor | tf.Tensor[];
}

/**
 * Cuts a model behind its encoder, and behind what follows without trained weights or draws, such as a mean over the frames.
 *
 * @returns undefined where the model has no encoder
 */
export function frozenEncoder(net: LayersModel): FrozenEncoder | undefined {
  const depths = encoderDepths(net);
  if (depths === undefined) return undefined;
  const fixed = new Map<SymbolicTensor, boolean>();
  const isFixed = (tensor: SymbolicTensor): boolean => {
    const known = fixed.get(tensor);
    if (known !== undefined) return known;
    const { sourceLayer: layer, inputs } = tensor;
    const isOfEncoder = depths.depthOf(layer.name) <= depths.nLayers;
    const isPlain = layer.weights.length === 0 && !(layer instanceof Dropout) && inputs.length > 0;
    const result = isOfEncoder || (isPlain && inputs.every(isFixed));
    fixed.set(tensor, result);
    return result;
  };
  const cuts = new Set<SymbolicTensor>();
  const visited = new Set<SymbolicTensor>();
  const visit = (tensor: SymbolicTensor): void => {
    if (visited.has(tensor)) return;
    visited.add(tensor);
    if (isFixed(tensor)) cuts.add(tensor);
    else for (const input of tensor.inputs) visit(input);
  };
  for (const output of net.outputs) visit(output);

  const ends = [...cuts];
  const stem = new PartialModel(net.name, net.inputs, ends);
  const rest = new PartialModel(net.name, ends, net.outputs);
  const isVector = ends[0].shape.length === 2;
  return {
    variables: stem.variables(),
    width: ends[0].shape.at(-1) as number,
    isVector,
    cut: ends.map(({ sourceLayer }) => sourceLayer.name).join(','),
    embed: (waveforms, lengths) =>
      tf.tidy(() => {
        const args = lengths === undefined ? { training: false } : { training: false, lengths };
        const parts = stem.run([waveforms], args);
        const rows = isVector ? parts.map((part) => tf.expandDims(part, 1)) : parts;
        return rows.length === 1 ? rows[0] : tf.concat(rows, 1);
      }),
    head: (embeddings, args) =>
      tf.tidy(() => {
        const [batch, nRows, width] = embeddings.shape as [number, number, number];
        const each = nRows / ends.length;
        const parts = ends.map((_, i) => {
          const part = ends.length === 1 ? embeddings : tf.slice(embeddings, [0, i * each, 0], [batch, each, width]);
          return isVector ? tf.reshape(part, [batch, width]) : part;
        });
        const outputs = rest.run(parts, args);
        return outputs.length === 1 ? outputs[0] : outputs;
      }),
  };
}
