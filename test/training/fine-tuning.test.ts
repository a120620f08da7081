import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../src/experiment/config.js';
import type { Engine } from '../../src/runtime/engine.js';
import { TrainingError } from '../../src/runtime/errors.js';
import { readSafetensors, type StoredTensor } from '../../src/runtime/safetensors.js';
import { type ExperimentRun, runExperiment } from '../../src/training/experiment-run.js';
import { startTestEngine } from '../support/engine.js';
import { createRecordingLogger } from '../support/recording-logger.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-fine-tuning-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

/** Frames of 20 ms, so that a clip has few. */
const CONVOLUTIONS = [
  { nChannels: 6, kernelSize: 10, stride: 5 },
  { nChannels: 6, kernelSize: 8, stride: 8 },
  { nChannels: 8, kernelSize: 8, stride: 8 },
];

/** Trains on a few clips of the bundled corpus. */
async function run(name: string, training: object, over: Partial<ExperimentRun> = {}, experiment: object = {}) {
  const value = {
    durationSeconds: 0.5,
    model: { type: 'wav2vec2', ...TINY_ENCODER, convolutions: CONVOLUTIONS, projectionSize: null },
    ...experiment,
    training: {
      numTrainEpochs: 3,
      perDeviceTrainBatchSize: 4,
      perDeviceEvalBatchSize: 4,
      overfitBatches: 2,
      dataloaderNumWorkers: 0,
      tensorboard: false,
      learningRate: 0.01,
      loadBestModelAtEnd: false,
      ...training,
    },
  };
  const logger = createRecordingLogger();
  const output = join(directory, name);
  const config = parseExperiment(value, 'test');
  await runExperiment({ name, config, directory: output, engine, resume: false, logger, ...over });
  return { output, lines: logger.infos, weights: readSafetensors(join(output, 'model.safetensors')).tensors };
}

const bytesOf = (output: string) => readFileSync(join(output, 'model.safetensors'));

/** A run that is stopped after its first batch and goes on. */
async function interrupted(name: string, training: object, over: Partial<ExperimentRun> = {}): Promise<string> {
  const abort = new AbortController();
  abort.abort();
  await expect(run(name, training, { ...over, signal: abort.signal })).rejects.toThrow(TrainingError);
  return (await run(name, training, { ...over, resume: true })).output;
}

describe('a frozen encoder', () => {
  const FROZEN = { freezeEncoder: true, numTrainEpochs: 2 };
  let first: Awaited<ReturnType<typeof run>>;

  it('embeds each clip once, and finds the embeddings again in a later run', async () => {
    const cacheDirectory = join(directory, 'cache');
    first = await run('first', FROZEN, { cacheDirectory });
    const nEntries = readdirSync(cacheDirectory, { recursive: true }).filter((path) => String(path).endsWith('.npy'));
    expect(nEntries.length).toBeGreaterThan(8);
    expect(first.lines.join('\n')).toMatch(/embeddings of train: 8 computed in .* s, 0 found/);
    const second = await run('second', FROZEN, { cacheDirectory });
    expect(second.lines.join('\n')).not.toContain('computed');
    expect(bytesOf(second.output)).toEqual(bytesOf(first.output));
  });

  it('ends with the same bits without a cache, and where it was interrupted', async () => {
    expect(bytesOf(await interrupted('resumed', FROZEN))).toEqual(bytesOf(first.output));
  });

  it('ends alike op by op, and there with the same bits where it was interrupted', async () => {
    const plain = await run('plain', FROZEN, { compile: false });
    for (const [name, { data }] of plain.weights) {
      const expected = first.weights.get(name)?.data as Float32Array;
      for (const [i, value] of (data as Float32Array).entries()) expect(value).toBeCloseTo(expected[i], 4);
    }
    expect(bytesOf(await interrupted('plain-resumed', FROZEN, { compile: false }))).toEqual(bytesOf(plain.output));
  });

  it('hears augmented clips, each time anew, and trains the head alone', async () => {
    const augment = [{ type: 'noise', kind: 'white', amplitude: 0.01 }];
    const { lines, weights } = await run('augmented', FROZEN, {}, { augment });
    expect(lines.join('\n')).not.toContain('embeddings');
    const moved = [...weights.keys()].filter((name) => !sameBytes(weights.get(name), first.weights.get(name))).sort();
    expect(moved).toEqual(['logits/bias', 'logits/kernel']);
  });
});

describe('gradual unfreezing with layer-wise rates', () => {
  const GRADUAL = { gradualUnfreezing: {}, layerwiseLrDecay: 0.8, freezeFeatureEncoder: true, maxGradNorm: 1 };
  const constant = { ...GRADUAL, numTrainEpochs: 2, lrSchedulerType: 'constant' };
  let whole: Awaited<ReturnType<typeof run>>;

  it('moves the layers that have their turn, and no others', async () => {
    whole = await run('gradual', constant);
    const one = await run('one', { ...constant, numTrainEpochs: 1 });
    const names = [...whole.weights.keys()].filter(
      (name) => !sameBytes(whole.weights.get(name), one.weights.get(name)),
    );
    expect([...new Set(names.map((name) => name.split('/')[0]))].sort()).toEqual(['layer1', 'logits']);
  });

  it('ends with the same bits where it was interrupted', async () => {
    expect(bytesOf(await interrupted('gradual-resumed', constant))).toEqual(bytesOf(whole.output));
  });
});

function sameBytes(a: StoredTensor | undefined, b: StoredTensor | undefined): boolean {
  const bytes = ({ data }: StoredTensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return a !== undefined && b !== undefined && bytes(a).equals(bytes(b));
}
