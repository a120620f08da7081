/** Checks that a program is whole. */
import { GraphError } from '../runtime/errors.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeName } from '../runtime/native/tensor-memory.js';
import { describeValue, elementsOf, isSameShape, type Operation, type Program, type Value } from './program.js';

/** Ops whose outputs have the type and shape of their first input. */
const SHAPE_KEEPING_OPS: ReadonlySet<string> = new Set([
  'Abs',
  'Ceil',
  'Elu',
  'Erf',
  'Exp',
  'Floor',
  'Identity',
  'Log',
  'Log1p',
  'LogSoftmax',
  'Neg',
  'Reciprocal',
  'Relu',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sign',
  'Softmax',
  'Softplus',
  'Sqrt',
  'Square',
  'Tanh',
]);

/** Arithmetic that broadcasts, whose operands and result are of one type. */
const ARITHMETIC_OPS: ReadonlySet<string> = new Set([
  'Add',
  'AddV2',
  'Div',
  'Maximum',
  'Minimum',
  'Mul',
  'RealDiv',
  'SquaredDifference',
  'Sub',
]);

/**
 * Checks that names are unique, each value is defined before it is used, constants have as many numbers as their shape
 * says, variables are assigned what they can hold, and, for the common ops, that types and shapes agree.
 *
 * @param options `orphans: false` allows values that nothing uses, as a program has before it is simplified
 * @throws GraphError that names the first offender
 */
export function verifyProgram(program: Program, { orphans = true }: { readonly orphans?: boolean } = {}): void {
  const defined = new Set<Value>();
  const used = new Set<Value>();
  const names = new Set<string>();
  const define = (value: Value): void => {
    if (names.has(value.name)) throw new GraphError(`program: two values are named ${value.name}; rename one`);
    names.add(value.name);
    defined.add(value);
  };
  const use = (value: Value, by: string): void => {
    if (!defined.has(value)) {
      throw new GraphError(`program: ${by} uses ${value.name}, which is not defined before it; add what makes it`);
    }
    used.add(value);
  };
  for (const value of program.inputs.values()) define(value);
  for (const { value } of program.captures) define(value);
  for (const { value, values } of program.constants) {
    define(value);
    const length = elementsOf(value.shape) * (value.dtype === 'complex64' ? 2 : 1);
    if (values.length !== length && values.length !== 1) {
      throw new GraphError(`program: ${value.name}: expected ${length} numbers for its shape, got ${values.length}`);
    }
  }
  for (const operation of program.operations) {
    for (const input of operation.inputs) use(input, operation.name);
    if (operation.after !== undefined) use(operation.after, operation.name);
    checkOperation(operation);
    for (const output of operation.outputs) define(output);
  }
  for (const { variable, value } of program.assignments) {
    use(value, `variable ${variable.name}`);
    if (value.dtype !== variable.dtype || !isSameShape(value.shape, variable.shape)) {
      throw new GraphError(
        `program: variable ${variable.name}: expected ${variable.dtype}[${variable.shape}], got ${describeValue(value)}`,
      );
    }
  }
  for (const [name, value] of program.outputs) use(value, `output ${name}`);
  if (!orphans) return;
  const isUsed = (value: Value) => used.has(value);
  const orphan =
    program.captures.find(({ value }) => !isUsed(value))?.value ??
    program.constants.find(({ value }) => !isUsed(value))?.value ??
    program.operations.find(({ outputs }) => !outputs.some(isUsed))?.outputs[0];
  if (orphan !== undefined) throw new GraphError(`program: nothing uses ${orphan.name}; simplify the program`);
}

function checkOperation({ name, op, attributes, inputs, outputs }: Operation): void {
  const fail = (expected: string, got: string): GraphError =>
    new GraphError(
      `program: ${name}: ${op}(${inputs.map(describeValue).join(', ')}): expected ${expected}, got ${got}`,
    );
  const [first] = inputs;
  const [output] = outputs;
  const sizes = ({ shape }: Value) => elementsOf(shape);
  if (SHAPE_KEEPING_OPS.has(op) && (!isSameShape(first.shape, output.shape) || first.dtype !== output.dtype)) {
    throw fail(`an output of ${describeValue(first)}`, describeValue(output));
  }
  if ((op === 'Reshape' || op === 'ExpandDims' || op === 'Squeeze') && sizes(first) !== sizes(output)) {
    throw fail(`an output of ${sizes(first)} elements`, describeValue(output));
  }
  if (!ARITHMETIC_OPS.has(op)) return;
  const type = attributes.find((attribute) => attribute.name === 'T' && attribute.type === AttributeKind.type);
  const dtype = type === undefined ? first.dtype : dataTypeName(type.value as number);
  const stranger = [...inputs, output].find((value) => value.dtype !== dtype);
  if (stranger !== undefined) throw fail(`${dtype} throughout`, describeValue(stranger));
  const shape = broadcastShape(first.shape, inputs[1].shape);
  if (shape === undefined || !isSameShape(shape, output.shape)) {
    throw fail(`an output of shape [${shape ?? 'none: they do not broadcast'}]`, describeValue(output));
  }
}

function broadcastShape(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number): number => shape[axis - (rank - shape.length)] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
  const fits = shape.every((length, axis) => [1, length].includes(at(a, axis)) && [1, length].includes(at(b, axis)));
  return fits ? shape : undefined;
}
