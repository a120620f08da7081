import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/experiment/checkpoint.js';
import { listExperiments, readExperiment } from '../../src/experiment/config.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { wav2vec2 } from '../../src/models/wav2vec2.js';
import type { Engine } from '../../src/runtime/engine.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { encodeNpy } from '../../src/runtime/npy.js';
import { runExperiment } from '../../src/training/experiment-run.js';
import { encodeWav, tone } from '../support/clips.js';
import { startTestEngine } from '../support/engine.js';
import { runCommand } from '../support/run-command.js';

const CORPUS = fileURLToPath(new URL('../../corpus/', import.meta.url));
const TINY = {
  durationSeconds: 0.3,
  pretrained: null,
  training: { perDeviceTrainBatchSize: 4, perDeviceEvalBatchSize: 4, fastDevRun: 2, dataloaderNumWorkers: 0 },
};

/** What makes an encoder of any experiment small enough. */
const TINY_SIZES = {
  convolutions: [
    { nChannels: 6, kernelSize: 10, stride: 5 },
    { nChannels: 6, kernelSize: 8, stride: 8 },
    { nChannels: 8, kernelSize: 8, stride: 8 },
  ],
  ...{ hiddenSize: 12, nLayers: 2, nHeads: 3, intermediateSize: 16, positionKernelSize: 6, positionGroups: 2 },
};

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-experiment-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
  const options = wav2vec2.schema.parse({ ...TINY_SIZES, encoderOnly: true });
  const weights = variablesOf(namedWeights(wav2vec2.build(options, [null], 1)));
  writeModel(join(directory, 'encoder'), weights, { threshold: 0, epoch: 0, inputShape: [null] });
});

/** The tiny form of an experiment; those on an encoder start from one. */
async function tinyOf(name: string) {
  const { config } = await readExperiment(name, { pretrained: null, ignoreMismatchedSizes: false });
  const hasEncoder = 'hiddenSize' in config.model && 'convolutions' in config.model;
  const training = { ...TINY.training, gradientAccumulationSteps: 1 };
  const encoder = { training, model: TINY_SIZES, pretrained: join(directory, 'encoder'), ignoreMismatchedSizes: true };
  return (await readExperiment(name, hasEncoder ? { ...TINY, ...encoder } : TINY)).config;
}

async function runTiny(name: string, folder: string): Promise<string> {
  const config = await tinyOf(name);
  const output = join(directory, folder);
  await runExperiment({ name, config, directory: output, engine, resume: false, logger: silentLogger });
  return output;
}

describe.each(listExperiments())('experiment %s', (name) => {
  it('trains, evaluates and reports', async () => {
    const output = await runTiny(name, name);
    const files = readdirSync(output);
    for (const file of ['config.json', 'model.safetensors', 'metrics.json', 'history.jsonl', 'report.html']) {
      expect(files).toContain(file);
    }
    expect(files.filter((file) => file.startsWith('checkpoint-'))).toHaveLength(1);
    expect(readdirSync(join(output, 'scores')).sort()).toEqual(['dev.txt', 'eval.txt']);
    const metrics = JSON.parse(readFileSync(join(output, 'metrics.json'), 'utf8'));
    expect(metrics.eval.nBonafide + metrics.eval.nSpoof).toBe(8);
    expect(metrics.eval.eerConfidenceInterval.confidence).toBe(0.95);
    const { config, environment } = JSON.parse(readFileSync(join(output, 'config.json'), 'utf8'));
    expect(config.training.fastDevRun).toBe(2);
    expect(environment.version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('the same experiment twice', () => {
  it('gives the same weights and metrics, and moves the earlier run aside', async () => {
    const first = await runTiny('lcnn-small', 'twice');
    const read = (file: string): string => readFileSync(join(first, file), 'latin1');
    const before = { weights: read('model.safetensors'), metrics: read('metrics.json') };
    await runTiny('lcnn-small', 'twice');
    expect({ weights: read('model.safetensors'), metrics: read('metrics.json') }).toEqual(before);
    const [archived] = readdirSync(join(directory, 'archive'));
    expect(existsSync(join(directory, 'archive', archived, 'model.safetensors'))).toBe(true);
  });
});

describe('voiceproof score', () => {
  const checkpoint = join(directory, 'lcnn-small');
  const path = (name: string): string => join(directory, 'clips', name);
  beforeAll(() => {
    mkdirSync(path(''), { recursive: true });
    const clip = tone(24_000, 220, 0.3);
    writeFileSync(path('good.wav'), encodeWav(clip));
    writeFileSync(path('good.npy'), encodeNpy({ shape: [clip.length], data: clip }));
    writeFileSync(path('text.wav'), 'no audio');
    writeFileSync(path('empty.flac'), '');
  });

  it('gives one object a line in input order, with errors beside the files that went on', async () => {
    const files = ['good.wav', 'text.wav', 'good.npy', 'empty.flac', 'absent.wav'].map(path);
    const { code, stdout, stderr } = await runCommand([
      'score',
      '--checkpoint',
      checkpoint,
      '--json',
      '--logits',
      ...files,
    ]);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/\n {4}at /);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ file }) => file)).toEqual(files);
    const [wav, text, npy, empty, absent] = rows;
    expect(wav).toEqual({
      file: files[0],
      score: expect.any(Number),
      llr: expect.toSatisfy((llr) => llr === null || Number.isFinite(llr)),
      probability: expect.toSatisfy((p) => p === null || (p > 0 && p < 1)),
      label: expect.stringMatching(/^(bonafide|spoof)$/),
      durationSeconds: 1.5,
      warnings: expect.any(Array),
      logits: [expect.any(Number)],
    });
    expect(npy.score).toBeCloseTo(wav.score, 2);
    for (const row of [text, empty, absent])
      expect(row).toEqual({ file: row.file, error: expect.stringContaining(row.file) });
  });

  it('exits with 0 where every file was scored, and leaves logits out unless asked', async () => {
    const { code, stdout } = await runCommand(['score', '--checkpoint', checkpoint, '--json', path('good.wav')]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty('logits');
  });

  it('says what a checkpoint is where it gets none', async () => {
    const { code, stdout, stderr } = await runCommand(['score', '--checkpoint', directory, path('good.wav')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/expected a checkpoint, a folder with config\.json and model\.safetensors/);
  });
});

describe('voiceproof evaluate', () => {
  it('gives the metrics of a protocol as JSON and writes scores', async () => {
    const output = join(directory, 'evaluated');
    const { code, stdout } = await runCommand([
      ...['evaluate', '--checkpoint', join(directory, 'lcnn-small'), '--json', '--output', output],
      ...['--protocol', join(CORPUS, 'protocols/ASVspoof2019.LA.cm.dev.trl.txt')],
      ...['--audio', join(CORPUS, 'ASVspoof2019_LA_dev/flac')],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ nBonafide: 30, nSpoof: 30 });
    expect(readFileSync(join(output, 'scores.txt'), 'utf8').trimEnd().split('\n')).toHaveLength(60);
  });
});

describe('the command line', () => {
  it.each([
    [['experimen'], 2, /Unknown/],
    [[], 2, /expected a command/],
    [['score'], 2, /expected files, folders or --protocol/],
    [['experiment', 'lcnn', '--sed', '3'], 2, /sed/],
    [['experiment', 'lcnx'], 1, /did you mean "lcnn"/],
    [['experiment', 'lcnn', '--set', 'model.widht=1'], 1, /did you mean "width"/],
  ] as const)('%j exits with %i and one line', async (args, code, line) => {
    const result = await runCommand(args);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(line);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each(['experiment', 'evaluate', 'score', 'features', 'metrics', 'setup', 'doctor'])(
    '%s --help shows examples',
    async (command) => {
      const { code, stdout } = await runCommand([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
    },
  );
});
