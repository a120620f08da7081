import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CheckpointError } from '../../src/runtime/errors.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/runtime/safetensors.js';
import { hasShared, sharedPath } from '../support/shared.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
  path = join(folder, 'weights.safetensors');
});

afterEach(() => rmSync(folder, { recursive: true }));

const everyType: [string, StoredTensor][] = [
  ['u8', { dtype: 'U8', shape: [3], data: new Uint8Array([0, 7, 255]) }],
  ['bool', { dtype: 'BOOL', shape: [1, 2], data: new Uint8Array([1, 0]) }],
  ['f16', { dtype: 'F16', shape: [3], data: new Float32Array([0.5, -2, 65504]) }],
  ['bf16', { dtype: 'BF16', shape: [1], data: new Float32Array([-1.5]) }],
  ['i32', { dtype: 'I32', shape: [2, 1], data: new Int32Array([-5, 2 ** 31 - 1]) }],
  ['i64', { dtype: 'I64', shape: [], data: new BigInt64Array([-(2n ** 62n)]) }],
  ['f32', { dtype: 'F32', shape: [2, 2], data: new Float32Array([1, 2.5, Number.NaN, Number.NEGATIVE_INFINITY]) }],
  ['f64', { dtype: 'F64', shape: [1], data: new Float64Array([Math.PI]) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
];

/** A file with this header and so many bytes of values. */
function writeRaw(header: unknown, valueBytes: number, text = JSON.stringify(header)): void {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  writeFileSync(path, Buffer.concat([length, Buffer.from(text), Buffer.alloc(valueBytes)]));
}

const float32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('writing and reading', () => {
  test('gives back every dtype, shape, name and the metadata', () => {
    const tensors = new Map([
      ...everyType,
      ['naïve/名', everyType[6][1]],
      ['__proto__', everyType[4][1]],
    ] as typeof everyType);
    writeSafetensors(path, tensors, { step: '12', note: 'été "quoted"' });
    const read = readSafetensors(path);
    expect(read.metadata).toEqual({ note: 'été "quoted"', step: '12' });
    expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
  });

  test('takes a view into a larger buffer', () => {
    const data = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    writeSafetensors(path, new Map([['view', { dtype: 'F32', shape: [2], data }]]));
    expect(readSafetensors(path).tensors.get('view')?.data).toEqual(new Float32Array([2, 3]));
  });

  test('writes the same bytes whatever the order of insertion', () => {
    writeSafetensors(path, new Map(everyType), { a: '1', b: '2' });
    const first = readFileSync(path);
    writeSafetensors(path, new Map([...everyType].reverse()), { b: '2', a: '1' });
    expect(readFileSync(path).equals(first)).toBe(true);
    expect(readdirSync(folder)).toEqual(['weights.safetensors']);
  });

  test('starts the values at a multiple of eight and each tensor at a multiple of its item', () => {
    writeSafetensors(path, new Map(everyType), { a: '1' });
    const bytes = readFileSync(path);
    const headerLength = Number(bytes.readBigUInt64LE());
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
    expect(Object.keys(header)).toEqual([
      '__metadata__',
      'f64',
      'i64',
      'empty',
      'f32',
      'i32',
      'bf16',
      'f16',
      'bool',
      'u8',
    ]);
    expect(header.i32.data_offsets[0] % 4).toBe(0);
    expect(header.f16.data_offsets[0] % 2).toBe(0);
  });

  test('an empty file of no tensors is one too', () => {
    writeSafetensors(path, new Map());
    expect(readSafetensors(path)).toEqual({ tensors: new Map(), metadata: {} });
  });

  test('asks for the values of each tensor once, in its turn, and leaves nothing where they can’t be had', () => {
    const asked: string[] = [];
    const lazy = (name: string, isBroken = false) => ({
      dtype: 'F32' as const,
      shape: [2],
      get data() {
        asked.push(name);
        if (isBroken) throw new CheckpointError(`${name}: gone`);
        return new Float32Array([1, 2]);
      },
    });
    writeSafetensors(path, new Map(['b', 'a'].map((name) => [name, lazy(name)])));
    expect(asked).toEqual(['a', 'b']);
    expect([...readSafetensors(path).tensors.keys()]).toEqual(['a', 'b']);
    rmSync(path);
    expect(() => writeSafetensors(path, new Map([['c', lazy('c', true)]]))).toThrow(/^c: gone$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('refuses data that is not what shape and dtype say', () => {
    const write = (tensor: StoredTensor) => () => writeSafetensors(path, new Map([['w', tensor]]));
    expect(write({ dtype: 'F32', shape: [3], data: new Float32Array(2) })).toThrow(/w: expected 3 values.*got 2/);
    expect(write({ dtype: 'F32', shape: [2], data: new Int32Array(2) })).toThrow(/Int32Array can't be stored as F32/);
    expect(write({ dtype: 'F16', shape: [2], data: new Float64Array(2) })).toThrow(CheckpointError);
    expect(() => writeSafetensors(path, new Map([['__metadata__', everyType[0][1]]]))).toThrow(/can't be named/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a damaged file is refused, by name:', () => {
  const refused = (pattern: RegExp) => {
    expect(() => readSafetensors(path)).toThrow(CheckpointError);
    expect(() => readSafetensors(path)).toThrow(pattern);
    expect(() => readSafetensors(path)).toThrow(new RegExp(`^${path}: `));
  };

  test('absent, a folder, empty', () => {
    refused(/no such file/);
    path = folder;
    refused(/expected a file/);
    path = join(folder, 'empty.safetensors');
    writeFileSync(path, '');
    refused(/got 0 bytes/);
  });

  test('cut short at any byte', () => {
    writeSafetensors(path, new Map(everyType), { a: '1' });
    const whole = readFileSync(path);
    for (const length of [1, 7, 8, 9, 200, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      refused(/cut short|got \d+ bytes/);
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.alloc(1)]));
    refused(/too long/);
  });

  test('a header length beyond all reason', () => {
    writeFileSync(path, Buffer.alloc(64, 0xff));
    refused(/header of at most 100000000 bytes, got 18446744073709551615/);
  });

  test('a header that is not what it should be', () => {
    writeRaw(undefined, 0, '{"a":');
    refused(/not JSON/);
    writeRaw(undefined, 0, '[]');
    refused(/expected an object/);
    writeRaw({ __metadata__: { a: 1 } }, 0);
    refused(/expected strings as metadata/);
    writeRaw({ w: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1);
    refused(/w: expected dtype \(F64.*got \{"dtype":"F8_E4M3"/);
    writeRaw({ w: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4);
    refused(/w: expected dtype/);
  });

  test('offsets that overlap, leave holes, run backwards, leave the file or do not fit the shape', () => {
    writeRaw({ a: float32(0, 8), b: float32(4, 12) }, 12);
    refused(/b: starts at byte 4 and overlaps/);
    writeRaw({ a: float32(0, 4), b: float32(8, 12) }, 12);
    refused(/b: starts at byte 8 and leaves a hole/);
    writeRaw({ a: float32(8, 4, [1]) }, 8);
    refused(/a: shape \[1\] of F32 needs 4 bytes, got -4/);
    writeRaw({ a: float32(0, 4000) }, 8);
    refused(/cut short/);
    writeRaw({ a: float32(0, 4, [2]) }, 4);
    refused(/shape \[2\] of F32 needs 8 bytes, got 4/);
    writeRaw({ a: float32(0, 0, [2 ** 52, 2 ** 52]) }, 0);
    refused(/needs .* bytes, got 0/);
  });
});

describe.skipIf(!hasShared)('files that other libraries wrote', () => {
  test('half-precision and bfloat16 copies of a model are near the original', () => {
    const full = readSafetensors(sharedPath('reference/wav2vec2/tiny-base/model.safetensors')).tensors;
    for (const [copy, tolerance] of [
      ['fp16', 2 ** -11],
      ['bf16', 2 ** -8],
    ] as const) {
      const { tensors } = readSafetensors(sharedPath(`reference/wav2vec2/tiny-base-${copy}/model.safetensors`));
      expect([...tensors.keys()].sort()).toEqual([...full.keys()].sort());
      for (const [name, { data }] of full) {
        const other = tensors.get(name)?.data as Float32Array;
        expect((data as Float32Array).every((x, i) => Math.abs(x - other[i]) <= tolerance * Math.abs(x) + 1e-7)).toBe(
          true,
        );
      }
    }
  });

  test('scalars and 64-bit integers are read', () => {
    const { tensors } = readSafetensors(sharedPath('reference/lcnn/toy.safetensors'));
    const counter = tensors.get('m_transform.0.5.num_batches_tracked');
    expect(counter?.shape).toEqual([]);
    expect(counter?.data).toBeInstanceOf(BigInt64Array);
    expect(tensors.get('m_transform.0.0.weight')?.shape).toEqual([64, 1, 5, 5]);
  });
});
