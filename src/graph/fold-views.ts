/** Constants in other shapes, made once rather than at each run. */
import { type Constant, type ConstantValues, elementsOf, type Operation, type Program, type Value } from './program.js';

/** Ops that keep their first input's elements in order. */
const SAME_ORDER: ReadonlySet<string> = new Set(['ExpandDims', 'Identity', 'Reshape', 'Squeeze']);

/** Ops whose output has their input's shape and one number throughout. */
const ALIKE: Readonly<Record<string, number>> = { OnesLike: 1, ZerosLike: 0 };

/** The program, and which constants each of its new constants was made from. */
export interface Folded {
  readonly program: Program;
  readonly origins: ReadonlyMap<Value, Value>;
}

/** Computes reshapes and transposes of constants, and what takes no more than their shape. */
export function foldViews(program: Program): Folded {
  const constants = new Map(program.constants.map((constant) => [constant.value, constant]));
  const origins = new Map<Value, Value>();
  const operations: Operation[] = [];
  for (const operation of program.operations) {
    const { op, inputs, outputs } = operation;
    const [source, order] = inputs.map((input) => constants.get(input));
    const isFree = inputs.some((input) => !constants.has(input)) || outputs[0].shape.includes(-1);
    const values = source === undefined || isFree ? undefined : viewed(op, source, order, outputs[0]);
    if (source === undefined || values === undefined) {
      operations.push(operation);
      continue;
    }
    constants.set(outputs[0], { value: outputs[0], values });
    origins.set(outputs[0], origins.get(source.value) ?? source.value);
  }
  return { program: { ...program, constants: [...constants.values()], operations }, origins };
}

function viewed(op: string, source: Constant, order: Constant | undefined, output: Value): ConstantValues | undefined {
  if (SAME_ORDER.has(op)) return source.values;
  // One number stands for all.
  if (op in ALIKE && output.dtype === 'float32') return Float32Array.of(ALIKE[op]);
  if (op !== 'Transpose' || order === undefined) return undefined;
  return transposeValues(source, Array.from(order.values as Int32Array), output.shape);
}

/**
 * The numbers of a constant with its axes in another order.
 *
 * @param order which axis comes first, second, and so on
 * @param shape afterwards
 */
export function transposeValues(
  { value, values }: Constant,
  order: readonly number[],
  shape: readonly number[],
): ConstantValues | undefined {
  if (values.length === 1) return values;
  if (Array.isArray(values) || values.length !== elementsOf(value.shape)) return undefined;
  const numbers = values as Float32Array;
  const result = numbers.slice();
  const strides = value.shape.map((_, axis) => elementsOf(value.shape.slice(axis + 1)));
  const steps = order.map((axis) => strides[axis]);
  const place = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = numbers[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++place[axis] < shape[axis]) break;
      from -= steps[axis] * shape[axis];
      place[axis] = 0;
    }
  }
  return result;
}
