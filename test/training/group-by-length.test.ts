import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudio } from '../../src/data/audio.js';
import type { Batch } from '../../src/data/batch.js';
import { loadCorpus } from '../../src/data/corpus.js';
import { parseExperiment } from '../../src/experiment/config.js';
import { trainingOptions } from '../../src/experiment/training-options.js';
import { loadDetector } from '../../src/inference/detector.js';
import { createLoss } from '../../src/losses/registry.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { namedOutputs } from '../../src/models/outputs.js';
import { parseHuggingFaceConfig } from '../../src/models/wav2vec2.config.js';
import { wav2vec2 } from '../../src/models/wav2vec2.js';
import { importWav2Vec2 } from '../../src/models/wav2vec2.weights.js';
import type { Engine } from '../../src/runtime/engine.js';
import { ConfigError, TrainingError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { createRandom } from '../../src/runtime/random.js';
import { openSafetensors, readSafetensors } from '../../src/runtime/safetensors.js';
import { scoreWithCheckpoint } from '../../src/training/evaluation.js';
import { type ExperimentRun, runExperiment } from '../../src/training/experiment-run.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { createTrainingStep } from '../../src/training/step.js';
import { encodeWav, tone } from '../support/clips.js';
import { startTestEngine } from '../support/engine.js';
import { createRecordingLogger } from '../support/recording-logger.js';
import { hasShared, sharedPath } from '../support/shared.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-lengths-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const corpus = join(directory, 'corpus');
let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
  const random = createRandom('clips');
  for (const [i, label] of Array.from({ length: 24 }, (_, i) => [i, i % 2 === 0 ? 'real' : 'fake'] as const)) {
    mkdirSync(join(corpus, label), { recursive: true });
    // Some below a frame of Wav2Vec2, some above the longest that is seen.
    const length = i < 4 ? 200 + 150 * i : 800 + random.integer(7000);
    const clip = tone(length, label === 'real' ? 300 : 1500).map((sample) => sample + 0.05 * random.normal());
    writeFileSync(join(corpus, label, `clip-${i}.wav`), encodeWav(clip));
  }
});

const SECONDS = 0.4;
const CONVOLUTIONS = [
  { nChannels: 6, kernelSize: 10, stride: 5 },
  { nChannels: 6, kernelSize: 8, stride: 8 },
  { nChannels: 8, kernelSize: 8, stride: 4 },
];
/** As XLS-R: layer norms, an attention mask. */
const MASKED = {
  type: 'wav2vec2',
  ...TINY_ENCODER,
  convolutions: CONVOLUTIONS,
  convolutionNorm: 'layer',
  convolutionBias: true,
  normFirst: true,
  projectionSize: 10,
};
/** As wav2vec2-base. */
const SEEN = { ...MASKED, convolutionNorm: 'group', convolutionBias: false, normFirst: false };

function experimentOf(model: object, training: object = {}, experiment: object = {}) {
  return parseExperiment(
    {
      durationSeconds: SECONDS,
      data: { folder: corpus, split: { dev: 0.2, eval: 0.2 } },
      model,
      ...experiment,
      training: {
        groupByLength: true,
        padToMultipleOf: 3200,
        numTrainEpochs: 1,
        perDeviceTrainBatchSize: 4,
        perDeviceEvalBatchSize: 4,
        dataloaderNumWorkers: 0,
        tensorboard: false,
        learningRate: 0.01,
        loadBestModelAtEnd: false,
        ...training,
      },
    },
    'test',
  );
}

async function run(name: string, config: ReturnType<typeof experimentOf>, over: Partial<ExperimentRun> = {}) {
  const logger = createRecordingLogger();
  const output = join(directory, name);
  await runExperiment({ name, config, directory: output, engine, resume: false, logger, ...over });
  return { output, lines: logger.infos, bytes: readFileSync(join(output, 'model.safetensors')) };
}

/** The scores that a run wrote, and those of each clip alone. */
async function scoresOf(output: string, compile: boolean): Promise<{ written: number[]; alone: number[] }> {
  const detector = await loadDetector(output, { compile });
  const rows = ['dev', 'eval'].flatMap((set) =>
    readFileSync(join(output, 'scores', `${set}.txt`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  );
  const alone: number[] = [];
  for (const row of rows) {
    const { waveform } = await readAudio(join(corpus, `${row[0]}.wav`));
    alone.push(detector.score(waveform).score);
  }
  detector.dispose();
  return { written: rows.map((row) => Number(row.at(-1))), alone };
}

describe('batches of like length', () => {
  const config = experimentOf(MASKED);
  let whole: Awaited<ReturnType<typeof run>>;

  it.each([
    ['masked', MASKED, true],
    ['masked, op by op', MASKED, false],
    ['seen', SEEN, true],
  ] as const)(
    'give each clip of dev and eval the score that it has alone, padding being %s',
    async (name, model, compile) => {
      const done = await run(name, experimentOf(model), { compile });
      if (name === 'masked') whole = done;
      expect(done.lines.join('\n')).toContain('input [any]');
      const { written, alone } = await scoresOf(done.output, compile);
      expect(written.length).toBeGreaterThan(6);
      expect(new Set(written).size).toBeGreaterThan(6);
      // Eval comes last in both.
      const { eval: trials } = loadCorpus(config.data, { logger: silentLogger });
      const { scored } = await scoreWithCheckpoint({ checkpoint: done.output, trials, compile, logger: silentLogger });
      written.push(...scored.map(({ score }) => score));
      alone.push(...alone.slice(-scored.length));
      // Float32 with sums of another length, through layers that normalise.
      for (const [i, score] of written.entries()) expect(Math.abs(score - (alone[i] as number))).toBeLessThan(1e-5);
    },
  );

  it('end with the same bits where training was interrupted within an epoch, and went on with less memory', async () => {
    const abort = new AbortController();
    abort.abort();
    const interrupted = run('resumed', config, { signal: abort.signal });
    await expect(interrupted).rejects.toThrow(TrainingError);
    await expect(interrupted).rejects.toThrow(/interrupted in epoch 1 after 1 of/);
    const recomputed = experimentOf(MASKED, { gradientCheckpointing: true });
    expect((await run('resumed', recomputed, { resume: true })).bytes).toEqual(whole.bytes);
  });

  it('train a head on a frozen encoder, whether it takes means or frames', async () => {
    const frozen = { freezeEncoder: true };
    const means = await run('means', experimentOf({ ...MASKED, projectionSize: null }, frozen));
    expect(means.lines.join('\n')).toMatch(/embeddings of train/);
    const frames = await run('frames', experimentOf(MASKED, frozen));
    expect(frames.lines.join('\n')).not.toMatch(/embeddings of train/);
    for (const { output } of [means, frames]) {
      const { written, alone } = await scoresOf(output, true);
      for (const [i, score] of written.entries()) expect(Math.abs(score - (alone[i] as number))).toBeLessThan(1e-5);
      const moved = readSafetensors(join(output, 'model.safetensors')).tensors.get('logits/bias')?.data;
      expect(Math.max(...(moved as Float32Array).map(Math.abs))).toBeGreaterThan(0);
    }
  });

  it('are refused for models that clips of one length are made for', () => {
    const parse =
      (model: object, experiment: object = {}) =>
      () =>
        experimentOf(model, {}, experiment);
    expect(parse({ ...MASKED, pooling: 'statistics' })).toThrow(ConfigError);
    expect(parse({ ...MASKED, pooling: 'statistics' })).toThrow(
      /training.groupByLength: wav2vec2 with these options can't tell clips from their padding; set model.pooling to "mean"/,
    );
    expect(parse({ type: 'aasist' })).toThrow(/training.groupByLength: aasist .* choose wav2vec2, or set it to false/);
    expect(parse({ type: 'lcnn' }, { feature: { type: 'lfcc' } })).toThrow(/training.groupByLength: lcnn/);
    expect(parse({ ...SEEN, pooling: 'statistics' })).not.toThrow();
  });
});

const TINY_CHECKPOINTS = 'reference/wav2vec2';

/** transformers 4.57.1: `Wav2Vec2FeatureExtractor` with padding, and the loss of the model that it feeds. */
describe.skipIf(!hasShared)('the loss of a padded batch is that of the reference', () => {
  it.each([
    ['tiny-cls-xlsr-weighted', 'masked', 1.1772918701171875],
    ['tiny-cls-base', 'seen', 0.9850732684135437],
  ] as const)('%s, whose padding is %s', (name, kind, wanted) => {
    const folder = sharedPath(`${TINY_CHECKPOINTS}/${name}`);
    const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const { options } = parseHuggingFaceConfig(json('config.json'), json('preprocessor_config.json'));
    expect(wav2vec2.padding?.(options)).toBe(kind);
    const rates = { featureDropout: 0, hiddenDropout: 0, attentionDropout: 0, activationDropout: 0, layerDrop: 0 };
    const spans = { ...options.spans, timeProbability: 0, timeMinSpans: 0, featureProbability: 0, featureMinSpans: 0 };
    const model = wav2vec2.build({ ...options, ...rates, spans }, [null], 1);
    const weights = variablesOf(namedWeights(model));
    const file = openSafetensors(join(folder, 'model.safetensors'));
    importWav2Vec2(file, options, weights, { isReversed: false });
    file.close();

    const { tensors } = readSafetensors(join(folder, 'expected.safetensors'));
    const clips = ['raw_a', 'raw_b'].map((key) => tensors.get(key)?.data as Float32Array);
    const nSamples = clips[0].length;
    const inputs = new Float32Array(2 * nSamples);
    for (const [i, clip] of clips.entries()) inputs.set(clip, i * nSamples);
    const batch: Batch = {
      inputs,
      shape: [2, nSamples],
      ...(kind === 'masked' ? { lengths: Int32Array.from(clips, ({ length }) => length) } : {}),
      labels: Int32Array.from([1, 0]),
      utterances: ['a', 'b'],
      indices: Int32Array.from([0, 1]),
    };
    const training = trainingOptions.parse({ optim: 'sgd' });
    const optimizer = createOptimizer(weights, training);
    for (const isCompiled of [true, false]) {
      const step = createTrainingStep({
        forward: (x, seed, also) => namedOutputs(model.apply(x, { training: true, seed, ...also }) as tf.Tensor),
        loss: createLoss(training, [1, 1], { nLogits: 2, kind: 'linear' }),
        ...{ weights, trained: weights, optimizer, options: training, isCompiled },
      });
      const { loss } = step.update(batch, 1, 1, optimizer.coefficients(0, 1));
      expect(Math.abs(loss - wanted)).toBeLessThan(1e-5);
      expect(step.cost(batch) === undefined).toBe(!isCompiled);
      step.dispose();
    }
    optimizer.dispose();
    model.dispose();
  });
});
