/** A program as an ONNX model. */
import type * as tf from '@tensorflow/tfjs-core';
import { foldViews } from '../graph/fold-views.js';
import { freezeCaptures } from '../graph/freeze.js';
import { elementsOf, type Program, type Value } from '../graph/program.js';
import { toFloat16 } from '../runtime/half-precision.js';
import { OnnxBuilder, onnxTypeOf } from './onnx-builder.js';
import { type OnnxModel, type OnnxNode, type OnnxTensor, OnnxType } from './onnx-model.js';
import { translateOperation } from './onnx-ops.js';
import { LEAST_ELEMENTS, type Quantization } from './quantization.js';

/** What a model says beside its graph, and how its weights are stored. */
export interface OnnxOptions extends Pick<OnnxModel, 'description' | 'metadata'> {
  readonly quantize?: Quantization | undefined;
  /** The captures that are weights; all others keep their bits. */
  readonly weights?: ReadonlyMap<tf.Tensor, unknown>;
}

/**
 * Translates a program. Inputs and outputs keep their names; the batch is free.
 *
 * `float16` stores weights in half their bits and computes in float32. `int8` computes convolutions and matrix products in
 * whole numbers: weights in 8 bits with a scale for each output channel, what they are multiplied with in 8 bits over the
 * range that it has in the batch at hand.
 *
 * @param program without assignments, recorded with tfjs's own ops
 * @throws GraphError for an op or a type that has no translation, naming it
 */
export function toOnnx(
  program: Program,
  { description, metadata, quantize, weights = new Map() }: OnnxOptions,
): OnnxModel {
  const { program: frozen, origins } = foldViews(freezeCaptures(program));
  const own = new Set(program.captures.filter(({ tensor }) => weights.has(tensor)).map(({ value }) => value));
  const ownConstants = frozen.constants.filter(({ value }) => own.has(origins.get(value) ?? value));
  const ownValues = new Set(ownConstants.map(({ value }) => value));
  const builder = new OnnxBuilder(frozen.constants, quantize === 'int8' ? usesOf(frozen, ownValues) : new Map());
  for (const operation of frozen.operations) translateOperation(operation, builder);
  for (const [name, value] of frozen.outputs) builder.emit('Identity', [value.name], {}, name);
  const end = (name: string, { shape, ...value }: Program['constants'][number]['value']) => ({
    name,
    type: onnxTypeOf({ shape, ...value }),
    shape,
  });
  const outputs = [...frozen.outputs].map(([name, value]) => end(name, value));
  const tensors = builder.usedTensors(outputs.map(({ name }) => name));
  const halves = new Set(quantize === 'float16' ? ownConstants.map(({ value }) => value.name) : []);
  return {
    ...withHalves(builder.nodes, tensors, (name) => halves.has(name) || builder.isMadeFrom(name, halves)),
    inputs: [...frozen.inputs].map(([, value]) => end(value.name, value)),
    outputs,
    description,
    metadata,
  };
}

/** How many ops take each of the values. */
function usesOf({ operations }: Program, values: ReadonlySet<Value>): Map<Value, number> {
  const uses = new Map([...values].map((value) => [value, 0]));
  for (const { inputs } of operations) {
    for (const input of inputs) if (values.has(input)) uses.set(input, (uses.get(input) as number) + 1);
  }
  return uses;
}

/** Weights as float16, each cast to float32 before all else. */
function withHalves(
  nodes: readonly OnnxNode[],
  tensors: readonly OnnxTensor[],
  isHalved: (name: string) => boolean,
): Pick<OnnxModel, 'nodes' | 'tensors'> {
  const casts: OnnxNode[] = [];
  const stored = tensors.map((tensor) => {
    const { name, type, shape, bytes } = tensor;
    if (type !== 'float32' || !isHalved(name) || elementsOf(shape) < LEAST_ELEMENTS) return tensor;
    const half = `${name}/half`;
    casts.push({ op: 'Cast', inputs: [half], outputs: [name], attributes: { to: OnnxType.float32 } });
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    return { name: half, type: 'float16' as const, shape, bytes: new Uint8Array(toFloat16(values).buffer) };
  });
  return { nodes: [...casts, ...nodes], tensors: stored };
}
