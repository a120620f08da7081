/** Collects the nodes and tensors of an ONNX graph while a program is translated. */

import { createHash } from 'node:crypto';
import { transposeValues } from '../graph/fold-views.js';
import type { Constant, Value } from '../graph/program.js';
import { elementsOf } from '../graph/program.js';
import { GraphError } from '../runtime/errors.js';
import { type OnnxAttribute, type OnnxNode, type OnnxTensor, OnnxType, type OnnxTypeName } from './onnx-model.js';
import { LEAST_ELEMENTS, quantizeChannels, ZERO_STEP } from './quantization.js';

/** ONNX's largest index: "to the end" in a `Slice`. */
export const TO_END = Number.MAX_SAFE_INTEGER;

/** A graph under construction. Values of the program keep their names. */
export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  private readonly tensors = new Map<string, OnnxTensor>();
  private readonly constants = new Map<Value, Constant>();
  /** Names of added tensors by their content. */
  private readonly names = new Map<string, string>();
  /** Constants that are others with their axes turned, by their names. */
  private readonly turned = new Map<string, string>();
  private readonly turnedFrom = new Map<string, string>();
  /** What is in 8 bits already: the names of steps, scale and zero by that of the value. */
  private readonly steps = new Map<string, readonly string[]>();
  private nNames = 0;

  /** @param weights constants whose products are to be computed in 8 bits, and how many ops take each */
  constructor(
    constants: readonly Constant[],
    private readonly weights: ReadonlyMap<Value, number> = new Map(),
  ) {
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

  /** A value with its axes in another order: a constant where it is one, else by an op. */
  transposed(value: Value, order: readonly number[]): string {
    const constant = this.constants.get(value);
    const shape = order.map((axis) => value.shape[axis]);
    const values = constant === undefined ? undefined : transposeValues(constant, order, shape);
    if (values === undefined) return this.emit('Transpose', [value.name], { perm: order });
    const key = `${value.name} ${order}`;
    const known = this.turned.get(key);
    if (known !== undefined) return known;
    const { name: _, ...tensor } = tensorOf({ value: { ...value, shape }, values });
    const name = this.add(tensor);
    this.turned.set(key, name);
    this.turnedFrom.set(name, value.name);
    return name;
  }

  /** Whether a tensor is one of those named, with its axes turned. */
  isMadeFrom(name: string, names: ReadonlySet<string>): boolean {
    return names.has(this.turnedFrom.get(name) ?? '');
  }

  /**
   * A product with a weight in 8 bits, where that is wanted and pays. A weight of several products, such as that of a
   * recurrence, is only stored so: each step would round what it takes anew.
   *
   * @param op `MatMulInteger` or `ConvInteger`
   * @param x the name of what it is multiplied with
   * @param order of the weight's axes in ONNX; the output channel is the first of a `ConvInteger`, the last of a
   *   `MatMulInteger`
   * @param options `isFine`: 8 bits are too few for `x`, so that the weight is only stored so
   * @returns the name of the product; undefined where it is to be computed in float32
   */
  emitInteger(
    op: 'MatMulInteger' | 'ConvInteger',
    x: string,
    weight: Value,
    order: readonly number[],
    {
      attributes = {},
      isFine = false,
      output = this.newName(op),
    }: {
      readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
      readonly isFine?: boolean;
      readonly output?: string;
    } = {},
  ): string | undefined {
    const constant = this.constants.get(weight);
    const shape = order.map((axis) => weight.shape[axis]);
    const isWanted = this.weights.has(weight) && elementsOf(weight.shape) >= LEAST_ELEMENTS;
    const values = isWanted && constant !== undefined ? transposeValues(constant, order, shape) : undefined;
    if (!(values instanceof Float32Array) || values.length !== elementsOf(shape)) return undefined;
    const isConvolution = op === 'ConvInteger';
    const key = `${weight.name} ${order}`;
    const [steps, scale] = this.weightSteps(key, values, shape, isConvolution);
    if (isFine || (this.weights.get(weight) as number) > 1) {
      const whole = this.restored(key, steps, shape, isConvolution);
      return this.emit(isConvolution ? 'Conv' : 'MatMul', [x, whole], attributes, output);
    }
    const [given, givenScale, givenZero] = this.dynamicSteps(x);
    const zero = this.add({ type: 'uint8', shape: [], bytes: Uint8Array.of(ZERO_STEP) });
    const sums = this.emit('Cast', [this.emit(op, [given, steps, givenZero, zero], attributes)], {
      to: OnnxType.float32,
    });
    return this.emit('Mul', [sums, this.emit('Mul', [givenScale, scale])], {}, output);
  }

  private weightSteps(
    key: string,
    values: Float32Array,
    shape: readonly number[],
    isConvolution: boolean,
  ): readonly string[] {
    const known = this.steps.get(key);
    if (known !== undefined) return known;
    const nChannels = isConvolution ? shape[0] : (shape.at(-1) as number);
    const perChannel = values.length / nChannels;
    const { steps, scales } = quantizeChannels(values, nChannels, (i) =>
      isConvolution ? Math.floor(i / perChannel) : i % nChannels,
    );
    const bytes = new Uint8Array(scales.buffer);
    const zeros = new Uint8Array(nChannels).fill(ZERO_STEP);
    const names = [
      this.add({ type: 'uint8', shape, bytes: steps }),
      this.add({ type: 'float32', shape: isConvolution ? [nChannels, 1, 1] : [nChannels], bytes }),
      this.add({ type: 'float32', shape: [nChannels], bytes }),
      this.add({ type: 'uint8', shape: [nChannels], bytes: zeros }),
    ];
    this.steps.set(key, names);
    return names;
  }

  /** A weight in 8 bits as float32 again. */
  private restored(key: string, steps: string, shape: readonly number[], isConvolution: boolean): string {
    const known = this.turned.get(`${key} restored`);
    if (known !== undefined) return known;
    const axis = isConvolution ? 0 : shape.length - 1;
    const [, , scales, zeros] = this.steps.get(key) as readonly string[];
    const name = this.emit('DequantizeLinear', [steps, scales, zeros], { axis });
    this.turned.set(`${key} restored`, name);
    return name;
  }

  private dynamicSteps(x: string): readonly string[] {
    const known = this.steps.get(x);
    if (known !== undefined) return known;
    const names = ['steps', 'scale', 'zero'].map((role) => this.newName(role));
    this.emitMany('DynamicQuantizeLinear', [x], names);
    this.steps.set(x, names);
    return names;
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

  /** Adds a tensor under a new name, or finds the name of an equal one. */
  add(tensor: Omit<OnnxTensor, 'name'>): string {
    const { type, shape, bytes } = tensor;
    const key = `${type}[${shape}] ${createHash('sha256').update(bytes).digest('base64')}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = this.newName('constant');
    this.names.set(key, name);
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
