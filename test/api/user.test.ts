// The library as those use it who only know its door.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  augmentClip,
  calibrate,
  compareSystems,
  computeFeature,
  computeMetrics,
  createCascade,
  createEnsemble,
  type ExperimentInput,
  evaluateCheckpoint,
  exportCheckpoint,
  openDetector,
  type ProgressEvent,
  resolveExperiment,
  runExperiment,
  type ScoredFile,
  type ScoreFilesOptions,
  scoreFiles,
  verifyExport,
} from '../../src/index.js';
import { runningEngine } from '../../src/runtime/engine.js';
import { fixturePath } from '../support/audio-fixtures.js';
import { expectNear } from '../support/expect-near.js';
import { createRecordingLogger } from '../support/recording-logger.js';
import { writeTinyCorpus } from '../support/tiny-corpus.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-user-'));
const at = (...parts: string[]) => join(folder, ...parts);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const experiment: ExperimentInput = {
  durationSeconds: 1,
  data: { folder: at('clips'), split: { dev: 0.25, eval: 0.25 } },
  feature: { type: 'lfcc' },
  model: { type: 'lcnn-small', nLogits: 2 },
  training: { numTrainEpochs: 2, perDeviceTrainBatchSize: 4, dataloaderNumWorkers: 0, learningRate: 0.01 },
};

let clips: string[];
beforeAll(() => {
  clips = writeTinyCorpus(at('clips'));
});

const collect = async (options: ScoreFilesOptions, paths: string | readonly string[] = at('clips')) => {
  const all: ScoredFile[] = [];
  for await (const scored of scoreFiles(paths, options)) all.push(scored);
  return all;
};

describe('a user', () => {
  it('has a score after three lines', async () => {
    const detector = await openDetector();
    const { score, label, llr, probability } = await detector.score(fixturePath('mono_16k.flac'));
    detector.dispose();
    expect([typeof score, typeof label, typeof llr, typeof probability]).toEqual([
      'number',
      'string',
      'number',
      'number',
    ]);
    expect(runningEngine()).toBeUndefined();
  });

  it('has a trained, evaluated and exported model after ten', async () => {
    const events: ProgressEvent[] = [];
    const { directory, eval: figures } = await runExperiment(experiment, {
      directory: at('mine'),
      onProgress: (event) => events.push(event),
    });
    const { metrics } = await evaluateCheckpoint(directory, { trials: trialsOf(clips) });
    const { output } = await exported(directory);
    const detector = await openDetector(output);
    const fake = await detector.score(clips[clips.length - 1]);
    detector.dispose();

    expect(figures).toMatchObject({ nBonafide: 2, nSpoof: 2 });
    expect(metrics).toMatchObject({ nBonafide: 8, nSpoof: 8 });
    expect(events.filter(({ label }) => label === 'epoch 2/2').at(-1)).toMatchObject({ done: 2, total: 2 });
    const checkpoint = await openDetector(directory);
    expectNear(fake.score, (await checkpoint.score(clips[clips.length - 1])).score, 1e-4);
    checkpoint.dispose();
    expect(runningEngine()).toBeUndefined();
  });

  it('is told by name and place what an experiment can not be', async () => {
    await expect(resolveExperiment('lcnx')).rejects.toThrow(/unknown experiment "lcnx" \(did you mean "lcnn"\?\)/);
    await expect(resolveExperiment('lcnn', { set: { training: { learningRat: 1 } } })).rejects.toThrow(
      /training\.learningRat/,
    );
    const resolved = await resolveExperiment(experiment, { seed: 7, directory: at('named') });
    expect([resolved.name, resolved.config.seed]).toEqual(['named', 7]);
    await expect(runExperiment(resolved, { seed: 8 })).rejects.toThrow(/one that is resolved has all its options/);
  });

  it('scores a folder into a file, and goes on with it', async () => {
    const output = at('scores.jsonl');
    const options = { checkpoint: at('mine'), output };
    const [first, second] = [clips.slice(0, 3), clips.slice(0, 5)];
    expect(await collect(options, first)).toHaveLength(3);
    await expect(collect(options, first)).rejects.toThrow(/is there already; go on with it by `resume`/);
    const left = await collect({ ...options, resume: true }, second);
    expect(left.map(({ input }) => input.path)).toEqual(second.slice(3));
    const lines = readFileSync(output, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).file)).toEqual(second);
    await expect(collect({ ...options, resume: true, output: undefined })).rejects.toThrow(/`resume` needs `output`/);
    await expect(collect({ plot: 'x.gif' })).rejects.toThrow(/^`plot`: expected a .svg or .png file/);
    await expect(collect({ plot: 'x.svg' })).rejects.toThrow(/give their length with `windowSeconds`/);
    await expect(collect({ trials: [] }, clips)).rejects.toThrow(/exclude each other/);
  });

  it('says what comes with the package where no checkpoint is named', async () => {
    const logger = createRecordingLogger();
    expect(await collect({ logger }, clips[0])).toHaveLength(1);
    expect(logger.warnings).toEqual([expect.stringMatching(/a demonstration.*name your own with `checkpoint`$/)]);
    expect(logger.openDisplays()).toBe(0);
  });

  it('calibrates, fuses, cascades and measures', async () => {
    await expect(calibrate(at('mine'), {})).rejects.toThrow(/expected `scores` or `protocol`, got neither/);
    const trials = trialsOf(clips);
    const calibration = await calibrate(at('mine'), { trials });
    expect(calibration.fittedOn).toEqual({ name: 'clips of the caller', nBonafide: 8, nSpoof: 8 });
    const { scored } = await evaluateCheckpoint(at('mine'), { trials });
    expect(await calibrate(at('mine'), { scores: scored })).toMatchObject({ fittedOn: calibration.fittedOn });
    await expect(evaluateCheckpoint(at('mine'), {})).rejects.toThrow(/expected `protocol` or trials, got neither/);

    const members = [at('mine'), at('mine-onnx')];
    const both = await createEnsemble(members, { trials, output: at('both') });
    expect([both.nClips, both.memberEers.length]).toEqual([16, 2]);
    const [light, heavy] = members;
    const cascade = await createCascade({ light, heavy, trials, output: at('quick'), statedError: 0 });
    expect([cascade.nClips, typeof cascade.secondsPerClip.heavy]).toEqual([16, 'number']);
    for (const made of ['both', 'quick']) {
      const detector = await openDetector(at(made));
      expect(Number.isFinite((await detector.score(clips[0])).score)).toBe(true);
      detector.dispose();
    }
    expect(computeMetrics(scored, { resamples: 0 }).eer).toBe(
      (await evaluateCheckpoint(at('mine'), { trials })).metrics.eer,
    );
  });

  it('compares, with runs that are done', async () => {
    const { report, input } = await compareSystems([at('mine')], { directory: at('comparison'), seeds: [1] });
    expect(existsSync(report)).toBe(true);
    expect(input.systems.map(({ name }) => name)).toEqual(['mine']);
  });

  it('verifies what was exported', async () => {
    const rows = await verifyExport(at('mine-onnx'), { python: 'no-python', chromium: 'no-chromium' });
    expect(rows.find(({ consumer }) => /node/i.test(consumer))).toMatchObject({ status: 'ok' });
    expect(rows.filter(({ status }) => status === 'mismatch')).toEqual([]);
  });

  it('sees features and augmentations of samples', async () => {
    const waveform = new Float32Array(16_000).map((_, i) => Math.sin(i / 20) / 2);
    const input = { waveform, sampleRate: 16_000, name: 'hum' };
    const lfcc = await computeFeature(input, 'lfcc', { output: at('hum.npy') });
    expect([lfcc.values.length, lfcc.hopSeconds]).toEqual([lfcc.nFrames * lfcc.nBins, 0.01]);
    expect(existsSync(at('hum.npy'))).toBe(true);
    await expect(computeFeature(input, 'lfc')).rejects.toThrow(/unknown "lfc" \(did you mean "lfcc"\?\)/);

    const gain = [{ type: 'gain', probability: 1 }];
    const { waveform: louder } = await augmentClip(input, gain, { seed: 3 });
    expect(louder).toHaveLength(16_000);
    expect(louder).not.toEqual(waveform);
    // The draws are named by what the clip is called.
    expect((await augmentClip(input, gain, { seed: 3 })).waveform).toEqual(louder);
    expect((await augmentClip(input, gain, { seed: 3, utterance: 'other' })).waveform).not.toEqual(louder);
  });
});

async function exported(directory: string): Promise<{ readonly output: string }> {
  const output = at('mine-onnx');
  await exportCheckpoint(directory, { format: 'onnx', withFeatures: true, output });
  return { output };
}

function trialsOf(paths: readonly string[]) {
  return paths.map((path, i) => ({
    utterance: path,
    path,
    label: i < paths.length / 2 ? ('bonafide' as const) : ('spoof' as const),
  }));
}
