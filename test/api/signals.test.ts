// Whatever takes long can be stopped, at once or in the middle, and leaves nothing half done.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  calibrate,
  compareSystems,
  createCascade,
  createEnsemble,
  type ExperimentInput,
  embedFiles,
  evaluateCheckpoint,
  exportCheckpoint,
  importAasist,
  importHuggingFace,
  importSslAasist,
  type JobOptions,
  openDetector,
  pretrained,
  runExperiment,
  scoreFiles,
  TrainingError,
  verifyExport,
} from '../../src/index.js';
import { writeTestCheckpoint } from '../support/checkpoints.js';
import { startTestEngine } from '../support/engine.js';
import { writeTinyCorpus } from '../support/tiny-corpus.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-signals-'));
const at = (...parts: string[]) => join(folder, ...parts);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const experiment: ExperimentInput = {
  durationSeconds: 1,
  data: { folder: at('clips'), split: { dev: 0.25, eval: 0.25 } },
  feature: { type: 'log-mel', nMels: 40 },
  model: { type: 'lcnn-small', nLogits: 2 },
  training: {
    numTrainEpochs: 2,
    perDeviceTrainBatchSize: 4,
    perDeviceEvalBatchSize: 2,
    dataloaderNumWorkers: 0,
    tensorboard: false,
  },
};
const encoder = { type: 'wav2vec2', ...TINY_ENCODER };

let clips: string[];
let trials: readonly { utterance: string; path: string; label: 'bonafide' | 'spoof' }[];
beforeAll(async () => {
  await startTestEngine();
  clips = writeTinyCorpus(at('clips'));
  trials = clips.map((path, i) => ({ utterance: path, path, label: i < clips.length / 2 ? 'bonafide' : 'spoof' }));
  writeTestCheckpoint(at('lcnn'), JSON.parse(JSON.stringify(experiment)));
  writeTestCheckpoint(at('encoder'), { durationSeconds: null, model: encoder });
  await exportCheckpoint(at('lcnn'), { format: 'onnx', output: at('onnx') });
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Every job, with what it would write. */
const JOBS: Readonly<Record<string, (options: JobOptions, output: string) => Promise<unknown>>> = {
  runExperiment: (options, directory) => runExperiment(experiment, { ...options, directory }),
  compareSystems: (options, directory) =>
    compareSystems([at('lcnn')], { ...options, directory, checkpoints: directory, seeds: [1] }),
  evaluateCheckpoint: (options, output) => evaluateCheckpoint(at('lcnn'), { ...options, trials, output }),
  scoreFiles: (options, output) => all(scoreFiles(clips, { ...options, checkpoint: at('lcnn'), output })),
  calibrate: (options) => calibrate(at('lcnn'), { ...options, trials }),
  createEnsemble: (options, output) => createEnsemble([at('lcnn'), at('onnx')], { ...options, trials, output }),
  createCascade: (options, output) =>
    createCascade({ ...options, light: at('lcnn'), heavy: at('onnx'), trials, output }),
  embedFiles: (options, output) => embedFiles(clips, { ...options, checkpoint: at('encoder'), output }),
  exportCheckpoint: (options, output) => exportCheckpoint(at('lcnn'), { ...options, format: 'savedmodel', output }),
  verifyExport: (options) => verifyExport(at('onnx'), { ...options, python: 'none', chromium: 'none' }),
  importAasist: (options, output) => importAasist(at('none.pth'), { ...options, output }),
  importSslAasist: (options, output) => importSslAasist(at('none.pth'), { ...options, output }),
  importHuggingFace: (options, output) => importHuggingFace('owner/none', { ...options, output }),
  pretrained: (options, output) =>
    pretrained('aasist-l').download({ ...options, output, baseUrl: 'http://127.0.0.1:9' }),
  openDetector: (options) => openDetector(at('lcnn'), options),
};

/** Those that have no middle to be stopped in without a network, and those that save. */
const ELSEWHERE = ['runExperiment', 'compareSystems', 'openDetector', 'pretrained'];

describe('a job', () => {
  it.each(Object.entries(JOBS))('%s does not begin where its signal is set', async (name, job) => {
    const reason = new Error('not today');
    await expect(job({ signal: AbortSignal.abort(reason) }, at(name))).rejects.toBe(reason);
    expect(existsSync(at(name, 'config.json'))).toBe(false);
  });

  const halted = Object.entries(JOBS).filter(([name]) => !ELSEWHERE.includes(name) && !name.startsWith('import'));
  it.each(halted)('%s stops in the middle, and writes nothing that is not whole', async (name, job) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => stop.abort(reason);
    await expect(job({ signal: stop.signal, onProgress }, at(`${name}-halted`))).rejects.toBe(reason);
    if (name === 'scoreFiles') return;
    expect(existsSync(at(`${name}-halted`))).toBe(false);
    expect(existsSync(at('lcnn', 'calibration.json'))).toBe(false);
  });

  it('of training saves where it stops, in an epoch and in the last evaluation, and goes on from there', async () => {
    const directory = at('trained');
    const stopAt = (at: string) => {
      const stop = new AbortController();
      const onProgress = ({ label }: { label: string }) => void (label === at && stop.abort());
      return { directory, resume: true, signal: stop.signal, onProgress };
    };
    const inEpoch = runExperiment(experiment, stopAt('epoch 2/2'));
    await expect(inEpoch).rejects.toThrow(TrainingError);
    await expect(inEpoch).rejects.toThrow(/interrupted in epoch 2 after 1 of 2 batches; saved/);
    await expect(runExperiment(experiment, stopAt('eval'))).rejects.toThrow(
      /interrupted while scoring eval; the trained/,
    );
    const { bestEpoch } = await runExperiment(experiment, { directory, resume: true });
    expect(bestEpoch).toBeGreaterThan(0);
  });
});
