import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../src/experiment/config.js';
import type { Engine } from '../../src/runtime/engine.js';
import { CheckpointError, ConfigError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { runExperiment } from '../../src/training/experiment-run.js';
import { startTestEngine } from '../support/engine.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

const TINY = { perDeviceTrainBatchSize: 4, fastDevRun: 1, dataloaderNumWorkers: 0, tensorboard: false };

/** Runs two batches of an experiment on the bundled corpus; returns the record of its epoch. */
async function runTiny(name: string, experiment: { training?: object; [section: string]: unknown }) {
  const value = {
    durationSeconds: 1,
    feature: { type: 'log-mel', nMels: 40 },
    ...experiment,
    training: { ...TINY, ...experiment.training },
  };
  const output = join(directory, name);
  const config = parseExperiment(value, 'test');
  const result = await runExperiment({ name, config, directory: output, engine, resume: false, logger: silentLogger });
  return { record: JSON.parse(readFileSync(join(output, 'history.jsonl'), 'utf8')), result };
}

const TWO_TASKS = { type: 'dual-branch', split: 20, nAttacks: 5, width: 0.25 };

describe('an experiment', () => {
  it('of two tasks trains on the attacks of the whole training set, and scores as any other', async () => {
    const { record, result } = await runTiny('two-tasks', { model: TWO_TASKS });
    // Six classes: about log 6 before training.
    expect(record.trainAttackLoss).toBeGreaterThan(1);
    expect(record.trainAttackLoss).toBeLessThan(3);
    expect(result.eval?.nSpoof).toBeGreaterThan(0);
  });

  it('of one task records no attack loss', async () => {
    const { record } = await runTiny('one-task', { model: { ...TWO_TASKS, nAttacks: 0 } });
    expect(record).not.toHaveProperty('trainAttackLoss');
  });

  it('refuses attack logits that do not fit the training set, and clips that are mixed', async () => {
    const run = (experiment: object) => runTiny('refused', { model: TWO_TASKS, ...experiment });
    await expect(run({ model: { ...TWO_TASKS, nAttacks: 3 } })).rejects.toThrow(ConfigError);
    await expect(run({ model: { ...TWO_TASKS, nAttacks: 3 } })).rejects.toThrow(
      /bona fide and 5 attacks \(A01, A02, .*\), got 4 classes; set model.nAttacks to 5, or to 0 for one task/,
    );
    await expect(run({ augment: [{ type: 'mixup' }] })).rejects.toThrow(/augment: mixup mixes clips/);
  });

  it('is told of a checkpoint that it can not start from before an earlier run is moved', async () => {
    const earlier = readFileSync(join(directory, 'one-task', 'config.json'));
    const from = (pretrained: string) => runTiny('one-task', { model: { type: 'lcnn-small' }, pretrained });
    await expect(from(join(directory, 'nowhere'))).rejects.toThrow(CheckpointError);
    await expect(from(join(directory, 'nowhere'))).rejects.toThrow(/expected a checkpoint to start from/);
    // Of another model.
    await expect(from(join(directory, 'two-tasks'))).rejects.toThrow(CheckpointError);
    expect(readFileSync(join(directory, 'one-task', 'config.json'))).toEqual(earlier);
    expect(existsSync(join(directory, 'archive'))).toBe(false);
  });

  it('trains on cosines with averaged weights', async () => {
    const model = { ...TWO_TASKS, nAttacks: 0, nLogits: 1, head: 'cosine' };
    const { record } = await runTiny('cosines', { model, training: { loss: 'oc-softmax', swa: {} } });
    expect(Number.isFinite(record.devLoss)).toBe(true);
    const lines = readFileSync(join(directory, 'cosines', 'scores', 'dev.txt'), 'utf8')
      .trim()
      .split('\n');
    const scores = lines.map((line) => Number(line.split(' ').at(-1)));
    for (const score of scores) expect(Math.abs(score)).toBeLessThanOrEqual(1);
    expect(new Set(scores).size).toBeGreaterThan(1);
  });
});
