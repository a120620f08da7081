import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import type { OpAttribute, TensorFlowBinding } from '../../../src/runtime/native/binding.js';
import { type NativeBackend, startNativeBackend } from '../../../src/runtime/native/native-backend.js';
import { testLibraryFiles } from '../../support/native-library.js';

let backend: NativeBackend;
let binding: TensorFlowBinding;

beforeAll(async () => {
  backend = await startNativeBackend(await testLibraryFiles(), { device: 'cpu' });
  binding = backend.binding;
});
afterAll(() => backend.close());

const typeOf = (dtype: number, name = 'T'): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value: dtype });
const text = (value: string) => new TextEncoder().encode(value);

/** Counts of live pointers without the names, which grow with the vocabulary and not with the work. */
function counts(): Omit<ReturnType<NativeBackend['livePointers']>, 'name'> {
  const { name: _, ...rest } = backend.livePointers();
  return rest;
}

describe('values that cross the border', () => {
  const long = 'x'.repeat(1000);
  const cases: [string, () => number, number[], unknown, unknown?][] = [
    ['float32', () => binding.TF_FLOAT, [2, 3], Float32Array.of(1, -2, 3.5, Number.NaN, Infinity, 0)],
    ['int32', () => binding.TF_INT32, [3], Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1)],
    ['int64', () => binding.TF_INT64, [2], BigInt64Array.of(-(2n ** 63n), 2n ** 62n)],
    ['int64 from word pairs', () => binding.TF_INT64, [2], Int32Array.of(5, 0, -1, -1), BigInt64Array.of(5n, -1n)],
    ['bool', () => binding.TF_BOOL, [2], Uint8Array.of(1, 0)],
    ['uint8', () => binding.TF_UINT8, [2], Uint8Array.of(255, 0)],
    ['complex64', () => binding.TF_COMPLEX64, [2], Float32Array.of(1, 2, -3, 4)],
    ['string', () => binding.TF_STRING, [2, 2], [text(''), text('short'), text(long), text('ü\0z')]],
    ['a float32 scalar', () => binding.TF_FLOAT, [], Float32Array.of(7)],
    ['a string scalar', () => binding.TF_STRING, [], [text('one')]],
    ['no float32 values', () => binding.TF_FLOAT, [0, 4], new Float32Array(0)],
    ['no strings', () => binding.TF_STRING, [0], []],
  ];
  it.each(cases)('come back as they went: %s', (_, dtype, shape, values, expected = values) => {
    const before = counts();
    const id = binding.createTensor(shape, dtype(), values);
    const [copy] = binding.executeOp('Identity', [typeOf(dtype())], [id], 1);
    expect(copy).toMatchObject({ shape, dtype: dtype() });
    expect(binding.tensorDataSync(copy?.id as number)).toEqual(expected);
    binding.deleteTensor(id);
    // The copy shares the memory, strings included, and must outlive the original.
    expect(binding.tensorDataSync(copy?.id as number)).toEqual(expected);
    binding.deleteTensor(copy?.id as number);
    expect(counts()).toEqual(before);
  });

  it('are copied, so that a later change of the array does not reach the tensor', () => {
    const values = Float32Array.of(1, 2);
    const id = binding.createTensor([2], binding.TF_FLOAT, values);
    values[0] = 9;
    expect(binding.tensorDataSync(id)).toEqual(Float32Array.of(1, 2));
    binding.deleteTensor(id);
  });

  it('may be many megabytes', () => {
    const values = Float32Array.from({ length: 3_000_000 }, (_, i) => i);
    const id = binding.createTensor([3_000_000], binding.TF_FLOAT, values);
    // A deep comparison of so many numbers takes half a minute.
    const [sent, got] = [values, binding.tensorDataSync(id) as Float32Array].map((array) => Buffer.from(array.buffer));
    expect(got?.equals(sent as Buffer)).toBe(true);
    binding.deleteTensor(id);
  });

  it('are read from the middle of a buffer', () => {
    const values = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    const id = binding.createTensor([2], binding.TF_FLOAT, values);
    expect(binding.tensorDataSync(id)).toEqual(Float32Array.of(1, 2));
    binding.deleteTensor(id);
  });

  it.each<[string, unknown, string]>([
    [
      'too few',
      new Float32Array(3),
      'tensor float32[2,2]: expected 16 bytes of float32, got 12 bytes in a Float32Array',
    ],
    ['of another type', new Int32Array(4), 'expected 16 bytes of float32, got 16 bytes in a Int32Array'],
    ['no array at all', 3, 'expected 16 bytes of float32, got number'],
  ])('are refused where they are %s', (_, values, message) => {
    const before = counts();
    expect(() => binding.createTensor([2, 2], binding.TF_FLOAT, values)).toThrow(EngineError);
    expect(() => binding.createTensor([2, 2], binding.TF_FLOAT, values)).toThrow(message);
    expect(counts()).toEqual(before);
  });

  it('are refused where the strings are not bytes', () => {
    const before = counts();
    expect(() => binding.createTensor([2], binding.TF_STRING, ['a', 'b'])).toThrow(
      'tensor string[2]: expected 2 Uint8Array, got an array of 2',
    );
    expect(counts()).toEqual(before);
  });
});

describe('an op that fails', () => {
  it('throws one line with its name, its inputs and what TensorFlow says', () => {
    const a = binding.createTensor([2, 3], binding.TF_FLOAT, new Float32Array(6));
    const b = binding.createTensor([4, 5], binding.TF_FLOAT, new Float32Array(20));
    expect(() => binding.executeOp('MatMul', [typeOf(binding.TF_FLOAT)], [a, b], 1)).toThrow(
      /^MatMul\(float32\[2,3\], float32\[4,5\]\): Matrix size-incompatible: In\[0\]: \[2,3\], In\[1\]: \[4,5\]$/,
    );
    binding.deleteTensor(a);
    binding.deleteTensor(b);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['is unknown', () => binding.executeOp('NoSuchOp', [], [], 1), /^NoSuchOp\(\): .*'NoSuchOp'.*registered$/],
    ['gets too few inputs', () => binding.executeOp('Neg', [typeOf(1)], [], 1), /^Neg\(\): .+$/],
    ['gets a disposed tensor', () => binding.executeOp('Neg', [], [-5], 1), /^Neg: tensor -5 is disposed/],
    [
      'gets inputs of two types',
      () => {
        const ids = [
          binding.createTensor([], binding.TF_FLOAT, Float32Array.of(1)),
          binding.createTensor([1], binding.TF_INT32, Int32Array.of(1)),
        ];
        try {
          binding.executeOp('AddV2', [], ids, 1);
        } finally {
          for (const id of ids) binding.deleteTensor(id);
        }
      },
      /^AddV2\(float32\[\], int32\[1\]\): .*expected to be a float tensor but is a int32 tensor$/,
    ],
    [
      'gets an attribute of no type',
      () => binding.executeOp('Neg', [{ name: 'T', type: 99, value: 1 }], [], 1),
      /attribute T: kind 99 can't be set$/,
    ],
    [
      'gets an attribute of the wrong type',
      () => binding.executeOp('Neg', [{ name: 'T', type: binding.TF_ATTR_TYPE, value: 'float' }], [], 1),
      /^Neg\(\): /,
    ],
  ])('leaves nothing behind where it %s', (_, run, message) => {
    const before = counts();
    for (let i = 0; i < 3; i++) {
      expect(run).toThrow(EngineError);
      expect(run).toThrow(message);
    }
    expect(counts()).toEqual(before);
  });

  it('does not spoil the op after it', () => {
    expect(() => binding.executeOp('NoSuchOp', [], [], 1)).toThrow(EngineError);
    const x = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(1, -2));
    const [y] = binding.executeOp('Neg', [typeOf(binding.TF_FLOAT)], [x], 1);
    expect(binding.tensorDataSync(y?.id as number)).toEqual(Float32Array.of(-1, 2));
    binding.deleteTensor(x);
    binding.deleteTensor(y?.id as number);
  });
});

describe('attributes', () => {
  it('may be lists of ints, strings, types and floats, shapes, bools and strings', () => {
    const x = binding.createTensor(
      [1, 4, 4, 1],
      binding.TF_FLOAT,
      Float32Array.from({ length: 16 }, (_, i) => i),
    );
    const attributes = [
      typeOf(binding.TF_FLOAT),
      { name: 'ksize', type: binding.TF_ATTR_INT, value: [1, 2, 2, 1] },
      { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 2, 2, 1] },
      { name: 'padding', type: binding.TF_ATTR_STRING, value: 'VALID' },
    ];
    const [pooled] = binding.executeOp('MaxPool', attributes, [x], 1);
    expect(pooled?.shape).toEqual([1, 2, 2, 1]);
    expect(binding.tensorDataSync(pooled?.id as number)).toEqual(Float32Array.of(5, 7, 13, 15));

    const boundaries = { name: 'boundaries', type: binding.TF_ATTR_FLOAT, value: [2.5, 7.5] };
    const [buckets] = binding.executeOp('Bucketize', [typeOf(binding.TF_FLOAT), boundaries], [x], 1);
    expect((binding.tensorDataSync(buckets?.id as number) as Int32Array).slice(0, 9)).toEqual(
      Int32Array.of(0, 0, 0, 1, 1, 1, 1, 1, 2),
    );

    const [variable] = binding.executeOp(
      'VarHandleOp',
      [typeOf(binding.TF_FLOAT, 'dtype'), { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [2, -1] }],
      [],
      1,
    );
    expect(variable).toMatchObject({ shape: [], dtype: binding.TF_RESOURCE });
    for (const output of [pooled, buckets, variable]) binding.deleteTensor(output?.id as number);
    binding.deleteTensor(x);
  });

  it('have kinds that the op definition knows', () => {
    expect(binding.attributeKind('MaxPool', 'ksize')).toBe(binding.TF_ATTR_INT);
    expect(binding.attributeKind('FusedBatchNormV3', 'epsilon')).toBe(binding.TF_ATTR_FLOAT);
    expect(() => binding.attributeKind('MaxPool', 'k_size')).toThrow(/^MaxPool: attribute k_size: .*k_size/);
  });
});

describe('a resource', () => {
  it('crosses as a tensor, and its variable is assigned and read', () => {
    const before = counts();
    const [handle] = binding.executeOp(
      'VarHandleOp',
      [
        typeOf(binding.TF_FLOAT, 'dtype'),
        { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [2] },
        { name: 'shared_name', type: binding.TF_ATTR_STRING, value: 'binding-test' },
      ],
      [],
      1,
    );
    const id = handle?.id as number;
    const value = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(3, 4));
    expect(binding.executeOp('AssignVariableOp', [typeOf(binding.TF_FLOAT, 'dtype')], [id, value], 0)).toEqual([]);
    const [read] = binding.executeOp('ReadVariableOp', [typeOf(binding.TF_FLOAT, 'dtype')], [id], 1);
    expect(binding.tensorDataSync(read?.id as number)).toEqual(Float32Array.of(3, 4));
    expect((binding.tensorDataSync(id) as Uint8Array).length).toBeGreaterThan(0);
    expect(() => binding.executeOp('ReadVariableOp', [typeOf(binding.TF_INT32, 'dtype')], [id], 1)).toThrow(
      /^ReadVariableOp\(resource\[\]\): /,
    );
    binding.executeOp('DestroyResourceOp', [], [id], 0);
    for (const tensor of [id, value, read?.id as number]) binding.deleteTensor(tensor);
    expect(counts()).toEqual(before);
  });
});

describe('memory', () => {
  it('stays flat over thousands of ops', () => {
    const strings = [text('y'.repeat(50_000))];
    const round = () => {
      const a = binding.createTensor([64, 64], binding.TF_FLOAT, new Float32Array(4096));
      const [b] = binding.executeOp('AddV2', [typeOf(binding.TF_FLOAT)], [a, a], 1);
      binding.tensorDataSync(b?.id as number);
      const s = binding.createTensor([1], binding.TF_STRING, strings);
      binding.tensorDataSync(s);
      for (const id of [a, b?.id as number, s]) binding.deleteTensor(id);
    };
    for (let i = 0; i < 500; i++) round();
    const before = backend.livePointers();
    const resident = process.memoryUsage.rss();
    for (let i = 0; i < 5000; i++) round();
    expect(backend.livePointers()).toEqual(before);
    // Leaking the strings alone would be 250 MB, the tensors 160 MB; JavaScript's own garbage is some tens.
    expect(process.memoryUsage.rss() - resident).toBeLessThan(100e6);
  });

  it('is refused, not double freed, for a tensor deleted twice', () => {
    const id = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(1));
    binding.deleteTensor(id);
    expect(() => binding.deleteTensor(id)).toThrow(/^deleteTensor: tensor \d+ is disposed or was never made$/);
  });
});
