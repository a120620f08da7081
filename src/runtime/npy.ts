/**
 * Arrays in NumPy's `.npy` format, version 1.0: little endian, C order.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { DataError } from './errors.js';

/** An array as `.npy` holds it. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const TYPES = {
  '<f4': { bytes: 4, make: (b: ArrayBuffer) => new Float32Array(b) },
  '<f8': { bytes: 8, make: (b: ArrayBuffer) => new Float64Array(b) },
  '<i4': { bytes: 4, make: (b: ArrayBuffer) => new Int32Array(b) },
} as const;

/** Bytes of the longest header that is read, as NumPy's own limit. */
const LONGEST_HEADER = 10_000;

/**
 * The bytes of an `.npy` file.
 *
 * @param shape dimensions whose product is `data.length`
 */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : data instanceof Float64Array ? '<f8' : '<i4';
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const unpadded = 10 + dictionary.length + 1;
  const header = `${dictionary}${' '.repeat((64 - (unpadded % 64)) % 64)}\n`;
  const result = Buffer.alloc(10 + header.length + data.byteLength);
  MAGIC.copy(result);
  result[6] = 1;
  result.writeUInt16LE(header.length, 8);
  result.write(header, 10, 'latin1');
  result.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return result;
}

/**
 * Reads the bytes of an `.npy` file (float32, float64 or int32, C order).
 *
 * @param where named in errors
 * @throws DataError where the bytes are no such file, or are cut short
 */
export function decodeNpy(bytes: Uint8Array, where: string): NpyArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 10 || !buffer.subarray(0, 6).equals(MAGIC)) {
    throw new DataError(`${where}: expected a .npy file, got other bytes`);
  }
  const isFirstVersion = buffer[6] === 1;
  const start = isFirstVersion ? 10 : 12;
  const headerLength = isFirstVersion ? buffer.readUInt16LE(8) : buffer.length >= 12 ? buffer.readUInt32LE(8) : 0;
  if (headerLength > LONGEST_HEADER) {
    throw new DataError(
      `${where}: expected a header of at most ${LONGEST_HEADER} bytes, got ${headerLength}; the file is damaged`,
    );
  }
  const header = buffer.toString('latin1', start, start + headerLength);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  const dimensions = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (!(descr in TYPES) || dimensions === undefined || !/'fortran_order':\s*False/.test(header)) {
    throw new DataError(
      `${where}: expected float32, float64 or int32 in C order, got ${descr || 'an unreadable header'}`,
    );
  }
  const type = TYPES[descr as keyof typeof TYPES];
  const shape = dimensions
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new DataError(`${where}: expected a shape of whole numbers of at least 0, got [${dimensions}]`);
  }
  const length = shape.reduce((product, n) => product * n, 1) * type.bytes;
  const at = start + headerLength;
  if (!Number.isSafeInteger(length) || buffer.length - at !== length) {
    throw new DataError(`${where}: expected ${length} bytes of data for shape [${shape}], got ${buffer.length - at}`);
  }
  return { shape, data: type.make(new Uint8Array(buffer.subarray(at)).slice().buffer as ArrayBuffer) };
}
