/**
 * A program as a TensorFlow SavedModel, for Python TensorFlow and TensorFlow Serving. Field numbers:
 * tensorflow/core/protobuf/{saved_model,meta_graph,saver}.proto, tensorflow/core/framework/variable.proto.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { freezeCaptures } from '../graph/freeze.js';
import { encodeGraph } from '../graph/graph-def.js';
import type { Capture, Constant, Operation, Program, Value } from '../graph/program.js';
import { writeFileAtomic } from '../runtime/files.js';
import type { OpAttribute } from '../runtime/native/binding.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { executeRawOp } from '../runtime/native/raw-op.js';
import { dataTypeNumber } from '../runtime/native/tensor-memory.js';
import { bytesField, varintField } from '../runtime/protobuf.js';

/** The version of the graph runtime that wrote it, for readers that ask. */
const TENSORFLOW_VERSION = '2.11.0';

/**
 * Writes `saved_model.pb`, and `variables/` unless they are frozen, into `directory`. The signature `serving_default` has
 * the program's inputs and outputs under their names.
 *
 * @param program without assignments; captured variables become variables, other captures constants
 * @param weightNames names of the variables
 * @param frozen whether variables become constants too
 * @throws EngineError where the variables can't be written
 */
export function writeSavedModel(
  directory: string,
  program: Program,
  weightNames: ReadonlyMap<tf.Tensor, string>,
  { frozen }: { readonly frozen: boolean },
): void {
  const partly = freezeCaptures(program, (tensor) => frozen || !weightNames.has(tensor));
  const variables = partly.captures.map((capture, i) => describeVariable(capture, weightNames, i));
  const { graph, outputs } = encodeGraph(withVariables(partly, variables));
  const info = bytesField(
    1,
    Buffer.concat([textField(4, 'serve'), textField(5, TENSORFLOW_VERSION), textField(1, 'voiceproof')]),
  );
  const parts = [info, bytesField(2, Buffer.from(graph))];
  if (variables.length > 0) {
    mkdirSync(join(directory, 'variables'), { recursive: true });
    saveVariables(join(directory, 'variables', 'variables'), variables);
    parts.push(bytesField(3, saverDefinition()));
    for (const collection of ['variables', 'trainable_variables']) {
      const list = bytesField(2, Buffer.concat(variables.map((each) => bytesField(1, variableDefinition(each)))));
      parts.push(bytesField(4, Buffer.concat([textField(1, collection), bytesField(2, list)])));
    }
  }
  const ends = (values: ReadonlyMap<string, Value>, nodeOf: (value: Value, i: number) => string, field: number) =>
    [...values].map(([name, value], i) =>
      bytesField(field, Buffer.concat([textField(1, name), bytesField(2, tensorInfo(value, nodeOf(value, i)))])),
    );
  const signature = Buffer.concat([
    ...ends(program.inputs, ({ name }) => name, 1),
    ...ends(program.outputs, (_, i) => outputs[i], 2),
    textField(3, 'tensorflow/serving/predict'),
  ]);
  parts.push(bytesField(5, Buffer.concat([textField(1, 'serving_default'), bytesField(2, signature)])));
  const model = Buffer.concat([varintField(1, 1), bytesField(2, Buffer.concat(parts))]);
  writeFileAtomic(join(directory, 'saved_model.pb'), model);
}

/** A weight as a variable of the graph. */
interface GraphVariable extends Capture {
  /** Its name in the checkpoint. */
  readonly name: string;
  readonly handle: Value;
}

function describeVariable(capture: Capture, weightNames: ReadonlyMap<tf.Tensor, string>, index: number): GraphVariable {
  const handle = { name: `variable.${index}`, shape: [], dtype: 'resource' };
  return { ...capture, name: weightNames.get(capture.tensor) as string, handle };
}

/** The program with ops that read the variables in the captures' place, and those by which TensorFlow restores them. */
function withVariables(program: Program, variables: readonly GraphVariable[]): Program {
  if (variables.length === 0) return program;
  const reads = variables.flatMap(({ name, handle, value }): Operation[] => {
    const [dtype, shape] = [typeOf('dtype', value), shapeOf(value)];
    const attributes = [dtype, shape, textOf('shared_name', name), textOf('container', '')];
    return [operation('VarHandleOp', attributes, [], handle), operation('ReadVariableOp', [dtype], [handle], value)];
  });
  const path: Value = { name: 'save/path', shape: [], dtype: 'string' };
  const constants: Constant[] = [{ value: path, values: [Buffer.from('model')] }];
  const restores = variables.flatMap(({ name, value, handle }, i): Operation[] => {
    const texts = ['name', 'slice'].map((role) => ({ name: `save/${role}.${i}`, shape: [1], dtype: 'string' }));
    constants.push({ value: texts[0], values: [Buffer.from(name)] }, { value: texts[1], values: [Buffer.from('')] });
    const restored = { ...value, name: `save/restored.${i}` };
    const done = { name: `save/assign.${i}`, shape: [], dtype: 'resource' };
    const dtypes = { ...typeOf('dtypes', value), value: [dataTypeNumber(value.dtype)] };
    return [
      operation('RestoreV2', [dtypes], [path, ...texts], restored),
      operation('AssignVariableOp', [typeOf('dtype', value)], [handle, restored], done),
    ];
  });
  const all: Operation = {
    ...operation('NoOp', [], [], { name: 'save/restore_all', shape: [], dtype: 'resource' }),
    inputs: variables.map((_, i) => ({ name: `^save/assign.${i}`, shape: [], dtype: 'resource' })),
  };
  return {
    ...program,
    captures: [],
    constants: [...program.constants, ...constants],
    operations: [...reads, ...program.operations, ...restores, all],
  };
}

function operation(op: string, attributes: readonly OpAttribute[], inputs: readonly Value[], output: Value): Operation {
  return { name: output.name, op, attributes, inputs, outputs: [output] };
}

function saveVariables(prefix: string, variables: readonly GraphVariable[]): void {
  tf.tidy(() => {
    const texts = (values: readonly string[]) => tf.tensor1d([...values], 'string');
    const inputs = [
      tf.scalar(prefix, 'string'),
      texts(variables.map(({ name }) => name)),
      texts(variables.map(() => '')),
      ...variables.map(({ tensor }) => tensor),
    ];
    executeRawOp('SaveV2', { dtypes: variables.map(({ value }) => value.dtype) }, inputs, 0);
  });
}

/** `SaverDef` */
function saverDefinition(): Buffer {
  return Buffer.concat([
    textField(1, 'save/path:0'),
    textField(2, 'save/path:0'),
    textField(3, 'save/restore_all'),
    varintField(7, 2),
  ]);
}

/** `VariableDef` */
function variableDefinition({ handle, value }: GraphVariable): Buffer {
  const index = handle.name.split('.').at(-1);
  return Buffer.concat([
    textField(1, `${handle.name}:0`),
    textField(2, `save/assign.${index}`),
    textField(3, `${value.name}:0`),
    varintField(5, 1),
    textField(6, `save/restored.${index}:0`),
    varintField(7, 1),
  ]);
}

/** `TensorInfo` */
function tensorInfo({ dtype, shape }: Value, node: string): Buffer {
  const lengths = shape.map((length) => bytesField(2, varintField(1, length)));
  return Buffer.concat([
    textField(1, node.includes(':') ? node : `${node}:0`),
    varintField(2, dataTypeNumber(dtype) as number),
    bytesField(3, Buffer.concat(lengths)),
  ]);
}

function typeOf(name: string, { dtype }: Value): OpAttribute {
  return { name, type: AttributeKind.type, value: dataTypeNumber(dtype) };
}

function shapeOf({ shape }: Value): OpAttribute {
  return { name: 'shape', type: AttributeKind.shape, value: shape };
}

function textOf(name: string, value: string): OpAttribute {
  return { name, type: AttributeKind.string, value };
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}
