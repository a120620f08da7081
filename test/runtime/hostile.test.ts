/** Files made to hang, crash or fool a reader (`test/fixtures/faults/hostile`): each is refused at once, in one line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { CheckpointError, DataError, messageOf } from '../../src/runtime/errors.js';
import { decodeNpy } from '../../src/runtime/npy.js';
import { openSafetensors } from '../../src/runtime/safetensors.js';
import { openTorchCheckpoint } from '../../src/runtime/torch-checkpoint.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bytesOf(name: string): Buffer {
  const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/faults/hostile/${name}`, import.meta.url)));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

describe('a weight file of PyTorch', () => {
  test.each([
    ['dag-key-30.pth', /a dictionary key that is a container/],
    ['dag-stackglobal-60.pth', /a name that is no text/],
    ['nested-key.pth.gz', /a dictionary key that is a container/],
    ['nested-stackglobal.pth.gz', /a name that is no text/],
    ['zip64-locator-minimal.pth', /the zip can't be used: it has no zip64 record/],
    ['zip64-offset.pth', /checksum does not match/],
  ])('%s is refused', async (name, message) => {
    const path = join(folder, name.replace('.gz', ''));
    writeFileSync(path, bytesOf(name));
    const error = await openTorchCheckpoint(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(messageOf(error)).toMatch(message);
    expect(messageOf(error)).not.toContain('\n');
  });
});

test('a safetensors header nested more deeply than it can be written is refused by its fields', () => {
  const path = join(folder, 'nested.safetensors');
  const header = Buffer.from(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, header]));
  expect(() => openSafetensors(path)).toThrow(CheckpointError);
  expect(() => openSafetensors(path)).toThrow(/a: expected dtype .* got \{"0":\.\.\.\}/);
});

describe('an array of NumPy', () => {
  test('with a header of 270 kB is refused before it is searched', () => {
    expect(() => decodeNpy(bytesOf('npy-redos-small.npy.gz'), 'x.npy')).toThrow(DataError);
    expect(() => decodeNpy(bytesOf('npy-redos-small.npy.gz'), 'x.npy')).toThrow(/header of at most 10000 bytes/);
  });

  test('of a negative length is refused', () => {
    const file = Buffer.from(
      "\x93NUMPY\x01\0\x46\0{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1), }",
      'latin1',
    );
    const padded = Buffer.concat([file, Buffer.alloc(80 - file.length, ' '), Buffer.alloc(4)]);
    expect(() => decodeNpy(padded, 'x.npy')).toThrow(/whole numbers of at least 0, got \[-1, -1\]/);
  });
});

describe('messageOf', () => {
  test('takes no longer for many blank lines', () => {
    const started = process.cpuUsage().user;
    expect(messageOf(new Error(`a${' \n'.repeat(100_000)}b`)).length).toBeLessThan(5000);
    expect(process.cpuUsage().user - started).toBeLessThan(500_000);
  });

  test('shows what a terminal would take for a command', () => {
    expect(messageOf(new Error('a \x1b[2J\x07 name\n  and more'))).toBe('a \\x1b[2J\\x07 name and more');
  });
});
