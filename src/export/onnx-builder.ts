/** Collects the nodes and tensors of an ONNX graph while a program is translated. */
import type { Constant, Value } from '../graph/program.js';
import { elementsOf } from '../graph/program.js';
import { GraphError } from '../runtime/errors.js';
import { type OnnxAttribute, type OnnxNode, type OnnxTensor, OnnxType, type OnnxTypeName } from './onnx-model.js';

/** ONNX's largest index: "to the end" in a `Slice`. */
export const TO_END = Number.MAX_SAFE_INTEGER;

/** A graph under construction. Values of the program keep their names. */
export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  private readonly tensors = new Map<string, OnnxTensor>();
  private readonly constants = new Map<Value, Constant>();
  private nNames = 0;

  constructor(constants: readonly Constant[]) {
    for (const constant of constants) this.constants.set(constant.value, constant);
  }

  /** The tensors that some node or output names. */
  usedTensors(outputs: readonly string[]): OnnxTensor[] {
    const used = new Set([...outputs, ...this.nodes.flatMap(({ inputs }) => inputs)]);
    for (const [value, constant] of this.constants) {
      if (used.has(value.name) && !this.tensors.has(value.name)) this.tensors.set(value.name, tensorOf(constant));
    }
    return [...this.tensors.values()].filter(({ name }) => used.has(name));
  }

  /** Adds a node and returns the name of its first output: `output`, or a new one. */
  emit(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output: string = this.newName(op),
  ): string {
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a node of several outputs. */
  emitMany(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): void {
    this.nodes.push({ op, inputs, outputs, attributes });
  }

  /** A name that no value has. */
  newName(hint: string): string {
    return `onnx/${hint}_${this.nNames++}`;
  }

  /** A constant list of whole numbers, as shapes, axes and the like are. */
  integers(numbers: readonly number[]): string {
    const bytes = BigInt64Array.from(numbers, BigInt);
    return this.add({ type: 'int64', shape: [numbers.length], bytes: new Uint8Array(bytes.buffer) });
  }

  /** A constant number. */
  scalar(number: number): string {
    return this.add({ type: 'float32', shape: [], bytes: new Uint8Array(Float32Array.of(number).buffer) });
  }

  /** Adds a tensor under a new name. */
  add(tensor: Omit<OnnxTensor, 'name'>): string {
    const name = this.newName('constant');
    this.tensors.set(name, { name, ...tensor });
    return name;
  }

  /** The numbers of a value, where it is a constant. */
  numbersOf(value: Value): number[] | undefined {
    const constant = this.constants.get(value);
    if (constant === undefined || Array.isArray(constant.values)) return undefined;
    const numbers = Array.from(constant.values as Float32Array, Number);
    return numbers.length === 1 ? new Array<number>(elementsOf(value.shape)).fill(numbers[0]) : numbers;
  }

  /**
   * The numbers of a value that ONNX wants to know beforehand.
   *
   * @throws GraphError where they are computed
   */
  known(value: Value, of: string): number[] {
    const numbers = this.numbersOf(value);
    if (numbers === undefined)
      throw new GraphError(`export: ${of}: ${value.name} is computed; ONNX needs a constant there`);
    return numbers;
  }

  /** A list of whole numbers as int64, which shapes and the like are in ONNX. */
  asInt64(value: Value): string {
    const numbers = this.numbersOf(value);
    if (numbers !== undefined) return this.integers(numbers);
    return this.emit('Cast', [value.name], { to: OnnxType.int64 });
  }
}

/**
 * The name of a program's type in ONNX.
 *
 * @throws GraphError for types that ONNX, or we, have not
 */
export function onnxTypeOf({ name, dtype }: Value): OnnxTypeName {
  if (dtype in OnnxType) return dtype as OnnxTypeName;
  throw new GraphError(`export: ${name} is of type ${dtype}, which ONNX models here don't have`);
}

function tensorOf({ value, values }: Constant): OnnxTensor {
  const type = onnxTypeOf(value);
  const numbers = values as Float32Array | Int32Array | Uint8Array | BigInt64Array;
  const length = elementsOf(value.shape);
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const whole = numbers.length === 1 && length > 1 ? Buffer.alloc(length * bytes.length, bytes) : bytes;
  return { name: value.name, type, shape: value.shape, bytes: whole };
}
