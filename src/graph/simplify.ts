/** The same program with less in it: no dead ops, no large uniform constants, no arithmetic that changes nothing. */
import type { OpAttribute } from '../runtime/native/binding.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeNumber } from '../runtime/native/tensor-memory.js';
import {
  type Constant,
  type ConstantValues,
  elementsOf,
  isSameShape,
  type Operation,
  type Program,
  type Value,
} from './program.js';

/** Ops of two operands that broadcast. */
const BINARY_OPS: ReadonlySet<string> = new Set([
  'Add',
  'AddV2',
  'Div',
  'Equal',
  'FloorDiv',
  'FloorMod',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'Maximum',
  'Minimum',
  'Mul',
  'NotEqual',
  'Pow',
  'RealDiv',
  'SquaredDifference',
  'Sub',
]);

/** The operand that changes nothing, and whether it may stand on the left too. */
const NEUTRAL: Readonly<Record<string, { readonly number: number; readonly isLeftToo: boolean }>> = {
  Add: { number: 0, isLeftToo: true },
  AddV2: { number: 0, isLeftToo: true },
  Div: { number: 1, isLeftToo: false },
  Mul: { number: 1, isLeftToo: true },
  RealDiv: { number: 1, isLeftToo: false },
  Sub: { number: 0, isLeftToo: false },
};

/** Uniform constants above so many elements are made by the engine when they are needed. */
const MAX_UNIFORM_CONSTANT = 64;

/**
 * tfjs's gradients multiply by ones of full shape, made in JavaScript: each would be stored, copied and multiplied. They
 * become scalars, or a broadcast, or vanish. Ops, constants and captures that no output or assignment needs go. Inputs
 * stay, needed or not. Captured handles that go are left to the owner of the whole program.
 */
export function simplifyProgram(program: Program): Program {
  return removeDead(new Simplifier(program).run());
}

/** Without ops, constants and captures that nothing needs. */
export function removeDead(program: Program): Program {
  const needed = new Set<Value>([...program.outputs.values(), ...program.assignments.map(({ value }) => value)]);
  const operations: Operation[] = [];
  for (let i = program.operations.length - 1; i >= 0; i--) {
    const operation = program.operations[i];
    if (!operation.outputs.some((output) => needed.has(output))) continue;
    operations.push(operation);
    for (const input of operation.inputs) needed.add(input);
    if (operation.after !== undefined) needed.add(operation.after);
  }
  return {
    ...program,
    captures: program.captures.filter(({ value }) => needed.has(value)),
    constants: program.constants.filter(({ value }) => needed.has(value)),
    operations: operations.reverse(),
  };
}

class Simplifier {
  private readonly constants: Constant[] = [];
  private readonly operations: Operation[] = [];
  /** What a value of the old program has become. */
  private readonly replacements = new Map<Value, Value>();
  /** Values whose elements are all equal, and to what: a typed array of one. */
  private readonly uniform = new Map<Value, ConstantValues>();
  /** Values that are a smaller one, broadcast. */
  private readonly broadcasts = new Map<Value, Value>();
  private readonly scalars = new Map<string, Value>();
  private nNames = 0;

  constructor(private readonly program: Program) {}

  run(): Program {
    for (const { value, values } of this.program.constants) {
      if (values.length === 1 && !Array.isArray(values)) this.uniform.set(value, values);
      if (values.length !== 1 || elementsOf(value.shape) <= MAX_UNIFORM_CONSTANT) {
        this.constants.push({ value, values });
        continue;
      }
      this.fill(value, values);
    }
    for (const operation of this.program.operations) this.visit(operation);
    const { inputs, captures, assignments, outputs } = this.program;
    return {
      inputs,
      captures,
      constants: this.constants,
      operations: this.operations,
      assignments: assignments.map(({ variable, value }) => ({ variable, value: this.now(value) })),
      outputs: new Map([...outputs].map(([name, value]) => [name, this.now(value)])),
    };
  }

  private visit(old: Operation): void {
    const operation = {
      ...old,
      inputs: old.inputs.map((input) => this.now(input)),
      ...(old.after === undefined ? {} : { after: this.now(old.after) }),
    };
    const [output] = operation.outputs;
    const same = this.unchanged(operation);
    if (same !== undefined) {
      this.replacements.set(output, same);
      return;
    }
    const number = this.uniformResult(operation);
    if (number !== undefined) {
      const values = Float32Array.of(number);
      this.uniform.set(output, values);
      this.fill(output, values, operation);
      return;
    }
    this.operations.push(BINARY_OPS.has(operation.op) ? this.narrow(operation) : operation);
  }

  /** What all elements of a float32 output are, where that follows from the inputs alone. */
  private uniformResult({ op, inputs, outputs }: Operation): number | undefined {
    if (outputs.length !== 1 || outputs[0].dtype !== 'float32') return undefined;
    // Zeros and ones need only the shape of their input: not to wait for it, nor to keep it.
    if (LIKE[op] !== undefined) return LIKE[op];
    const [a, b] = inputs.map((input) => {
      const values = input.dtype === 'float32' ? this.uniform.get(input) : undefined;
      return values === undefined ? undefined : Number(values[0]);
    });
    if (op === 'Fill') return b;
    if (a === undefined) return undefined;
    if (op === 'Reshape' || op === 'BroadcastTo' || op === 'Tile') return a;
    if (op === 'Neg') return -a;
    const fold = FOLDED[op];
    return fold === undefined || b === undefined ? undefined : Math.fround(fold(a, b));
  }

  /** The input that this op returns as it is, if it does. */
  private unchanged({ op, inputs, outputs: [output] }: Operation): Value | undefined {
    const [first, second] = inputs;
    const isAlike = (value: Value) => value.dtype === output.dtype && isSameShape(value.shape, output.shape);
    if (op === 'Identity' || ((op === 'Cast' || op === 'Reshape') && isAlike(first))) return first;
    const neutral = NEUTRAL[op];
    if (neutral === undefined) return undefined;
    if (isAlike(first) && this.isUniformly(second, neutral.number)) return first;
    if (neutral.isLeftToo && isAlike(second) && this.isUniformly(first, neutral.number)) return second;
    return undefined;
  }

  /** The op with smaller operands, where the other one already has the full shape. */
  private narrow(operation: Operation): Operation {
    const {
      inputs: [a, b],
      outputs: [output],
    } = operation;
    const narrowed = (value: Value, other: Value): Value => {
      if (!isSameShape(other.shape, output.shape)) return value;
      return this.scalarOf(value) ?? this.broadcasts.get(value) ?? value;
    };
    const left = narrowed(a, b);
    const right = narrowed(b, left);
    const stretched =
      operation.op === 'Mul' ? (this.isUniformly(a, 1) ? b : this.isUniformly(b, 1) ? a : undefined) : undefined;
    if (stretched === undefined || isSameShape(stretched.shape, output.shape)) {
      return { ...operation, inputs: [left, right] };
    }
    // Times ones of a larger shape: a broadcast. Whoever takes it beside a tensor of that shape takes it unstretched.
    this.broadcasts.set(output, stretched);
    const attributes = [typeAttribute('T', output), { ...typeAttribute('Tidx', output), value: INT32 }];
    return { ...operation, op: 'BroadcastTo', attributes, inputs: [stretched, this.shapeOf(output)] };
  }

  /** A scalar that stands for a uniform value of more than one element. */
  private scalarOf(value: Value): Value | undefined {
    const values = this.uniform.get(value);
    return values === undefined || value.shape.length === 0 ? undefined : this.scalar(value.dtype, values);
  }

  private scalar(dtype: string, values: ConstantValues): Value {
    const key = `${dtype} ${Object.is(values[0], -0) ? '-0' : String(values[0])}`;
    const known = this.scalars.get(key);
    if (known !== undefined) return known;
    const value = this.constant([], dtype, values);
    this.scalars.set(key, value);
    return value;
  }

  /** Makes `value` by an op of the engine. */
  private fill(value: Value, values: ConstantValues, from: Pick<Operation, 'origin' | 'after'> = {}): void {
    const attributes = [typeAttribute('T', value), { ...typeAttribute('index_type', value), value: INT32 }];
    const inputs = [this.shapeOf(value), this.scalar(value.dtype, values)];
    const { origin, after } = from;
    this.operations.push({
      name: value.name,
      op: 'Fill',
      attributes,
      inputs,
      outputs: [value],
      ...(origin === undefined ? {} : { origin }),
      ...(after === undefined ? {} : { after }),
    });
  }

  private shapeOf({ shape }: Value): Value {
    return this.constant([shape.length], 'int32', Int32Array.from(shape));
  }

  private constant(shape: readonly number[], dtype: string, values: ConstantValues): Value {
    const value = { name: `simplified.${this.nNames++}`, shape, dtype };
    this.constants.push({ value, values });
    return value;
  }

  private isUniformly(value: Value, number: number): boolean {
    const values = this.uniform.get(value);
    return values !== undefined && values[0] === number;
  }

  private now(value: Value): Value {
    return this.replacements.get(value) ?? value;
  }
}

/** Ops that take nothing of their input but its shape. */
const LIKE: Readonly<Record<string, number>> = { OnesLike: 1, ZerosLike: 0 };

/** Arithmetic on uniform values, which is that on two numbers. */
const FOLDED: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  AddV2: (a, b) => a + b,
  Mul: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Sub: (a, b) => a - b,
};

const INT32 = dataTypeNumber('int32');

function typeAttribute(name: string, { dtype }: Value): OpAttribute {
  return { name, type: AttributeKind.type, value: dataTypeNumber(dtype) };
}
