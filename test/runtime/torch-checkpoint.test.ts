import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CheckpointError } from '../../src/runtime/errors.js';
import { readSafetensors } from '../../src/runtime/safetensors.js';
import { readAndClose } from '../../src/runtime/tensor-file.js';
import { openTorchCheckpoint } from '../../src/runtime/torch-checkpoint.js';
import { hasShared, sharedPath } from '../support/shared.js';
import { PickleWriter, stateDict, torchArchive, zip } from '../support/torch-files.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-'));
  path = join(folder, 'weights.bin');
});

afterEach(() => rmSync(folder, { recursive: true }));

const floats = (...values: number[]): Buffer => Buffer.from(new Float32Array(values).buffer);
const four = { count: 4, shape: [2, 2], strides: [2, 1] };

/** Reads a file of these bytes. */
async function read(bytes: Buffer) {
  writeFileSync(path, bytes);
  return readAndClose(await openTorchCheckpoint(path));
}

/** The one line by which a file of these bytes is refused. */
async function refusal(bytes: Buffer): Promise<string> {
  const error = await read(bytes).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(CheckpointError);
  expect(error.message).toMatch(new RegExp(`^${path}: [^\n]+$`));
  return error.message;
}

describe('files of torch.save', () => {
  test.skipIf(!hasShared)('give the values of their safetensors twins', async () => {
    const twins = [
      ['wav2vec2/tiny-base/pytorch_model.bin', 'wav2vec2/tiny-base/model.safetensors'],
      ['wav2vec2/tiny-base-legacy-pickle/pytorch_model.bin', 'wav2vec2/tiny-base/model.safetensors'],
      ['wav2vec2/tiny-wavlm/pytorch_model.bin', 'wav2vec2/tiny-wavlm/model.safetensors'],
      ['aasist/AASIST-L.pth', 'aasist/AASIST-L.safetensors'],
      ['aasist/AASIST.pth', 'aasist/AASIST.safetensors'],
    ];
    for (const [torch, safe] of twins) {
      const tensors = readAndClose(await openTorchCheckpoint(sharedPath(`reference/${torch}`)));
      const expected = readSafetensors(sharedPath(`reference/${safe}`)).tensors;
      expect(new Map([...tensors].sort()), torch).toEqual(new Map([...expected].sort()));
    }
  });

  test('give views by their offset and strides, and storages that several share', async () => {
    const tensors = await read(
      torchArchive(
        stateDict({
          whole: { count: 6, shape: [2, 3], strides: [3, 1] },
          turned: { count: 6, shape: [3, 2], strides: [1, 3] },
          last: { count: 6, offset: 4, shape: [2], strides: [1] },
          scalar: { count: 6, offset: 2, shape: [], strides: [] },
          empty: { count: 6, shape: [0, 5], strides: [5, 1] },
        }),
        { '0': floats(1, 2, 3, 4, 5, 6) },
      ),
    );
    expect(tensors.get('whole')).toEqual({ dtype: 'F32', shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) });
    expect(tensors.get('turned')?.data).toEqual(new Float32Array([1, 4, 2, 5, 3, 6]));
    expect(tensors.get('last')?.data).toEqual(new Float32Array([5, 6]));
    expect(tensors.get('scalar')).toEqual({ dtype: 'F32', shape: [], data: new Float32Array([3]) });
    expect(tensors.get('empty')?.data).toEqual(new Float32Array(0));
  });

  test.each([
    ['DoubleStorage', new Float64Array([0.1, -2]), 'F64', new Float64Array([0.1, -2])],
    ['HalfStorage', new Uint16Array([0x3800, 0xc000]), 'F16', new Float32Array([0.5, -2])],
    ['BFloat16Storage', new Uint16Array([0x3f00, 0xc000]), 'BF16', new Float32Array([0.5, -2])],
    ['LongStorage', new BigInt64Array([1n, -(2n ** 60n)]), 'I64', new BigInt64Array([1n, -(2n ** 60n)])],
    ['IntStorage', new Int32Array([7, -7]), 'I32', new Int32Array([7, -7])],
    ['ShortStorage', new Int16Array([7, -7]), 'I32', new Int32Array([7, -7])],
    ['CharStorage', new Int8Array([7, -7]), 'I32', new Int32Array([7, -7])],
    ['ByteStorage', new Uint8Array([7, 255]), 'U8', new Uint8Array([7, 255])],
    ['BoolStorage', new Uint8Array([1, 0]), 'BOOL', new Uint8Array([1, 0])],
  ])('give values of a %s', async (type, stored, dtype, data) => {
    const pickle = stateDict({ x: { type, count: 2, shape: [2], strides: [1] } });
    const tensors = await read(torchArchive(pickle, { '0': Buffer.from(stored.buffer) }));
    expect(tensors.get('x')).toEqual({ dtype, shape: [2], data });
  });

  test('give the state dict of a training checkpoint, and parameters as tensors', async () => {
    const pickle = new PickleWriter()
      .op('}(')
      .text('epoch')
      .integer(3)
      .text('optimizer')
      .op('}')
      .text('model')
      .op('}(')
      .text('layer')
      .op('}(')
      .text('weight')
      .global('torch._utils', '_rebuild_parameter')
      .op('(')
      .tensor(four)
      .op('\x88')
      .global('collections', 'OrderedDict')
      .op(')RtR')
      .op('uuu')
      .end();
    const tensors = await read(torchArchive(pickle, { '0': floats(1, 2, 3, 4) }));
    expect([...tensors.keys()]).toEqual(['layer.weight']);
  });

  test('are read one tensor at a time', async () => {
    writeFileSync(path, torchArchive(stateDict({ x: four }), { '0': floats(1, 2, 3, 4) }));
    const file = await openTorchCheckpoint(path);
    expect(file.headers.get('x')).toMatchObject({ dtype: 'F32', shape: [2, 2] });
    expect(file.read('x').data).toEqual(new Float32Array([1, 2, 3, 4]));
    file.close();
  });
});

describe('hostile and broken files', () => {
  const whole = torchArchive(stateDict({ x: four }), { '0': floats(1, 2, 3, 4) });

  test.each([
    ['os', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['subprocess', 'Popen'],
    ['torch.storage', '_load_from_bytes'],
    ['torch', 'ComplexFloatStorage'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['argparse', 'Namespace'],
    ['collections', 'constructor'],
  ])('that name %s.%s are refused by that name', async (module, name) => {
    const pickle = new PickleWriter().global(module, name).op('(').text('touch hacked').op('tR').end();
    expect(await refusal(torchArchive(pickle, {}))).toContain(`"${module}.${name}"`);
  });

  test('that name a function in the newer way are refused by that name', async () => {
    const pickle = new PickleWriter().text('os').text('system').op('\x93').op('(').text('ls').op('tR').end();
    expect(await refusal(torchArchive(pickle, {}))).toContain('"os.system"');
  });

  test.each(['INST', 'OBJ'])('with the opcode %s are refused', async (name) => {
    const code = name === 'INST' ? 'ios\nsystem\n' : 'o';
    expect(await refusal(torchArchive(new PickleWriter().op('(').op(code).end(), {}))).toContain(name);
  });

  test.each([
    ['a call of a dictionary', new PickleWriter().op('})R').end(), 'no function'],
    ['a dtype that is called', new PickleWriter().global('torch', 'float32').op(')R').end(), 'no function'],
    ['an empty stack', new PickleWriter().op('0').end(), 'empty stack'],
    ['no mark', new PickleWriter().op('t').end(), 'no mark'],
    ['a memo that was not written', new PickleWriter().op('h\x05').end(), 'memo 5'],
    ['a key without a value', new PickleWriter().op('}(').text('x').op('u').end(), 'without a value'],
    ['state on a number', new PickleWriter().integer(1).op('}b').end(), 'state'],
    ['an unknown protocol', Buffer.from([0x80, 9, 0x2e]), 'protocol 9'],
    ['text longer than the file', new PickleWriter().op('X\xff\xff\xff\x7f').end(), 'cut short'],
    ['no end', new PickleWriter().op('}').end().subarray(0, 3), 'cut short'],
    ['a storage of text', new PickleWriter().text('x').op('Q').end(), 'a storage'],
    ['no tensor', new PickleWriter().op('}').end(), 'dictionary of tensors'],
    ['a bare tensor', new PickleWriter().tensor(four).end(), 'dictionary of tensors'],
  ])('with %s in the pickle are refused', async (_, pickle, problem) => {
    expect(await refusal(torchArchive(pickle, { '0': floats(1, 2, 3, 4) }))).toContain(problem);
  });

  test.each([
    ['more than its storage', { count: 4, shape: [5], strides: [1] }, 'reads value 5'],
    ['past the end by strides', { count: 4, shape: [2, 2], strides: [3, 1] }, 'reads value 5'],
    ['past the end by its offset', { count: 4, offset: 1, shape: [4], strides: [1] }, 'reads value 5'],
    ['backwards', { count: 4, shape: [2], strides: [-1] }, 'a tensor'],
    ['with a stride for no axis', { count: 4, shape: [2], strides: [1, 1] }, 'a tensor'],
    ['one value a billion times', { count: 4, shape: [1_000_000_000], strides: [0] }, 'bomb'],
    ['more values than were stored', { count: 8, shape: [8], strides: [1] }, 'needs 32 bytes, got 16'],
    ['a storage that is not there', { key: '../../etc/passwd', count: 4, shape: [4], strides: [1] }, 'is missing'],
  ])('with a tensor that reads %s are refused', async (_, tensor, problem) => {
    expect(await refusal(torchArchive(stateDict({ x: tensor }), { '0': floats(1, 2, 3, 4) }))).toContain(problem);
  });

  test.each([
    ['compressed', [{ name: 'a/data.pkl', bytes: Buffer.alloc(64), method: 8, size: 4e9 }], 'compressed'],
    ['two of a name', ['a', 'a'].map((top) => ({ name: `${top}/data.pkl`, bytes: Buffer.from('.') })), 'twice'],
    ['no pickle', [{ name: 'a/readme', bytes: Buffer.from('.') }], 'one NAME/data.pkl'],
    ['a path outside', [{ name: '../data.pkl', bytes: Buffer.from('.') }], '../data.pkl'],
    [
      'a program',
      ['a/data.pkl', 'a/constants.pkl'].map((name) => ({ name, bytes: Buffer.from('.') })),
      'TorchScript program',
    ],
    [
      'values of another machine',
      [
        { name: 'a/data.pkl', bytes: Buffer.from('.') },
        { name: 'a/byteorder', bytes: Buffer.from('big') },
      ],
      'big-endian',
    ],
  ])('whose zip holds %s are refused', async (_, entries, problem) => {
    expect(await refusal(zip(entries))).toContain(problem);
  });

  test('that were cut short anywhere are refused', async () => {
    for (let length = 0; length < whole.length; length += 7) await refusal(whole.subarray(0, length));
  });

  test('of another kind are refused', async () => {
    expect(await refusal(Buffer.from('{"a": 1}'))).toContain('torch.save');
    expect(await refusal(Buffer.alloc(0))).toContain('torch.save');
    await expect(openTorchCheckpoint(join(folder, 'absent.bin'))).rejects.toThrow(/no such file/);
    await expect(openTorchCheckpoint(folder)).rejects.toThrow(/got a folder/);
  });

  test.skipIf(!hasShared)('of the old kind that were cut short or changed are refused', async () => {
    const legacy = readFileSync(sharedPath('reference/wav2vec2/tiny-base-legacy-pickle/pytorch_model.bin'));
    for (const share of [0.001, 0.01, 0.02, 0.03, 0.5, 0.999]) {
      await refusal(legacy.subarray(0, Math.floor(legacy.length * share)));
    }
    expect(await refusal(Buffer.concat([legacy, Buffer.alloc(3)]))).toContain('too long');
    const renamed = Buffer.from(legacy);
    renamed.write('os.system', renamed.indexOf('torch._utils'));
    expect(await refusal(renamed)).toContain('os.system');
  });
});
