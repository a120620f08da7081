import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importSslAasistFile } from '../../src/experiment/ssl-aasist-import.js';
import { loadDetector } from '../../src/inference/detector.js';
import { CheckpointError } from '../../src/runtime/errors.js';
import { writeSafetensors } from '../../src/runtime/safetensors.js';
import { tone } from '../support/clips.js';
import { startTestEngine } from '../support/engine.js';
import { tensorsByFormula } from '../support/formula-fixtures.js';

const fixture = JSON.parse(readFileSync(new URL('../fixtures/models/ssl-aasist.json', import.meta.url), 'utf8'));
const tensors = tensorsByFormula(fixture.tensors);
const environment = {
  version: '0',
  commit: null,
  node: 'v20',
  platform: 'test',
  engine: { kind: 'native', version: '2', usesGpu: false },
} as const;

let root: string;
let output: string;
beforeAll(startTestEngine);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'voiceproof-ssl-'));
  output = join(root, 'checkpoint');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a file of SSL_Anti-spoofing', () => {
  it('becomes a checkpoint that scores', async () => {
    const file = join(root, 'model.safetensors');
    writeSafetensors(file, tensors, {});
    const size = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(await importSslAasistFile({ file, output, environment })).toBe(size);
    const detector = await loadDetector(output, { compile: false });
    expect(detector.nSamples).toBe(64_600);
    const { score, logits } = detector.score(tone(20_000, 300));
    expect(score).toBeCloseTo((logits[1] as number) - (logits[0] as number), 6);
    expect(Number.isFinite(score)).toBe(true);
    detector.dispose();
  });

  it('is refused with one line and nothing written where it is absent, damaged or another, or the output is taken', async () => {
    const file = join(root, 'model.pth');
    const run = () => importSslAasistFile({ file, output, environment });
    await expect(run()).rejects.toThrow(/model.pth: expected a file of weights, got nothing there/);
    writeFileSync(file, 'PK\x03\x04 and no more');
    await expect(run()).rejects.toThrow(CheckpointError);
    const lacking = new Map(tensors);
    lacking.delete('master1');
    writeSafetensors(join(root, 'lacking.safetensors'), lacking, {});
    const other = importSslAasistFile({ file: join(root, 'lacking.safetensors'), output, environment });
    await expect(other).rejects.toThrow(/1 missing: master1; is it of another architecture\?$/);
    expect(existsSync(output)).toBe(false);
    await expect(importSslAasistFile({ file, output: root, environment })).rejects.toThrow(/a new or an empty folder/);
  });
});
