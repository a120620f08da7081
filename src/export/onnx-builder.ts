/** Collects the nodes and tensors of an ONNX graph while a program is translated. */
import { transposeValues } from '../graph/fold-views.js';
import type { Constant, Value } from '../graph/program.js';
import { elementsOf } from '../graph/program.js';
import { GraphError } from '../runtime/errors.js';
import { type OnnxAttribute, type OnnxNode, type OnnxTensor, OnnxType, type OnnxTypeName } from './onnx-model.js';
import { quantizeChannels } from './quantization.js';

/** ONNX's largest index: "to the end" in a `Slice`. */
export const TO_END = Number.MAX_SAFE_INTEGER;

/** The step that stands for 0 where steps have no sign. */
const ZERO_STEP = 128;
/** Weights of fewer elements are multiplied in float32: rounding what they are multiplied with takes longer than it spares. */
const LEAST_PRODUCT = 8192;

/** A graph under construction. Values of the program keep their names. */
export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  private readonly tensors = new Map<string, OnnxTensor>();
  private readonly constants = new Map<Value, Constant>();
  /** Constants with their axes turned, by whose they are and how they are turned. */
  private readonly turned = new Map<string, string>();
  /** Names of the tensors that are weights, or were made from them. */
  private readonly weights = new Set<string>();
  /** Values that are rounded to 8 bits in each batch: names of steps, scale and zero. */
  private readonly rounded = new Map<string, readonly string[]>();
  private nNames = 0;

  /**
   * @param own constants that are the model's, and how many ops take each
   * @param isInteger whether products with them are computed in 8 bits
   */
  constructor(
    constants: readonly Constant[],
    private readonly own: ReadonlyMap<Value, number> = new Map(),
    private readonly isInteger = false,
  ) {
    for (const constant of constants) this.constants.set(constant.value, constant);
    for (const { name } of own.keys()) this.weights.add(name);
  }

  /** Whether a tensor is one of the model's own: it may be stored in fewer bits. */
  isWeight(name: string): boolean {
    return this.weights.has(name);
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

  /**
   * A value with its axes in another order: a constant where it is one, else by an op.
   *
   * @param nAxes of a constant, which has no longer ones before them
   */
  transposed(value: Value, order: readonly number[], nAxes = order.length): string {
    const constant = this.constants.get(value);
    const shape = order.map((axis) => value.shape[axis]);
    const values = constant === undefined ? undefined : transposeValues(constant, order, shape);
    if (values === undefined) return this.emit('Transpose', [value.name], { perm: order });
    const key = `${value.name} ${order} ${nAxes}`;
    const known = this.turned.get(key);
    if (known !== undefined) return known;
    const { name: _, ...tensor } = tensorOf({ value: { ...value, shape: shape.slice(-nAxes) }, values });
    const name = this.own.has(value) ? this.addWeight(tensor) : this.add(tensor);
    this.turned.set(key, name);
    return name;
  }

  /** Whether a value is known beforehand. */
  isConstant(value: Value): boolean {
    return this.constants.has(value);
  }

  /**
   * A product with a weight in whole numbers, where that is wanted and pays. Not with a weight of several products, such as
   * that of a recurrence: each step would round what it takes anew.
   *
   * @param op `MatMulInteger` or `ConvInteger`
   * @param x the name of what it is multiplied with, rounded to 8 bits over the range that it has in the batch at hand
   * @param order of the weight's axes in ONNX; the output channel is the first of a `ConvInteger`, the last of a
   *   `MatMulInteger`, whose leading axes of length 1 go
   * @returns names of the sums as float32, and of what they are to be multiplied with, channel by channel; undefined where
   *   the product is to be computed in float32
   */
  emitInteger(
    op: 'MatMulInteger' | 'ConvInteger',
    x: string,
    weight: Value,
    order: readonly number[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): { readonly sums: string; readonly factor: string } | undefined {
    const constant = this.constants.get(weight);
    const isWanted = this.isInteger && this.own.get(weight) === 1 && elementsOf(weight.shape) >= LEAST_PRODUCT;
    if (constant === undefined || !isWanted) return undefined;
    const isConvolution = op === 'ConvInteger';
    const turned = order.map((axis) => weight.shape[axis]);
    const values = transposeValues(constant, order, turned);
    if (!(values instanceof Float32Array) || values.length !== elementsOf(turned)) return undefined;
    const shape = isConvolution ? turned : turned.slice(-2);
    const nChannels = isConvolution ? shape[0] : shape[1];
    const perChannel = values.length / nChannels;
    const { steps, scales } = quantizeChannels(values, nChannels, (i) =>
      isConvolution ? Math.floor(i / perChannel) : i % nChannels,
    );
    // Without a sign: products of two such don't overflow the 16 bits that some processors add them up in.
    const bytes = Uint8Array.from(steps, (step) => step + ZERO_STEP);
    const [given, givenScale, givenZero] = this.dynamicSteps(x);
    const inputs = [
      given,
      this.add({ type: 'uint8', shape, bytes }),
      givenZero,
      this.add({ type: 'uint8', shape: [], bytes: Uint8Array.of(ZERO_STEP) }),
    ];
    const sums = this.emit('Cast', [this.emit(op, inputs, attributes)], { to: OnnxType.float32 });
    return { sums, factor: this.emit('Mul', [givenScale, this.weightVector(scales)]) };
  }

  private dynamicSteps(x: string): readonly string[] {
    const known = this.rounded.get(x);
    if (known !== undefined) return known;
    const names = ['steps', 'scale', 'zero'].map((role) => this.newName(role));
    this.emitMany('DynamicQuantizeLinear', [x], names);
    this.rounded.set(x, names);
    return names;
  }

  /** Numbers of the model's own, one for each channel. */
  weightVector(values: Float32Array): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.addWeight({ type: 'float32', shape: [values.length], bytes });
  }

  private addWeight(tensor: Omit<OnnxTensor, 'name'>): string {
    const name = this.add(tensor);
    this.weights.add(name);
    return name;
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
  private add(tensor: Omit<OnnxTensor, 'name'>): string {
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
