/** A program as an ONNX model. */
import { freezeCaptures } from '../graph/freeze.js';
import type { Program } from '../graph/program.js';
import { OnnxBuilder, onnxTypeOf } from './onnx-builder.js';
import type { OnnxModel } from './onnx-model.js';
import { translateOperation } from './onnx-ops.js';

/**
 * Translates a program. Inputs and outputs keep their names; the batch is free.
 *
 * @param program without assignments, recorded with tfjs's own ops
 * @throws GraphError for an op or a type that has no translation, naming it
 */
export function toOnnx(
  program: Program,
  { description, metadata }: Pick<OnnxModel, 'description' | 'metadata'>,
): OnnxModel {
  const frozen = freezeCaptures(program);
  const builder = new OnnxBuilder(frozen.constants);
  for (const operation of frozen.operations) translateOperation(operation, builder);
  for (const [name, value] of frozen.outputs) builder.emit('Identity', [value.name], {}, name);
  const end = (name: string, { shape, ...value }: Program['constants'][number]['value']) => ({
    name,
    type: onnxTypeOf({ shape, ...value }),
    shape,
  });
  const outputs = [...frozen.outputs].map(([name, value]) => end(name, value));
  return {
    nodes: builder.nodes,
    tensors: builder.usedTensors(outputs.map(({ name }) => name)),
    inputs: [...frozen.inputs].map(([, value]) => end(value.name, value)),
    outputs,
    description,
    metadata,
  };
}
