/** Values across the border: from typed arrays and strings to TensorFlow's tensors, and back. One copy each way. */
import { EngineError } from '../errors.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';

/** TensorFlow's numbers for its types of data. */
export const DataType = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  float16: 19,
  resource: 20,
  variant: 21,
  uint32: 22,
  uint64: 23,
} as const;

/**
 * Values as they cross: int64 as `BigInt64Array` (or pairs of int32, low word first, inwards), complex64 as interleaved
 * float32, bool as bytes, string as one `Uint8Array` an element, resource as its serialized form.
 */
export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

const NAMES = new Map<number, string>(Object.entries(DataType).map(([name, number]) => [number, name]));
const NUMBERS = new Map<string, number>(Object.entries(DataType));

/** The name of a TensorFlow data type. */
export function dataTypeName(dtype: number): string {
  return NAMES.get(dtype) ?? `dtype ${dtype}`;
}

/** TensorFlow's number for a data type by name, or undefined where there is none. */
export function dataTypeNumber(name: string): number | undefined {
  return NUMBERS.get(name);
}

const BYTES_PER_ELEMENT: Readonly<Record<number, number>> = {
  [DataType.float32]: 4,
  [DataType.int32]: 4,
  [DataType.uint8]: 1,
  [DataType.complex64]: 8,
  [DataType.int64]: 8,
  [DataType.bool]: 1,
};

/** Bytes of one `TF_TString`. */
const STRING_BYTES = 24;

/**
 * A new handle that holds `values`.
 *
 * @throws EngineError where the values are not as many, or not of the type, that shape and dtype say
 */
export function newHandle(
  engine: EngineContext,
  shape: readonly number[],
  dtype: number,
  values: unknown,
): Pointer<'TFE_TensorHandle'> {
  if (dtype === DataType.string) return newStringHandle(engine, shape, values);
  const where = () => `tensor ${dataTypeName(dtype)}[${shape}]`;
  const width = BYTES_PER_ELEMENT[dtype];
  if (width === undefined) throw new EngineError(`${where()}: no values of this type can be handed to TensorFlow`);
  const bytes = elements(shape) * width;
  if (!ArrayBuffer.isView(values) || values.byteLength !== bytes || !fits(dtype, values)) {
    throw new EngineError(`${where()}: expected ${bytes} bytes of ${dataTypeName(dtype)}, got ${describe(values)}`);
  }
  const tensor = allocate(engine, dtype, shape, bytes, where);
  try {
    if (bytes > 0) engine.api.copyIn(engine.api.TF_TensorData(tensor), values, bytes);
    return wrap(engine, tensor, where);
  } finally {
    deleteTensor(engine, tensor);
  }
}

/**
 * The values behind a handle, copied.
 *
 * @throws EngineError for types without a counterpart here
 */
export function readHandle(engine: EngineContext, handle: Pointer<'TFE_TensorHandle'>): TensorValues {
  const { api } = engine;
  const dtype = api.TFE_TensorHandleDataType(handle);
  const tensor = api.TFE_TensorHandleResolve(handle, engine.status);
  engine.check(() => `reading a ${dataTypeName(dtype)} tensor`);
  engine.ledger.tensor++;
  try {
    const bytes = api.TF_TensorByteSize(tensor);
    if (dtype === DataType.string) return readStrings(engine, api.TF_TensorData(tensor), bytes / STRING_BYTES);
    const values = newArray(dtype, bytes);
    if (bytes > 0) api.copyOut(values, api.TF_TensorData(tensor), bytes);
    return values;
  } finally {
    deleteTensor(engine, tensor);
  }
}

/** The shape behind a handle. A resource is a scalar. */
export function shapeOf(engine: EngineContext, handle: Pointer<'TFE_TensorHandle'>, dtype: number): number[] {
  if (dtype === DataType.resource) return [];
  const { api, status } = engine;
  const rank = api.TFE_TensorHandleNumDims(handle, status);
  if (rank < 0) engine.check(() => 'shape of a tensor');
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) shape.push(api.TFE_TensorHandleDim(handle, axis, status));
  return shape;
}

/** 64-bit integers for C, from numbers below 2^53. */
export function int64List(values: readonly number[]): Uint32Array {
  const words = new Uint32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    words[2 * i] = value;
    words[2 * i + 1] = Math.floor(value / 2 ** 32);
  }
  return words;
}

/** The address in the two 32-bit words at `index` of a table of addresses that C filled. */
export function addressAt<Of extends string>(words: Uint32Array, index: number): Pointer<Of> {
  return (words[2 * index + 1] * 2 ** 32 + words[2 * index]) as Pointer<Of>;
}

/**
 * Makes a handle of `tensor` (which stays the caller's), on the GPU if there is one: its kernels want everything there
 * but int32 and strings.
 */
export function wrap(
  engine: EngineContext,
  tensor: Pointer<'TF_Tensor'>,
  where: () => string,
): Pointer<'TFE_TensorHandle'> {
  const { api, ledger, status } = engine;
  const handle = api.TFE_NewTensorHandle(tensor, status);
  engine.check(where);
  ledger.handle++;
  const dtype = api.TFE_TensorHandleDataType(handle);
  if (engine.gpu === undefined || dtype === DataType.int32 || dtype === DataType.string) return handle;
  const moved = api.TFE_TensorHandleCopyToDevice(handle, engine.context, engine.name(engine.gpu.name), status);
  deleteHandle(engine, handle);
  engine.check(where);
  ledger.handle++;
  return moved;
}

/** Gives a handle back. */
export function deleteHandle(engine: EngineContext, handle: Pointer<'TFE_TensorHandle'>): void {
  engine.api.TFE_DeleteTensorHandle(handle);
  engine.ledger.handle--;
}

/** Gives a tensor back. */
export function deleteTensor(engine: EngineContext, tensor: Pointer<'TF_Tensor'>): void {
  engine.api.TF_DeleteTensor(tensor);
  engine.ledger.tensor--;
}

function allocate(
  engine: EngineContext,
  dtype: number,
  shape: readonly number[],
  bytes: number,
  where: () => string,
): Pointer<'TF_Tensor'> {
  const tensor = engine.api.TF_AllocateTensor(dtype, int64List(shape), shape.length, bytes);
  if (tensor === 0) throw new EngineError(`${where()}: TensorFlow can't allocate ${bytes} bytes; free some memory`);
  engine.ledger.tensor++;
  return tensor;
}

/**
 * Strings longer than 22 bytes own memory of their own, which nobody frees with a tensor made through the C API. So the
 * tensor made here is copied by an op, whose result TensorFlow frees with its strings, and ours are freed at once.
 */
function newStringHandle(
  engine: EngineContext,
  shape: readonly number[],
  values: unknown,
): Pointer<'TFE_TensorHandle'> {
  const where = () => `tensor string[${shape}]`;
  const count = elements(shape);
  if (!Array.isArray(values) || values.length !== count || !values.every((value) => value instanceof Uint8Array)) {
    throw new EngineError(`${where()}: expected ${count} Uint8Array, got ${describe(values)}`);
  }
  const { api, ledger, status } = engine;
  const tensor = allocate(engine, DataType.string, shape, count * STRING_BYTES, where);
  const first = count > 0 ? api.TF_TensorData(tensor) : 0;
  const stringAt = (i: number) => (first + i * STRING_BYTES) as Pointer<'TF_TString'>;
  let borrowed: Pointer<'TFE_TensorHandle'> | undefined;
  try {
    for (let i = 0; i < count; i++) {
      const bytes = values[i];
      api.TF_StringInit(stringAt(i));
      api.TF_StringCopy(stringAt(i), bytes, bytes.length);
    }
    borrowed = wrap(engine, tensor, where);
    const op = api.TFE_NewOp(engine.context, engine.name('DeepCopy'), status);
    engine.check(where);
    ledger.op++;
    try {
      api.TFE_OpAddInput(op, borrowed, status);
      engine.check(where);
      const outputs = new Uint32Array(2);
      api.TFE_Execute(op, outputs, new Int32Array([1]), status);
      engine.check(where);
      ledger.handle++;
      return addressAt(outputs, 0);
    } finally {
      api.TFE_DeleteOp(op);
      ledger.op--;
    }
  } finally {
    if (borrowed !== undefined) deleteHandle(engine, borrowed);
    for (let i = 0; i < count; i++) api.TF_StringDealloc(stringAt(i));
    deleteTensor(engine, tensor);
  }
}

function readStrings(engine: EngineContext, first: number, count: number): Uint8Array[] {
  const { api } = engine;
  return Array.from({ length: count }, (_, i) => {
    const text = (first + i * STRING_BYTES) as Pointer<'TF_TString'>;
    const bytes = new Uint8Array(api.TF_StringGetSize(text));
    if (bytes.length > 0) api.copyOut(bytes, api.TF_StringGetDataPointer(text), bytes.length);
    return bytes;
  });
}

function newArray(dtype: number, bytes: number): Exclude<TensorValues, Uint8Array[]> {
  switch (dtype) {
    case DataType.float32:
    case DataType.complex64:
      return new Float32Array(bytes / 4);
    case DataType.int32:
      return new Int32Array(bytes / 4);
    case DataType.int64:
      return new BigInt64Array(bytes / 8);
    case DataType.bool:
    case DataType.uint8:
    case DataType.resource:
      return new Uint8Array(bytes);
    default:
      throw new EngineError(
        `reading a ${dataTypeName(dtype)} tensor: its values have no counterpart in TensorFlow.js; cast it first`,
      );
  }
}

function fits(dtype: number, values: ArrayBufferView): boolean {
  switch (dtype) {
    case DataType.float32:
    case DataType.complex64:
      return values instanceof Float32Array;
    case DataType.int32:
      return values instanceof Int32Array;
    case DataType.int64:
      return values instanceof BigInt64Array || values instanceof Int32Array;
    default:
      return values instanceof Uint8Array;
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function describe(values: unknown): string {
  if (ArrayBuffer.isView(values)) return `${values.byteLength} bytes in a ${values.constructor.name}`;
  return Array.isArray(values) ? `an array of ${values.length}` : typeof values;
}
