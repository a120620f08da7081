/** A program for batches of any size, from recordings at two sizes: what differs between them follows the batch. */
import { GraphError } from '../runtime/errors.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeNumber } from '../runtime/native/tensor-memory.js';
import { type Constant, elementsOf, type Operation, type Program, type Value } from './program.js';
import { removeDead } from './simplify.js';

/**
 * The program that both recordings are of, with -1 for every length that follows the batch.
 *
 * A size in a constant that grows with the batch, such as the shape that a `Reshape` is given, is left to the engine (-1)
 * where it is the only one, and computed from the input's shape elsewhere. Only lengths of the form `a n + b` can be.
 *
 * @param smaller as `record` returns it, from fewer rows
 * @param larger the same function, from more rows
 * @param inputName the input whose first axis is the batch
 * @throws GraphError where the function does other things for other sizes
 */
export function freeBatch(smaller: Program, larger: Program, inputName: string): Program {
  const [first, second] = [smaller.inputs.get(inputName), larger.inputs.get(inputName)];
  if (first === undefined || second === undefined || first.shape[0] === second.shape[0]) {
    throw new GraphError(`free batch: expected recordings of two batch sizes at the input ${inputName}; record both`);
  }
  return removeDead(new BatchFreer(smaller, larger, first, second).run());
}

class BatchFreer {
  private readonly constants: Constant[] = [];
  private readonly operations: Operation[] = [];
  private readonly values = new Map<Value, Value>();
  private readonly nRows: readonly [number, number];
  /** The input's first length as `int32[1]`, once something asks for it. */
  private batchLength: Value | undefined;
  private nNames = 0;

  constructor(
    private readonly smaller: Program,
    private readonly larger: Program,
    private readonly input: Value,
    largerInput: Value,
  ) {
    this.nRows = [input.shape[0], largerInput.shape[0]];
  }

  run(): Program {
    const { smaller, larger } = this;
    if (
      smaller.operations.length !== larger.operations.length ||
      smaller.constants.length !== larger.constants.length ||
      smaller.captures.length !== larger.captures.length
    ) {
      throw this.failure(
        `${smaller.operations.length} ops, ${smaller.constants.length} constants for ${this.nRows[0]} rows`,
        `${larger.operations.length} and ${larger.constants.length} for ${this.nRows[1]}`,
      );
    }
    const inputs = new Map(
      [...smaller.inputs].map(([name, value]) => [name, this.define(value, larger.inputs.get(name) as Value)]),
    );
    for (const [i, { value, tensor }] of smaller.captures.entries()) {
      const other = larger.captures[i];
      if (String(tensor.shape) !== String(other.tensor.shape)) {
        throw this.failure(
          `it uses ${value.name} of [${tensor.shape}]`,
          `${other.value.name} of [${other.tensor.shape}]`,
        );
      }
    }
    const users = usersOf(smaller);
    for (const [i, constant] of smaller.constants.entries()) {
      this.visitConstant(constant, larger.constants[i], users.get(constant.value) ?? []);
    }
    for (const [i, operation] of smaller.operations.entries()) this.visit(operation, larger.operations[i]);
    return {
      inputs,
      captures: smaller.captures,
      constants: this.constants,
      operations: this.operations,
      assignments: [],
      outputs: new Map([...smaller.outputs].map(([name, value]) => [name, this.now(value)])),
    };
  }

  private visit(operation: Operation, other: Operation): void {
    const { name, op, attributes, inputs, outputs } = operation;
    if (op !== other.op || JSON.stringify(attributes) !== JSON.stringify(other.attributes)) {
      throw this.failure(
        `${op} (${name}) with ${JSON.stringify(attributes)}`,
        `${other.op} with ${JSON.stringify(other.attributes)}`,
      );
    }
    this.operations.push({
      ...operation,
      inputs: inputs.map((input) => this.now(input)),
      outputs: outputs.map((output, i) => this.define(output, other.outputs[i])),
    });
  }

  private visitConstant(constant: Constant, other: Constant, users: readonly Use[]): void {
    const { value, values } = constant;
    const isSameShape = String(value.shape) === String(other.value.shape);
    if (isSameShape && sameNumbers(values, other.values)) {
      this.constants.push(constant);
      this.values.set(value, value);
      return;
    }
    if (!isSameShape && values.length === 1 && sameNumbers(values, other.values)) {
      const scalar = this.constant([], value.dtype, values);
      const lengths = this.lengths(value.shape, other.value.shape, value.name);
      this.emit('Fill', { T: value.dtype, index_type: 'int32' }, [lengths, scalar], this.define(value, other.value));
      return;
    }
    if (value.dtype !== 'int32' || !isSameShape || value.shape.length > 1) {
      throw this.failure(`the constant ${value.name} of ${value.shape}`, `one of ${other.value.shape}`);
    }
    const [a, b] = [constant, other].map(expanded);
    const differing = [...a.keys()].filter((i) => a[i] !== b[i]);
    if (differing.length === 1 && users.every(({ op, place }) => op === 'Reshape' && place === 1)) {
      const free = Int32Array.from(a);
      free[differing[0]] = -1;
      this.values.set(value, this.constant(value.shape, 'int32', free));
      return;
    }
    const lengths = this.lengths(a, b, value.name);
    if (value.shape.length === 1) {
      this.values.set(value, lengths);
      return;
    }
    const scalarShape = this.constant([0], 'int32', new Int32Array(0));
    this.emit('Reshape', { T: 'int32', Tshape: 'int32' }, [lengths, scalarShape], this.define(value, other.value));
  }

  /** Lengths as a vector that is computed from the number of rows. */
  private lengths(a: readonly number[], b: readonly number[], name: string): Value {
    const [n, m] = this.nRows;
    const slopes = a.map((length, i) => (b[i] - length) / (m - n));
    const offsets = a.map((length, i) => length - slopes[i] * n);
    if (![...slopes, ...offsets].every(Number.isInteger)) {
      throw this.failure(`the sizes ${a} (${name})`, `${b}, which do not grow evenly with the batch`);
    }
    const vector = (numbers: readonly number[]) => this.constant([a.length], 'int32', Int32Array.from(numbers));
    const product = this.value([a.length], 'int32');
    this.emit('Mul', { T: 'int32' }, [vector(slopes), this.rows()], product);
    const sum = this.value([a.length], 'int32');
    this.emit('AddV2', { T: 'int32' }, [product, vector(offsets)], sum);
    return sum;
  }

  private rows(): Value {
    if (this.batchLength !== undefined) return this.batchLength;
    const shape = this.value([this.input.shape.length], 'int32');
    this.emit('Shape', { T: this.input.dtype, out_type: 'int32' }, [this.now(this.input)], shape);
    const one = (number: number) => this.constant([1], 'int32', Int32Array.of(number));
    this.batchLength = this.value([1], 'int32');
    this.emit('Slice', { T: 'int32', Index: 'int32' }, [shape, one(0), one(1)], this.batchLength);
    return this.batchLength;
  }

  /** The value with -1 for each length that differs. */
  private define(value: Value, other: Value): Value {
    if (value.dtype !== other.dtype || value.shape.length !== other.shape.length) {
      throw this.failure(`${value.name} of ${value.dtype}[${value.shape}]`, `${other.dtype}[${other.shape}]`);
    }
    const shape = value.shape.map((length, axis) => (length === other.shape[axis] ? length : -1));
    const free = { ...value, shape };
    this.values.set(value, free);
    return free;
  }

  private emit(op: string, types: Readonly<Record<string, string>>, inputs: readonly Value[], output: Value): void {
    const attributes = Object.entries(types).map(([name, dtype]) => ({
      name,
      type: AttributeKind.type,
      value: dataTypeNumber(dtype),
    }));
    this.operations.push({ name: output.name, op, attributes, inputs, outputs: [output] });
  }

  private constant(shape: readonly number[], dtype: string, values: Constant['values']): Value {
    const value = this.value(shape, dtype);
    this.constants.push({ value, values });
    return value;
  }

  private value(shape: readonly number[], dtype: string): Value {
    return { name: `batch.${this.nNames++}`, shape, dtype };
  }

  private now(value: Value): Value {
    return this.values.get(value) ?? value;
  }

  private failure(a: string, b: string): GraphError {
    return new GraphError(`free batch: the function is another for each size of batch: ${a}, against ${b}`);
  }
}

/** An op that takes a value, and at which place. */
interface Use {
  readonly op: string;
  readonly place: number;
}

function usersOf({ operations }: Program): Map<Value, Use[]> {
  const users = new Map<Value, Use[]>();
  for (const { op, inputs } of operations) {
    for (const [place, input] of inputs.entries()) {
      const list = users.get(input) ?? [];
      list.push({ op, place });
      users.set(input, list);
    }
  }
  return users;
}

function sameNumbers(a: Constant['values'], b: Constant['values']): boolean {
  return a.length === b.length && a.every((number, i) => Object.is(number, b[i]) || String(number) === String(b[i]));
}

/** All numbers of an int32 constant, of which it may hold one for all. */
function expanded({ value, values }: Constant): number[] {
  const numbers = Array.from(values as Int32Array);
  return numbers.length === 1 ? new Array<number>(elementsOf(value.shape)).fill(numbers[0]) : numbers;
}
