/** Programs without views of views: recorded products see all axes but the last as one, and turn their results back. */
import { type Constant, elementsOf, type Operation, type Program, type Value } from '../graph/program.js';
import { removeDead } from '../graph/simplify.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeNumber } from '../runtime/native/tensor-memory.js';

/** Ops that keep their first input's elements in order. */
const SAME_ORDER: ReadonlySet<string> = new Set(['ExpandDims', 'Reshape', 'Squeeze']);
/** Ops of one input that see each element alone. */
const UNARY: ReadonlySet<string> = new Set([
  'Abs',
  'Elu',
  'Erf',
  'Exp',
  'Neg',
  'Relu',
  'Selu',
  'Sigmoid',
  'Square',
  'Tanh',
]);
/** Ops of two inputs that see each element alone; here the second is a constant of one row. */
const BINARY: ReadonlySet<string> = new Set(['Add', 'AddV2', 'BiasAdd', 'Div', 'Mul', 'RealDiv', 'Sub']);
const PRODUCTS: ReadonlySet<string> = new Set(['BatchMatMul', 'BatchMatMulV2', 'MatMul']);
const NORMS: ReadonlySet<string> = new Set(['FusedBatchNorm', 'FusedBatchNormV3']);

/**
 * The program with each view taken of the tensor itself, and none that changes nothing. What is done row by row to a view
 * is done to the tensor itself, of whatever rank, which ONNX's ops take and TensorFlow's do not all.
 *
 * @param program without captures
 */
export function mergeViews(program: Program): Program {
  return removeDead(new ViewMerger(program).run());
}

class ViewMerger {
  private readonly constants: Constant[];
  private readonly isConstant: ReadonlySet<Value>;
  private readonly operations: Operation[] = [];
  /** What views have the elements of. */
  private readonly sources = new Map<Value, Value>();
  private readonly replacements = new Map<Value, Value>();

  constructor(private readonly program: Program) {
    this.constants = [...program.constants];
    this.isConstant = new Set(program.constants.map(({ value }) => value));
  }

  run(): Program {
    const now = (value: Value): Value => this.replacements.get(value) ?? value;
    for (const operation of this.program.operations) {
      const current = { ...operation, inputs: operation.inputs.map(now) };
      if (SAME_ORDER.has(operation.op)) this.visitView(current);
      else if (!this.moveView(current)) this.operations.push(current);
    }
    const { outputs: old } = this.program;
    const outputs = new Map([...old].map(([name, value]) => [name, now(value)]));
    return { ...this.program, constants: this.constants, operations: this.operations, outputs };
  }

  private visitView(operation: Operation): void {
    const {
      inputs: [first, ...rest],
      outputs: [output],
    } = operation;
    const source = this.sources.get(first) ?? first;
    if (isSameShape(source, output)) {
      this.replacements.set(output, source);
      return;
    }
    this.sources.set(output, source);
    // The others name axes of the shape that they are given.
    this.operations.push(operation.op === 'Reshape' ? { ...operation, inputs: [source, ...rest] } : operation);
  }

  /** Runs an op on what its input is a view of, with the view behind it: where that meets the view back, both go. */
  private moveView(operation: Operation): boolean {
    const {
      inputs: [first, ...rest],
      outputs: [output, ...others],
    } = operation;
    const source = first === undefined ? undefined : this.sources.get(first);
    if (source === undefined || nFree(output) > 1 || !this.isByRow(operation, source)) return false;
    const shape = UNARY.has(operation.op)
      ? source.shape
      : [...source.shape.slice(0, -1), output.shape.at(-1) as number];
    const whole: Value = { ...output, name: `${output.name}/whole`, shape };
    const viewShape: Value = { name: `${output.name}/shape`, shape: [output.shape.length], dtype: 'int32' };
    this.constants.push({ value: viewShape, values: Int32Array.from(output.shape) });
    this.sources.set(output, whole);
    const types = { T: output.dtype, Tshape: 'int32' };
    this.operations.push(
      { ...operation, inputs: [source, ...rest], outputs: [whole, ...others] },
      {
        name: `${operation.name}/view`,
        op: 'Reshape',
        attributes: Object.entries(types).map(([name, dtype]) => ({
          name,
          type: AttributeKind.type,
          value: dataTypeNumber(dtype),
        })),
        inputs: [whole, viewShape],
        outputs: [output],
      },
    );
    return true;
  }

  private isByRow(
    { op, attributes, inputs: [first, second, ...rest], outputs: [output] }: Operation,
    source: Value,
  ): boolean {
    if (UNARY.has(op)) return true;
    const width = first.shape.at(-1) as number;
    const isFit = width > 0 && source.shape.at(-1) === width && second !== undefined && this.isConstant.has(second);
    if (!isFit || second.shape.length > source.shape.length) return false;
    if (BINARY.has(op)) {
      const isOneRow = elementsOf(second.shape) === 1 || elementsOf(second.shape) === second.shape.at(-1);
      return isOneRow && output.shape.at(-1) === width;
    }
    if (PRODUCTS.has(op)) {
      const isTurned = attributes.some(({ name, value }) => /^(adj|transpose)_/.test(name) && Boolean(value));
      return !isTurned && elementsOf(second.shape.slice(0, -2)) === 1;
    }
    return NORMS.has(op) && rest.every((value) => this.isConstant.has(value));
  }
}

/** Whether two shapes of as many elements are one: a single length may be free, as the others fix it. */
function isSameShape(a: Value, b: Value): boolean {
  return String(a.shape) === String(b.shape) && nFree(a) <= 1;
}

function nFree({ shape }: Value): number {
  return shape.filter((length) => length < 0).length;
}
