import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExportManifest } from '../../src/experiment/export-manifest.js';
import { type ExportRequest, exportCheckpoint } from '../../src/export/export.js';
import { judge, parityTable, verifyExport } from '../../src/export/verify.js';
import { CheckpointError, ConfigError } from '../../src/runtime/errors.js';
import { writeTestCheckpoint } from '../support/checkpoints.js';
import { startTestEngine } from '../support/engine.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-export-'));
const checkpoint = join(folder, 'checkpoint');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NO_OTHERS = { python: join(folder, 'no-python'), chromium: join(folder, 'no-chromium') };

function exported(output: string, options: Partial<ExportRequest> = {}) {
  return exportCheckpoint({ checkpoint, format: 'onnx', output: join(folder, output), version: '1.2.3', ...options });
}

beforeAll(async () => {
  await startTestEngine();
  writeTestCheckpoint(checkpoint, {
    durationSeconds: 0.5,
    feature: { type: 'log-mel', nMels: 20, normalization: 'mean' },
    model: { type: 'lcnn-small' },
  });
});

describe('an export', () => {
  test('is whole: model, manifest, card and self-test, and nothing beside it', async () => {
    const manifest = await exported('whole', { license: 'CC0-1.0' });
    expect(readdirSync(join(folder, 'whole')).sort()).toEqual([
      'README.md',
      'model.onnx',
      'self-test',
      'voiceproof.json',
    ]);
    expect(readExportManifest(join(folder, 'whole'))).toMatchObject(JSON.parse(JSON.stringify(manifest)));
    expect(manifest).toMatchObject({ threshold: 0.25, input: { name: 'features', shape: [51, 20], nSamples: 8000 } });
    const card = readFileSync(join(folder, 'whole', 'README.md'), 'utf8');
    for (const part of ['**0.25**', 'CC0-1.0', manifest.checkpoint.sha256, 'more bona fide', '[batch, 51, 20]']) {
      expect(card).toContain(part);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('takes the waveform with its features, and gives the scores of its checkpoint in Node', async () => {
    for (const format of ['savedmodel', 'onnx', 'tfjs-graph'] as const) {
      const { input } = await exported(format, { format, withFeatures: true });
      expect(input).toMatchObject({ name: 'waveform', kind: 'waveform', shape: [8000] });
      const rows = await verifyExport(join(folder, format), NO_OTHERS);
      expect(rows[0]).toMatchObject({ consumer: expect.stringContaining('in Node'), status: 'ok' });
    }
    expect(existsSync(join(folder, 'tfjs-graph', 'index.html'))).toBe(true);
  });

  test.each(['float16', 'int8'] as const)('gives about the same scores in %s', async (quantize) => {
    await exported(quantize, { quantize });
    const [row] = await verifyExport(join(folder, quantize), NO_OTHERS);
    expect(row).toMatchObject({ status: 'ok' });
    // Rounded weights that gave the very same scores would be none.
    expect(row.largestDifference).toBeGreaterThan(1e-5);
  });

  test('replaces an export only where told, and nothing else ever', async () => {
    await exported('taken');
    await expect(exported('taken')).rejects.toThrow(/there is an export already; choose another, or add `overwrite`/);
    await exported('taken', { overwrite: true });
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'thesis.txt'), 'years');
    await expect(exported('mine', { overwrite: true })).rejects.toThrow(
      /expected a new folder, got one that is no export/,
    );
    expect(readFileSync(join(folder, 'mine', 'thesis.txt'), 'utf8')).toBe('years');
  });

  test.each([
    [{ format: 'savedmodel', quantize: 'int8' }, /savedmodel has no int8 weights; .* export tfjs-graph, onnx, tflite/],
    [{ format: 'tfjs-layers', withFeatures: true }, /tfjs-layers holds layers alone; leave `withFeatures` out/],
    [{ format: 'onnx', frozen: true }, /`frozen` is for savedmodel/],
    [{ format: 'tfjs-layers' }, /no layers model of stock layers: it has Voiceproof.*; export tfjs-graph/],
    [{ format: 'huggingface' }, /huggingface is for models of type wav2vec2, got lcnn-small/],
    [{ seconds: 3 }, /was trained on clips of 0.5 s and takes these; leave `seconds` out/],
  ] as const)('refuses %j, and leaves nothing behind', async (options, message) => {
    const before = readdirSync(folder).sort();
    const promise = exported('refused', options);
    await expect(promise).rejects.toThrow(ConfigError);
    await expect(promise).rejects.toThrow(message);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test('says in one line that TFLite needs Python', async () => {
    const promise = exported('lite', { format: 'tflite', python: NO_OTHERS.python });
    await expect(promise).rejects.toThrow(
      /TFLite needs Python with TensorFlow .*no-python.*name another with `python`$/,
    );
  });

  test('that was changed is found out', async () => {
    await exported('changed');
    writeFileSync(join(folder, 'changed', 'model.onnx'), 'other bytes');
    await expect(verifyExport(join(folder, 'changed'), NO_OTHERS)).rejects.toThrow(CheckpointError);
    await expect(verifyExport(join(folder, 'changed'), NO_OTHERS)).rejects.toThrow(/model.onnx: not the file/);
  });
});

describe('the judgement of a consumer', () => {
  const expected = { scores: [0.5, -20], tolerance: 1e-3 };
  const judged = (scores: number[]) => judge('it', { status: 'done', version: '1', scores }, expected).status;

  test('takes differences in proportion to scores above 1, and no missing or broken score', () => {
    expect(judged([0.5009, -20.019])).toBe('ok');
    expect(judged([0.5011, -20])).toBe('mismatch');
    expect(judged([0.5, -20.021])).toBe('mismatch');
    expect(judged([0.5])).toBe('mismatch');
    expect(judged([0.5, Number.NaN])).toBe('mismatch');
    expect(judged([0.5, -20, 1])).toBe('mismatch');
  });

  test('tells what is absent from what fails', () => {
    expect(judge('it', { status: 'absent', reason: 'no Python' }, expected).status).toBe('skipped');
    expect(judge('it', { status: 'failed', reason: 'it broke' }, expected).status).toBe('failed');
  });

  test('is a table for people', () => {
    const row = judge('it', { status: 'done', version: '1', scores: [0.5, -20] }, expected);
    expect(parityTable([row])).toBe('it  1  ok  differs by 0.0e+0, of 0.001 allowed');
  });
});
