import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../support/run-command.js';
import { copySmallCorpus } from '../support/small-corpus.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-compare-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

beforeAll(() => {
  copySmallCorpus(join(directory, 'clips'), 4);
  const experiment = {
    durationSeconds: 0.5,
    data: { folder: join(directory, 'clips') },
    feature: { type: 'log-mel' },
    model: { type: 'lcnn-small' },
    training: { loss: 'binary-cross-entropy', numTrainEpochs: 1, perDeviceTrainBatchSize: 4, dataloaderNumWorkers: 0 },
  };
  writeFileSync(join(directory, 'tiny.json'), JSON.stringify(experiment));
});

it('trains each seed once, evaluates checkpoints as they are, and reuses what is finished', async () => {
  const output = join(directory, 'comparison');
  const compare = (...systems: string[]) => runCommand(['compare', ...systems, '--seeds', '1,2', '--output', output]);
  const experiment = join(directory, 'tiny.json');
  const first = await compare(experiment);
  expect(first.stderr).toContain('tiny, seed 2: training');
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/\| `tiny` \| 106,449 \| log-mel \| [\d.]+ \([\d.]+\) \|/);
  const run = join(output, 'runs', 'tiny-seed-1');
  const written = statSync(join(run, 'model.safetensors')).mtimeMs;

  const second = await compare(experiment, run);
  expect(second.code).toBe(0);
  expect(second.stderr).toContain('tiny, seed 1: finished before');
  expect(second.stderr).not.toContain('training');
  expect(statSync(join(run, 'model.safetensors')).mtimeMs).toBe(written);
  const { systems, pairs } = JSON.parse(readFileSync(join(output, 'comparison.json'), 'utf8'));
  expect(systems.map(({ name }: { name: string }) => name)).toEqual(['tiny', 'tiny-seed-1']);
  // The checkpoint is the first run: scoring it again gives the figures that the run had.
  expect(systems[1].runs[0].metrics.eer).toBe(systems[0].runs[0].metrics.eer);
  expect(systems[0].flops).toBeGreaterThan(1e6);
  expect(pairs).toHaveLength(1);
});

it('refuses seeds that are none, and systems of different corpora', async () => {
  const wrongSeeds = await runCommand(['compare', 'lcnn', '--seeds', '1,x']);
  expect(wrongSeeds).toMatchObject({ code: 1, stdout: '' });
  expect(wrongSeeds.stderr).toMatch(/--seeds: expected whole numbers.*1,x/);
  const mixed = await runCommand([
    'compare',
    join(directory, 'tiny.json'),
    'lcnn',
    '--output',
    join(directory, 'mixed'),
  ]);
  expect(mixed.code).toBe(1);
  expect(mixed.stderr).toMatch(/expected one corpus.*tiny\.json and lcnn.*data\.folder/);
});
