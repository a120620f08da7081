/**
 * Named tensors in the safetensors format: eight bytes with the header's length, a JSON header, then the raw values,
 * little endian. Nothing in such a file is ever executed.
 * Format: https://huggingface.co/docs/safetensors/index
 */
import { z } from 'zod';
import { type ByteFile, openByteFile } from './byte-file.js';
import { CheckpointError, messageOf } from './errors.js';
import { writeFileAtomic } from './files.js';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half-precision.js';
import { readAndClose, type TensorFile } from './tensor-file.js';

/** How a tensor's values are stored. */
export type StoredType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8' | 'BOOL';

/** One tensor of a file, row-major. */
export interface StoredTensor {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /**
   * The values: `Float64Array` for F64, `Float32Array` for F32 and, widened, for F16 and BF16, `BigInt64Array` for
   * I64, `Int32Array` for I32, `Uint8Array` for U8 and BOOL (0 or 1).
   */
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

/** What a file holds. */
export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by key; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of one value as stored. */
export const ITEM_BYTES: Readonly<Record<StoredType, number>> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  U8: 1,
  BOOL: 1,
};

/** The format's own bound: a longer header is damage or malice. */
const MAX_HEADER_BYTES = 100_000_000;
const METADATA_KEY = '__metadata__';

const metadataSchema = z.record(z.string(), z.string());
const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(ITEM_BYTES) as [StoredType, ...StoredType[]]),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** Where a tensor lies in a file. */
interface Entry {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Bytes from the start of the values. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Opens a file, whose tensors are then read one by one. Every length is checked before anything of that size is made.
 *
 * @throws CheckpointError that names the file: absent, cut short, longer than its header says, a header that is too
 *   long or no JSON, an unknown dtype, tensors that overlap, leave holes or don't fit their shapes
 */
export function openSafetensors(path: string): TensorFile {
  const file = openByteFile(path);
  try {
    const { entries, metadata, start } = readHeader(file);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    return {
      path,
      headers: byName,
      metadata,
      read: (name) => {
        const { dtype, shape, begin, end } = byName.get(name) as Entry;
        return { dtype, shape, data: decodeValues(dtype, file.read(start + begin, end - begin)) };
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Reads a whole file.
 *
 * @throws CheckpointError as {@link openSafetensors}
 */
export function readSafetensors(path: string): StoredTensors {
  const file = openSafetensors(path);
  return { tensors: readAndClose(file), metadata: file.metadata };
}

/**
 * Writes a file, whole or not at all. Equal content gives equal bytes: wider types first, then by name, so that every
 * tensor also starts at a multiple of its item's size; metadata by key.
 *
 * @throws CheckpointError where a tensor's data doesn't fit its shape or dtype
 * @throws VoiceproofError where the place can't be written
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeFileAtomic(path, encodeSafetensors(path, tensors, metadata));
}

/** The parts of the file, in order. The values of a tensor are asked for in its turn. */
function* encodeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  const order = [...tensors].sort(
    ([nameA, a], [nameB, b]) => ITEM_BYTES[b.dtype] - ITEM_BYTES[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    fields.push([METADATA_KEY, Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))]);
  }
  let at = 0;
  for (const [name, { dtype, shape }] of order) {
    if (name === METADATA_KEY) throw new CheckpointError(`${path}: a tensor can't be named ${METADATA_KEY}; rename it`);
    const end = at + bytesOf(dtype, shape);
    fields.push([name, { dtype, shape: [...shape], data_offsets: [at, end] }]);
    at = end;
  }
  // Written field by field, because an object would put names that look like integers first.
  const json = Buffer.from(`{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`);
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8));
  json.copy(header, 8);
  yield header;
  for (const [name, tensor] of order) yield encode(tensor, `${path}: ${name}`);
}

function readHeader(file: ByteFile): { entries: Entry[]; metadata: Record<string, string>; start: number } {
  const { path, size } = file;
  if (size < 8) throw new CheckpointError(`${path}: expected a safetensors file, got ${size} bytes; copy it again`);
  const announced = file.read(0, 8).readBigUInt64LE();
  if (announced > MAX_HEADER_BYTES) {
    throw new CheckpointError(
      `${path}: expected a safetensors header of at most ${MAX_HEADER_BYTES} bytes, got ${announced}; is it another kind of file?`,
    );
  }
  const start = 8 + Number(announced);
  if (size < start) {
    throw new CheckpointError(`${path}: cut short: the header needs ${start} bytes, got ${size}; copy it again`);
  }
  const { entries, metadata } = parseHeader(file.read(8, start - 8), path);
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      const problem = begin < at ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new CheckpointError(
        `${path}: ${name}: starts at byte ${begin} and ${problem} (${at}); the file is damaged`,
      );
    }
    at = end;
  }
  if (size !== start + at) {
    const problem = size < start + at ? 'cut short' : 'too long';
    throw new CheckpointError(`${path}: ${problem}: expected ${start + at} bytes, got ${size}; copy it again`);
  }
  return { entries, metadata, start };
}

/** The header's entries in the order of their bytes. */
function parseHeader(bytes: Buffer, path: string): { entries: Entry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new CheckpointError(`${path}: the header is not JSON (${messageOf(error)}); the file is damaged`, {
      cause: error,
    });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new CheckpointError(`${path}: expected an object as header, got other JSON; the file is damaged`);
  }
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) throw new CheckpointError(`${path}: expected strings as metadata; the file is damaged`);
      metadata = parsed.data;
    } else {
      entries.push(parseEntry(name, value, path));
    }
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata };
}

function parseEntry(name: string, value: unknown, path: string): Entry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const got = typeof value === 'object' && value !== null ? shown(value) : String(value);
    throw new CheckpointError(
      `${path}: ${name}: expected dtype (${Object.keys(ITEM_BYTES).join(', ')}), shape and data_offsets, got ${got.slice(0, 120)}; the file is damaged`,
    );
  }
  const { dtype, shape } = parsed.data;
  const [begin, end] = parsed.data.data_offsets;
  const wanted = bytesOf(dtype, shape);
  if (end - begin !== wanted) {
    throw new CheckpointError(
      `${path}: ${name}: shape [${shape}] of ${dtype} needs ${wanted} bytes, got ${end - begin}; the file is damaged`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The first fields of an object; what is in them may be nested more deeply than can be written. */
function shown(value: object): string {
  const fields = Object.entries(value).slice(0, 5);
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${typeof item === 'object' && item !== null ? '...' : JSON.stringify(item)}`)}}`;
}

function bytesOf(dtype: StoredType, shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, ITEM_BYTES[dtype]);
}

/** Raw values, little endian, as the array that {@link StoredTensor.data} promises for the type. */
export function decodeValues(dtype: StoredType, { buffer }: Buffer): StoredTensor['data'] {
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer);
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return fromFloat16(new Uint16Array(buffer));
    case 'BF16':
      return fromBfloat16(new Uint16Array(buffer));
    case 'I64':
      return new BigInt64Array(buffer);
    case 'I32':
      return new Int32Array(buffer);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(buffer);
  }
}

function encode({ dtype, shape, data }: StoredTensor, where: string): Uint8Array {
  const count = shape.reduce((product, n) => product * n, 1);
  if (data.length !== count) {
    throw new CheckpointError(`${where}: expected ${count} values for shape [${shape}], got ${data.length}`);
  }
  const stored =
    dtype === 'F16' && data instanceof Float32Array
      ? toFloat16(data)
      : dtype === 'BF16' && data instanceof Float32Array
        ? toBfloat16(data)
        : data;
  if (stored.BYTES_PER_ELEMENT !== ITEM_BYTES[dtype] || isInteger(dtype) !== isIntegerArray(data)) {
    throw new CheckpointError(`${where}: ${data.constructor.name} can't be stored as ${dtype}`);
  }
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function isInteger(dtype: StoredType): boolean {
  return dtype === 'I64' || dtype === 'I32' || dtype === 'U8' || dtype === 'BOOL';
}

function isIntegerArray(data: StoredTensor['data']): boolean {
  return !(data instanceof Float32Array || data instanceof Float64Array);
}
