/** ONNX files, written field by field. Field numbers: onnx/onnx.proto3. */
import { bytesField, floatField, packedField, varintField } from '../runtime/protobuf.js';

/** Types of elements, by ONNX's numbers. */
export const OnnxType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

/** A name in {@link OnnxType}. */
export type OnnxTypeName = keyof typeof OnnxType;

/** A tensor that the file holds. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxTypeName;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** What an attribute of a node may be: a whole number, a float by its own kind, text, or a list of whole numbers. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

/** One op. */
export interface OnnxNode {
  readonly op: string;
  /** An empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output; -1 is the batch. */
export interface OnnxEnd {
  readonly name: string;
  readonly type: OnnxTypeName;
  readonly shape: readonly number[];
}

/** A graph with what a file says beside it. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxEnd[];
  readonly outputs: readonly OnnxEnd[];
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The version of ONNX's op set that is written, and the format that came with it. */
export const OPSET = 18;
const IR_VERSION = 8;

/** The bytes of a `.onnx` file. */
export function encodeOnnx(given: OnnxModel, version: string): Uint8Array {
  const model = withShortNames(given);
  const graph = [
    ...model.nodes.map((node) => bytesField(1, encodeNode(node))),
    textField(2, 'voiceproof'),
    ...model.tensors.map((tensor) => bytesField(5, encodeTensor(tensor))),
    ...model.inputs.map((end) => bytesField(11, encodeEnd(end))),
    ...model.outputs.map((end) => bytesField(12, encodeEnd(end))),
  ];
  return Buffer.concat([
    varintField(1, IR_VERSION),
    textField(2, 'voiceproof'),
    textField(3, version),
    textField(6, model.description),
    bytesField(7, Buffer.concat(graph)),
    bytesField(8, Buffer.concat([textField(1, ''), varintField(2, OPSET)])),
    ...Object.entries(model.metadata).map(([key, value]) =>
      bytesField(14, Buffer.concat([textField(1, key), textField(2, value)])),
    ),
  ]);
}

/**
 * The model with names of a few letters for all but its inputs and outputs: a recurrence of thousands of ops would spend
 * more bytes on names than on weights in 8 bits.
 */
function withShortNames(model: OnnxModel): OnnxModel {
  const names = new Map([...model.inputs, ...model.outputs].map(({ name }) => [name, name]));
  const taken = new Set(names.keys());
  names.set('', '');
  let nNames = 0;
  const short = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    let next = shortName(nNames++);
    while (taken.has(next)) next = shortName(nNames++);
    names.set(name, next);
    return next;
  };
  return {
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(short),
      outputs: node.outputs.map(short),
    })),
    tensors: model.tensors.map((tensor) => ({ ...tensor, name: short(tensor.name) })),
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SIGNS = `${LETTERS}0123456789_`;

/** The shortest identifiers, one after the other: letters, and behind them digits too. */
function shortName(index: number): string {
  let name = LETTERS[index % LETTERS.length];
  for (let rest = Math.floor(index / LETTERS.length); rest > 0; rest = Math.floor((rest - 1) / SIGNS.length)) {
    name += SIGNS[(rest - 1) % SIGNS.length];
  }
  return name;
}

function encodeNode({ op, inputs, outputs, attributes }: OnnxNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(5, Buffer.concat([textField(1, name), ...encodeAttribute(value)])),
    ),
  ]);
}

/** Value and type of an `AttributeProto`. */
function encodeAttribute(value: OnnxAttribute): Buffer[] {
  if (typeof value === 'number') return [varintField(3, value), varintField(20, 2)];
  if (typeof value === 'string') return [textField(4, value), varintField(20, 3)];
  if ('float' in value) return [floatField(2, value.float), varintField(20, 1)];
  return [...value.map((one) => varintField(8, one)), varintField(20, 7)];
}

function encodeTensor({ name, type, shape, bytes }: OnnxTensor): Buffer {
  return Buffer.concat([
    ...shape.map((length) => varintField(1, length)),
    varintField(2, OnnxType[type]),
    textField(8, name),
    encodeContent(type, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  ]);
}

/** Bytes as they are; whole numbers, which are small in shapes and axes, with as many bytes as each needs if these are fewer. */
function encodeContent(type: OnnxTypeName, bytes: Buffer): Buffer {
  const raw = bytesField(9, bytes);
  if (type !== 'int64' && type !== 'int32') return raw;
  const width = type === 'int64' ? 8 : 4;
  const numbers = Array.from({ length: bytes.length / width }, (_, i) =>
    type === 'int64' ? Number(bytes.readBigInt64LE(i * width)) : bytes.readInt32LE(i * width),
  );
  const packed = packedField(type === 'int64' ? 7 : 5, numbers);
  return packed.length < raw.length ? packed : raw;
}

function encodeEnd({ name, type, shape }: OnnxEnd): Buffer {
  const lengths = shape.map((length) => bytesField(1, length < 0 ? textField(2, 'batch') : varintField(1, length)));
  const tensor = Buffer.concat([varintField(1, OnnxType[type]), bytesField(2, Buffer.concat(lengths))]);
  return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, tensor))]);
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}
