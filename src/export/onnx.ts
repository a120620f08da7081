/** A program as an ONNX model. */
import type * as tf from '@tensorflow/tfjs-core';
import { foldViews } from '../graph/fold-views.js';
import { freezeCaptures } from '../graph/freeze.js';
import type { Operation, Program, Value } from '../graph/program.js';
import { mergeViews } from './merge-views.js';
import { OnnxBuilder, onnxTypeOf } from './onnx-builder.js';
import type { OnnxModel } from './onnx-model.js';
import { translateOperation } from './onnx-ops.js';
import { shareTensors, storeInEights, storeInHalves } from './onnx-storage.js';
import type { Quantization } from './quantization.js';

/** What a model says beside its graph, and how its weights are stored. */
export interface OnnxOptions extends Pick<OnnxModel, 'description' | 'metadata'> {
  readonly quantize?: Quantization | undefined;
  /** The captures that are weights; all others keep their bits. */
  readonly weights?: ReadonlyMap<tf.Tensor, unknown>;
}

/**
 * Translates a program. Inputs and outputs keep their names; the batch is free.
 *
 * `float16` stores weights in half their bits and computes in float32. `int8` stores them in 8 bits with a scale for each
 * output channel, and computes the larger convolutions and matrix products in whole numbers, with what they are multiplied
 * with in 8 bits over the range that it has in the batch at hand.
 *
 * @param program without assignments, recorded with tfjs's own ops
 * @throws GraphError for an op or a type that has no translation, naming it
 */
export function toOnnx(
  program: Program,
  { description, metadata, quantize, weights = new Map() }: OnnxOptions,
): OnnxModel {
  const { program: frozen, origins } = foldViews(mergeViews(freezeCaptures(program)));
  const captured = new Set(program.captures.filter(({ tensor }) => weights.has(tensor)).map(({ value }) => value));
  const own = ownConstants(frozen, (value) => captured.has(origins.get(value) ?? value));
  const builder = new OnnxBuilder(frozen.constants, own, quantize === 'int8');
  for (const operation of frozen.operations) translateOperation(operation, builder);
  for (const [name, value] of frozen.outputs) builder.emit('Identity', [value.name], {}, name);
  const end = (name: string, { shape, ...value }: Program['constants'][number]['value']) => ({
    name,
    type: onnxTypeOf({ shape, ...value }),
    shape,
  });
  const outputs = [...frozen.outputs].map(([name, value]) => end(name, value));
  const whole = { nodes: builder.nodes, tensors: builder.usedTensors(outputs.map(({ name }) => name)) };
  const isWeight = (name: string) => builder.isWeight(name);
  return {
    ...shareTensors(quantize === undefined ? whole : STORES[quantize](whole, isWeight)),
    inputs: [...frozen.inputs].map(([, value]) => end(value.name, value)),
    outputs,
    description,
    metadata,
  };
}

const STORES: Readonly<Record<Quantization, typeof storeInHalves>> = { float16: storeInHalves, int8: storeInEights };

/**
 * The constants that are the model's: its weights, and what its layers compute with, such as fixed filters. Those of the
 * front-end, which no layer runs, are not: logarithms of small sums need all their bits.
 *
 * @returns how many ops take each
 */
function ownConstants({ operations, constants }: Program, isWeight: (value: Value) => boolean): Map<Value, number> {
  const users = new Map<Value, Operation[]>(constants.map(({ value }) => [value, []]));
  for (const operation of operations) {
    for (const input of operation.inputs) users.get(input)?.push(operation);
  }
  const own = new Map<Value, number>();
  for (const [value, { length: nUses }] of users) {
    const isInLayers = () => (users.get(value) as Operation[]).every(({ origin }) => origin !== undefined);
    if (value.dtype === 'float32' && (isWeight(value) || isInLayers())) own.set(value, nUses);
  }
  return own;
}
