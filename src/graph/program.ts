/**
 * A program: everything that one run of a function asked of the engine, as data. Training, inference and export stand on
 * it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../runtime/native/binding.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeName } from '../runtime/native/tensor-memory.js';
import type { OpOrigin } from './layer-origin.js';

/** A tensor in a program. Two values are the same if they are the same object. */
export interface Value {
  /** Unique in its program. An op's first output has the op's name, the others `NAME:1`, `NAME:2`, ... */
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorFlow's name of the type, such as `float32` or `int64`. */
  readonly dtype: string;
}

/** One op, with its attributes as the engine takes them. */
export interface Operation {
  /** Such as `Conv2D_3`. */
  readonly name: string;
  /** TensorFlow's name of the op, such as `Conv2D`. */
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The layer that it was recorded in; absent outside of all. */
  readonly origin?: OpOrigin;
  /** Runs only once this is there, and is not merged with an equal op that waits for something else. */
  readonly after?: Value;
}

/** A tensor that was there before the function ran and that it used: a variable, or another outer tensor. */
export interface Capture {
  readonly value: Value;
  /** A variable by reference; of another tensor a handle of the program's own, which `releaseProgram` gives back. */
  readonly tensor: tf.Tensor;
}

/** Numbers of a constant; int64 as `BigInt64Array`, bool as bytes, strings as one `Uint8Array` each. */
export type ConstantValues = Float32Array | Int32Array | Uint8Array | BigInt64Array | readonly Uint8Array[];

/** A tensor whose numbers the program holds. */
export interface Constant {
  readonly value: Value;
  /** All elements, row-major; a single one where they are all equal. */
  readonly values: ConstantValues;
}

/** A variable that the function assigned: after a run it holds `value`. */
export interface Assignment {
  readonly variable: tf.Variable;
  readonly value: Value;
}

/** Ops in an order in which each finds its inputs made. */
export interface Program {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly captures: readonly Capture[];
  readonly constants: readonly Constant[];
  readonly operations: readonly Operation[];
  readonly assignments: readonly Assignment[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Elements of a tensor of this shape. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** `float32[16,400,60]` */
export function describeValue({ dtype, shape }: Value): string {
  return `${dtype}[${shape}]`;
}

/** Whether two shapes are equal. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Gives back the handles that the program owns. Variables are their owners'. */
export function releaseProgram({ captures }: Program): void {
  for (const { tensor } of captures) if (!(tensor instanceof tf.Variable)) tensor.dispose();
}

/** The program as text: a line for each input, capture, constant, op, assignment and output, in that order. */
export function printProgram(program: Program): string {
  const { inputs, captures, constants, operations, assignments, outputs } = program;
  return [
    ...[...inputs.values()].map((value) => `input ${value.name}: ${describeValue(value)}`),
    ...captures.map(({ value, tensor }) => {
      return `${tensor instanceof tf.Variable ? 'variable' : 'tensor'} ${value.name}: ${describeValue(value)}`;
    }),
    ...constants.map(({ value, values }) => `constant ${value.name}: ${describeValue(value)} = ${preview(values)}`),
    ...operations.map(printOperation),
    ...assignments.map(({ variable, value }) => `assign ${variable.name} = ${value.name}`),
    ...[...outputs].map(([name, value]) => `output ${name} = ${value.name}: ${describeValue(value)}`),
    '',
  ].join('\n');
}

function printOperation({ name, op, attributes, inputs, outputs }: Operation): string {
  const options = attributes.map((attribute) => `${attribute.name}=${printAttribute(attribute)}`).join(', ');
  const results = outputs.map(describeValue).join(', ');
  return `${name} = ${op}(${inputs.map((input) => input.name).join(', ')}) {${options}}: ${results}`;
}

function printAttribute({ type, value }: OpAttribute): string {
  const print = (one: unknown) => (type === AttributeKind.type ? dataTypeName(one as number) : String(one));
  return Array.isArray(value) ? `[${value.map(print).join(',')}]` : print(value);
}

const MAX_PREVIEW = 8;

function preview(values: ConstantValues): string {
  const first = Array.from(values.slice(0, MAX_PREVIEW) as ArrayLike<unknown>, (value) =>
    value instanceof Uint8Array ? JSON.stringify(Buffer.from(value).toString()) : String(value),
  );
  return `[${first.join(', ')}${values.length > MAX_PREVIEW ? ', ...' : ''}]`;
}
