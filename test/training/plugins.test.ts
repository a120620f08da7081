import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/wav-file.js';
import { type NamedExperiment, readExperiment } from '../../src/experiment/config.js';
import { openScorer } from '../../src/inference/open-scorer.js';
import type { Engine } from '../../src/runtime/engine.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { createRandom } from '../../src/runtime/random.js';
import { readSafetensors } from '../../src/runtime/safetensors.js';
import { evaluateCheckpoint } from '../../src/training/evaluation.js';
import { type RunResult, runExperiment } from '../../src/training/experiment-run.js';
import { startTestEngine } from '../support/engine.js';
import { createRecordingLogger } from '../support/recording-logger.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/plugins/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'voiceproof-plugin-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const N_CLIPS = 4;
let engine: Engine;
let experiment: NamedExperiment;
let whole: RunResult;

/** Bona fide clips are loud in their first half, spoof ones in their second. */
function writeClips(): void {
  mkdirSync(join(folder, 'clips'));
  for (const set of ['train', 'dev', 'eval']) {
    for (let i = 0; i < 2 * N_CLIPS; i++) {
      const random = createRandom('plugin clips', set, i);
      const waveform = Float32Array.from({ length: 8000 }, (_, n) => {
        const isLoud = n % 1600 < 800 === (i % 2 === 0);
        return (isLoud ? 0.3 : 0.1) * random.normal();
      });
      writeFileSync(
        join(folder, 'clips', `${set}-${i}.wav`),
        encodeWav(
          waveform.map((x) => Math.max(-1, Math.min(1, x))),
          16000,
          'pcm16',
        ),
      );
    }
  }
}

/** Everything that it names is of a plugin. */
const EXPERIMENT = {
  plugins: ['parts.ts', 'network.ts'].map((name) => join(FIXTURES, name)),
  durationSeconds: 0.5,
  data: { source: { type: 'numbered', folder: join(folder, 'clips'), nClips: N_CLIPS } },
  feature: 'powers',
  augment: [{ type: 'flipped', probability: 0.5 }],
  model: 'weighed',
  training: {
    numTrainEpochs: 3,
    perDeviceTrainBatchSize: 2,
    learningRate: 0.01,
    weightDecay: 0.01,
    loss: { type: 'squared', scale: 2 },
    optim: { type: 'signs', beta: 0.5 },
    lrSchedulerType: 'halved',
    metricForBestModel: { type: 'distance', factor: 3 },
    dataloaderNumWorkers: 0,
    tensorboard: false,
  },
};

const run = (directory: string, more: object = {}) =>
  runExperiment({
    ...experiment,
    directory: join(folder, directory),
    engine,
    resume: false,
    logger: silentLogger,
    ...more,
  });
const weightsIn = (directory: string) =>
  [...readSafetensors(join(folder, directory, 'model.safetensors')).tensors].map(([name, { data }]) => [
    name,
    [...data],
  ]);

beforeAll(async () => {
  engine = await startTestEngine();
  writeClips();
  experiment = await readExperiment(EXPERIMENT as never);
  whole = await run('whole');
});

describe('a run of a plugin’s parts alone', () => {
  it('learns, and is chosen and reported by the plugin’s metric', () => {
    const history = readFileSync(join(folder, 'whole/history.jsonl'), 'utf8').trimEnd().split('\n');
    const distances = history.map((line) => JSON.parse(line).devCustom.distance as number);
    expect(Math.max(...distances)).toBeGreaterThan(0);
    expect(whole.bestEpoch).toBe(distances.indexOf(Math.max(...distances)) + 1);
    expect(whole.dev.custom?.distance).toBeCloseTo(Math.max(...distances), 4);
    expect(JSON.parse(readFileSync(join(folder, 'whole/metrics.json'), 'utf8')).eval.custom).toEqual(
      whole.eval?.custom,
    );
    expect(whole.dev.eer).toBe(0);
  });

  it('follows the plugin’s schedule', () => {
    const history = readFileSync(join(folder, 'whole/history.jsonl'), 'utf8').trimEnd().split('\n');
    const rates = history.map((line) => JSON.parse(line).learningRate as number);
    expect(rates).toEqual([0.01, expect.closeTo(0.001, 12), expect.closeTo(0.001, 12)]);
  });

  it('is the same op by op, with clips from a thread', async () => {
    const training = { ...EXPERIMENT.training, dataloaderNumWorkers: 1 };
    const { config } = await readExperiment({ ...EXPERIMENT, training } as never);
    await run('plain', { config, compile: false });
    expect(weightsIn('plain')).toEqual(weightsIn('whole'));
  });

  it('goes on from its state as if it had never stopped', async () => {
    const controller = new AbortController();
    const logger = { ...silentLogger, info: (line: string) => line.startsWith('epoch 1/3') && controller.abort() };
    await expect(run('stopped', { signal: controller.signal, logger })).rejects.toThrow(/interrupted/);
    await run('stopped', { resume: true });
    expect(weightsIn('stopped')).toEqual(weightsIn('whole'));
  });

  it('is evaluated with its metrics, and scored, by whoever opens its folder', async () => {
    const checkpoint = join(folder, 'whole');
    const clips = Array.from({ length: 2 * N_CLIPS }, (_, i) => ({
      utterance: `eval-${i}`,
      path: join(folder, 'clips', `eval-${i}.wav`),
      label: i % 2 === 0 ? ('bonafide' as const) : ('spoof' as const),
    }));
    const { metrics } = await evaluateCheckpoint({ checkpoint, trials: clips, logger: silentLogger });
    expect(metrics.custom?.distance).toBeCloseTo(whole.eval?.custom?.distance as number, 4);
    const scorer = await openScorer(checkpoint);
    const [{ score }] = await scorer.scoreAll([new Float32Array(8000).fill(0.1)]);
    expect(Number.isFinite(score)).toBe(true);
    scorer.dispose();
  });
});

it('a plugin that has changed stops a resume, and is told of in an evaluation', async () => {
  cpSync(join(folder, 'whole'), join(folder, 'changed'), { recursive: true });
  const path = join(folder, 'changed/config.json');
  const stored = JSON.parse(readFileSync(path, 'utf8'));
  stored.config.plugins[1].sha256 = '0'.repeat(64);
  writeFileSync(path, JSON.stringify(stored));
  await expect(run('changed', { resume: true })).rejects.toThrow(
    /changed: can't resume, .*network\.ts has changed since the run was started; put it back as it was, or start anew/,
  );
  const logger = createRecordingLogger();
  await openScorer(join(folder, 'changed'), { logger });
  expect(logger.warnings).toHaveLength(1);
  expect(logger.warnings[0]).toMatch(/network\.ts: this plugin has changed since/);
});

it('a source whose clips are not there, or are mislabelled, is told of by name', async () => {
  const read = (options: object) =>
    readExperiment({ ...EXPERIMENT, data: { source: { ...EXPERIMENT.data.source, ...options } } } as never);
  await expect(run('none', await read({ nClips: 9 }))).rejects.toThrow(
    /data\.source: numbered: 10 missing audio files in train, such as .*train-8\.wav/,
  );
  await expect(readExperiment({ ...EXPERIMENT, data: { source: 'numberd' } } as never)).rejects.toThrow(
    'data.source.type: unknown "numberd" (did you mean "numbered"?)',
  );
  await expect(readExperiment({ ...EXPERIMENT, data: { ...EXPERIMENT.data, root: 'x' } } as never)).rejects.toThrow(
    /data\.source: can't go with root/,
  );
});
