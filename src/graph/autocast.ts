/**
 * Mixed precision (Micikevicius et al., ICLR 2018): matrix products and convolutions, forward and backward, in half the
 * bits; all else, weights and sums over a batch among it, stays float32.
 */
import type { OpAttribute } from '../runtime/native/binding.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeNumber } from '../runtime/native/tensor-memory.js';
import type { Operation, Program, Value } from './program.js';
import { removeDead } from './simplify.js';

/** Types of half the bits: `bfloat16` has float32's range, `float16` more digits. */
export type LowPrecision = 'bfloat16' | 'float16';

/** Ops that are worth it; the sums inside of them are float32. */
const PRODUCTS: ReadonlySet<string> = new Set([
  'BatchMatMul',
  'BatchMatMulV2',
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'Einsum',
  'MatMul',
]);

/** Ops that round nothing: on numbers that were rounded before they give the same in either type. */
const EXACT: ReadonlySet<string> = new Set([
  'ConcatV2',
  'ExpandDims',
  'MaxPool',
  'Maximum',
  'Minimum',
  'Neg',
  'Pad',
  'Relu',
  'Reshape',
  'Slice',
  'Split',
  'SplitV',
  'Squeeze',
  'StridedSlice',
  'Transpose',
]);

/** Names of the ops of `program` that {@link autocast} would run in low precision. */
export function lowPrecisionOps({ operations }: Program): string[] {
  return [...new Set(operations.filter(({ op }) => PRODUCTS.has(op)).map(({ op }) => op))];
}

/**
 * The program with its products in low precision. Values go down and up by `Cast`, each once, and not at all between two
 * ops of low precision that only move numbers around. Inputs, outputs, variables and captures keep their types.
 */
export function autocast(program: Program, dtype: LowPrecision): Program {
  return removeDead(new Caster(dtype).run(program));
}

class Caster {
  private readonly operations: Operation[] = [];
  /** Low-precision values whose float32 counterpart is exactly the same. */
  private readonly exact = new Map<Value, Value>();
  /** Rounded values, by the value and what the rounding waits for. */
  private readonly rounded = new Map<Value, Map<Value | undefined, Value>>();
  private readonly groups = new Map<Value, Value>();

  constructor(private readonly dtype: LowPrecision) {}

  run(program: Program): Program {
    for (const operation of program.operations) {
      const floats = operation.inputs.filter(({ dtype }) => dtype === 'float32');
      const isLow =
        operation.outputs.every(({ dtype }) => dtype === 'float32') &&
        (PRODUCTS.has(operation.op) ||
          (EXACT.has(operation.op) && floats.length > 0 && floats.every((value) => this.exact.has(value))));
      if (isLow) this.lower(operation);
      else this.operations.push(operation);
      const { after } = operation;
      if (after !== undefined) for (const output of operation.outputs) this.groups.set(output, after);
    }
    return { ...program, operations: this.operations };
  }

  /** The op in low precision, and its outputs cast up again for whoever wants float32. */
  private lower(operation: Operation): void {
    const { attributes, inputs, outputs } = operation;
    const name = this.nameOf(outputs[0]);
    const low = outputs.map((output, i) => ({ ...output, name: i === 0 ? name : `${name}:${i}`, dtype: this.dtype }));
    this.operations.push({
      ...operation,
      name,
      attributes: [...attributes.filter((attribute) => attribute.name !== 'T'), typeAttribute('T', this.dtype)],
      inputs: inputs.map((input) => (input.dtype === 'float32' ? this.low(input, operation) : input)),
      outputs: low,
    });
    for (const [i, output] of outputs.entries()) {
      this.exact.set(output, low[i]);
      this.cast(low[i], output, operation);
    }
  }

  /** The value in low precision, for this op. */
  private low(value: Value, user: Operation): Value {
    const exact = this.exact.get(value);
    if (exact !== undefined) return exact;
    // What is recomputed is rounded again, rather than kept in either form.
    const after = this.groups.get(value) ?? user.after;
    const known = this.rounded.get(value) ?? new Map<Value | undefined, Value>();
    this.rounded.set(value, known);
    const made = known.get(after);
    if (made !== undefined) return made;
    const suffix = known.size === 0 ? '' : `.${known.size}`;
    const low = { ...value, name: `${this.nameOf(value)}${suffix}`, dtype: this.dtype };
    known.set(after, low);
    if (after !== undefined) this.groups.set(low, after);
    const { after: _, ...rest } = user;
    this.cast(value, low, after === undefined ? rest : { ...rest, after });
    return low;
  }

  private cast(from: Value, to: Value, { origin, after }: Pick<Operation, 'origin' | 'after'>): void {
    this.operations.push({
      name: to.name,
      op: 'Cast',
      attributes: [
        typeAttribute('SrcT', from.dtype),
        typeAttribute('DstT', to.dtype),
        { name: 'Truncate', type: AttributeKind.bool, value: false },
      ],
      inputs: [from],
      outputs: [to],
      ...(origin === undefined ? {} : { origin }),
      ...(after === undefined ? {} : { after }),
    });
  }

  /** As an op's name: without a colon. */
  private nameOf({ name }: Value): string {
    return `${name.replace(':', '.')}.${this.dtype}`;
  }
}

function typeAttribute(name: string, dtype: string): OpAttribute {
  return { name, type: AttributeKind.type, value: dataTypeNumber(dtype) };
}
