import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAudio } from '../../src/data/audio.js';
import { loadCorpus } from '../../src/data/corpus.js';
import { corpusOptions } from '../../src/data/corpus-options.js';
import type { ExportManifest } from '../../src/experiment/export-manifest.js';
import { exportCheckpoint } from '../../src/export/export.js';
import { fitsHalf, type Quantization, quantizeChannels } from '../../src/export/quantization.js';
import { bundledCheckpoint, openScorer } from '../../src/inference/open-scorer.js';
import type { Scorer } from '../../src/inference/scorer.js';
import { computeEer } from '../../src/metrics/eer.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { createRandom } from '../../src/runtime/random.js';
import { startTestEngine } from '../support/engine.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-quantization-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a weight in 8 bits', () => {
  const random = createRandom('a weight');
  /** Four channels, each a hundred times as large as the one before. */
  const values = Float32Array.from({ length: 400 }, (_, i) => 0.1 * 100 ** (i % 4) * (2 * random.uniform() - 1));

  test('is off by at most half a step of its own channel', () => {
    const { steps, scales } = quantizeChannels(values, 4, (i) => i % 4);
    for (const [i, value] of values.entries()) {
      const scale = scales[i % 4];
      // A scale in half precision may be 1/2048 too small for the largest of 127 steps.
      expect(Math.abs(steps[i] * scale - value)).toBeLessThanOrEqual(0.57 * scale);
    }
    expect(Math.max(...steps)).toBe(127);
    expect(scales[3] / scales[0]).toBeGreaterThan(1e5);
  });

  test('keeps zeros, whole numbers and channels without anything in them', () => {
    const mask = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const { steps, scales } = quantizeChannels(mask, 2, (i) => i % 2);
    expect([...scales]).toEqual([1, 1]);
    expect([...steps]).toEqual([...mask]);
    const half = quantizeChannels(Float32Array.of(0, 0.5, 0, -0.25), 2, (i) => i % 2);
    expect([...half.steps]).toEqual([0, 127, 0, expect.toBeOneOf([-63, -64])]);
    expect(half.scales[0]).toBe(1);
  });
});

test.each([
  ['numbers of its range', [0, 1e-4, -70], true],
  ['what is small beside the largest', [1e-9, 0.01], true],
  ['nothing but zeros, or what computes as zero', [0, 1e-40], true],
  ['numbers that are all too small', [1e-6, 3e-5], false],
  ['numbers that are too large', [1, 1e5], false],
])('half precision holds, or does not: %s', (_, values, expected) => {
  expect(fitsHalf(Float32Array.from(values))).toBe(expected);
});

describe.skipIf(bundledCheckpoint() === undefined)('the bundled detector in 8 bits', () => {
  const scores = new Map<string, number[]>();
  const bytes = new Map<string, number>();
  const manifests: ExportManifest[] = [];
  let labels: string[];

  beforeAll(async () => {
    await startTestEngine();
    const { dev } = loadCorpus(corpusOptions.parse({}), { logger: silentLogger });
    labels = dev.map(({ label }) => label);
    const clips = await Promise.all(dev.map(async ({ path }) => (await readAudio(path)).waveform));
    const checkpoint = bundledCheckpoint() as string;
    for (const quantize of [undefined, 'int8'] as const satisfies (Quantization | undefined)[]) {
      const output = join(folder, quantize ?? 'float32');
      manifests.push(await exportCheckpoint({ checkpoint, format: 'onnx', output, quantize, version: '0.0.0' }));
      bytes.set(quantize ?? 'float32', statSync(join(output, 'model.onnx')).size);
      const scorer: Scorer = await openScorer(output);
      const all = await scorer.scoreAll(clips);
      scorer.dispose();
      scores.set(
        quantize ?? 'float32',
        all.map(({ score }) => score),
      );
    }
  });

  test('takes at most 0.3 of the bytes', () => {
    const [whole, small] = [bytes.get('float32') as number, bytes.get('int8') as number];
    expect(small / whole).toBeLessThanOrEqual(0.3);
    // The larger one is no larger than its weights ask for: 1,048,460 bytes, and some for the graph.
    expect(whole).toBeLessThan(1_150_000);
  });

  test('gives nearly the same scores, and equal error rates within a point, on the dev set', () => {
    const [whole, small] = [scores.get('float32') as number[], scores.get('int8') as number[]];
    const mean = whole.reduce((sum, score) => sum + score, 0) / whole.length;
    const spread = Math.sqrt(whole.reduce((sum, score) => sum + (score - mean) ** 2, 0) / whole.length);
    const largest = Math.max(...whole.map((score, i) => Math.abs(score - small[i])));
    // Rounded weights that gave the very same scores would be none.
    expect(largest).toBeGreaterThan(1e-5);
    expect(largest).toBeLessThan(0.1 * spread);
    const eerOf = (of: readonly number[]) => {
      const those = (label: string) => of.filter((_, i) => labels[i] === label);
      return computeEer(those('bonafide'), those('spoof')).eer;
    };
    expect(Math.abs(eerOf(small) - eerOf(whole))).toBeLessThanOrEqual(0.01);
    const [{ roundingCost: none }, { roundingCost }] = manifests;
    expect(none).toBeUndefined();
    expect(roundingCost).toMatchObject({ nClips: labels.length, eer: eerOf(whole), roundedEer: eerOf(small) });
    const percent = (100 * eerOf(small)).toFixed(2);
    const card = readFileSync(join(folder, 'int8', 'README.md'), 'utf8');
    expect(card).toContain(`int8 weights cost: on ${labels.length} dev clips of bundled corpus an EER of ${percent} %`);
  });
});
