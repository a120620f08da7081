import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFileAtomic } from '../../src/runtime/files.js';
import { encodeNpy } from '../../src/runtime/npy.js';
import { readSafetensors } from '../../src/runtime/safetensors.js';
import { runCommand } from '../support/run-command.js';
import { hasShared, sharedPath } from '../support/shared.js';

const MODEL = 'reference/wav2vec2/tiny-cls-base';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasShared)('a Hugging Face classifier', () => {
  test('is imported, scores in its own order beside its labels, and embeds', { timeout: 60_000 }, async () => {
    const checkpoint = join(folder, 'checkpoint');
    const imported = await runCommand(['import', 'huggingface', sharedPath(MODEL), '--output', checkpoint]);
    expect(imported).toMatchObject({
      code: 0,
      stdout: `${checkpoint}: wav2vec2, 95,226 parameters; classes fake, real\n`,
    });

    const expected = readSafetensors(sharedPath(`${MODEL}/expected.safetensors`)).tensors;
    const clips = ['a', 'b'].map((name) => {
      const data = expected.get(`raw_${name}`)?.data as Float32Array;
      const path = join(folder, `${name}.npy`);
      writeFileAtomic(path, encodeNpy({ shape: [data.length], data }));
      return path;
    });
    const output = join(folder, 'states.safetensors');
    const [scored, embedded] = await Promise.all([
      runCommand(['score', '--checkpoint', checkpoint, '--json', '--logits', clips[0]]),
      runCommand(['embed', '--checkpoint', checkpoint, '--layers', 'last', '--output', output, ...clips]),
    ]);
    const { logits, labels, label } = JSON.parse(scored.stdout);
    expect({ labels, label }).toEqual({ labels: ['fake', 'real'], label: 'bonafide' });
    const wanted = Array.from(expected.get('single.logits')?.data ?? [], Number);
    wanted.forEach((value, i) => {
      expect(logits[i]).toBeCloseTo(value, 4);
    });
    expect(embedded.code).toBe(0);
    const { tensors } = readSafetensors(output);
    expect([...tensors].map(([name, { shape }]) => [name, ...shape])).toEqual([
      ['a.hidden_states.3', 1, 49, 48],
      ['b.hidden_states.3', 1, 29, 48],
    ]);
  });
});

test('what is neither a folder nor on the hub is refused in one line', async () => {
  const output = join(folder, 'nothing');
  const { code, stderr } = await runCommand(['import', 'huggingface', './no/such/folder', '--output', output]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    'voiceproof: ./no/such/folder: expected a Hugging Face folder, got nothing there; check the path\n',
  );
  expect(existsSync(output)).toBe(false);
});
