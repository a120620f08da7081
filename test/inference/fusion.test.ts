import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCalibration, writeCalibration } from '../../src/experiment/calibration-file.js';
import { FUSED_EPOCH, readCascade, readEnsemble } from '../../src/experiment/fusion-file.js';
import { fitCascade, loadCascade } from '../../src/inference/cascade.js';
import { type EnsembleMember, fitEnsemble, loadEnsemble } from '../../src/inference/ensemble.js';
import { scoreRecording } from '../../src/inference/score-recording.js';
import type { Scorer } from '../../src/inference/scorer.js';
import { timelineChart, timelinePng } from '../../src/report/timeline.js';
import { createRandom } from '../../src/runtime/random.js';
import { encodeWav, tone } from '../support/clips.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-fusion-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const random = createRandom('fusion');
const noise = () => random.uniform() + random.uniform() - 1;
const trials = Array.from({ length: 200 }, (_, i) => ({
  utterance: `clip-${i}`,
  label: i % 2 === 0 ? ('bonafide' as const) : ('spoof' as const),
}));

/** Scores that tell the classes by `gap`, on a scale of their own. */
function member(name: string, gap: number, scale = 1, offset = 0): EnsembleMember {
  const scores = trials.map((trial) => {
    return { ...trial, score: scale * ((trial.label === 'bonafide' ? gap : -gap) + 2 * noise()) + offset };
  });
  return { directory: join(directory, name), scores };
}

/** A scorer whose score is a multiple of the clip's mean. */
function meanScorer(description: string, factor: number, calls: string[] = []): Scorer {
  return {
    description,
    nSamples: 16_000,
    threshold: 0,
    calibration: undefined,
    scoreAll: async (waveforms) => {
      calls.push(`${description} ${waveforms.length}`);
      return waveforms.map((waveform) => {
        const score = (factor * waveform.reduce((sum, sample) => sum + sample, 0)) / waveform.length;
        return { score, logits: [score] };
      });
    },
    dispose: () => calls.push(`${description} disposed`),
  };
}

describe('an ensemble', () => {
  it('is better than its members, whatever scales their scores have', () => {
    const members = [member('a', 0.8), member('b', 0.8, 50, 1000)];
    for (const fusion of ['mean', 'logistic'] as const) {
      const { eer, memberEers } = fitEnsemble(join(directory, fusion), members, { fusion });
      expect(eer).toBeLessThan(Math.min(...memberEers));
    }
    expect(readEnsemble(join(directory, 'mean')).members.map(({ path }) => path)).toEqual(['../a', '../b']);
    expect(readCalibration(join(directory, 'mean'), FUSED_EPOCH)?.cllr.after).toBeLessThan(1);
  });

  it('by logistic regression hardly heeds a member that knows nothing', () => {
    const { weights } = fitEnsemble(join(directory, 'useless'), [member('a', 1), member('c', 0)], {
      fusion: 'logistic',
    });
    expect(Math.abs(weights[1])).toBeLessThan(0.2 * weights[0]);
  });

  it('by mean heeds the weights it is given', () => {
    const members = [member('a', 1), member('b', 1)];
    const { weights } = fitEnsemble(join(directory, 'weighted'), members, { fusion: 'mean', weights: [1, 0] });
    expect(weights[1]).toBe(0);
    const refit = (given: number[]) => fitEnsemble(join(directory, 'w'), members, { fusion: 'mean', weights: given });
    expect(() => refit([1])).toThrow(/expected 2 weights/);
    expect(() => refit([0, 0])).toThrow(/not all 0/);
  });

  it('refuses members that scored other clips', () => {
    const other = { ...member('d', 1), scores: member('d', 1).scores.slice(1) };
    expect(() => fitEnsemble(join(directory, 'x'), [member('a', 1), other], { fusion: 'mean' })).toThrow(
      /expected scores of the 200 clips/,
    );
    expect(() => fitEnsemble(join(directory, 'x'), [member('a', 1)], { fusion: 'mean' })).toThrow(/at least two/);
  });

  it('scores with the weighted sum of its members', async () => {
    const calls: string[] = [];
    const opened: string[] = [];
    const scorer = await loadEnsemble(join(directory, 'mean'), async (path) => {
      opened.push(path);
      return meanScorer(path.at(-1) as string, opened.length, calls);
    });
    expect(opened).toEqual([join(directory, 'a'), join(directory, 'b')]);
    const { members, bias } = readEnsemble(join(directory, 'mean'));
    const [{ score, logits }] = await scorer.scoreAll([new Float32Array(10).fill(0.5)]);
    expect(logits).toEqual([0.5, 1]);
    expect(score).toBeCloseTo(bias + 0.5 * members[0].weight + members[1].weight, 10);
    scorer.dispose();
    expect(calls).toEqual(['a 1', 'b 1', 'a disposed', 'b disposed']);
  });
});

describe('a cascade', () => {
  const folder = join(directory, 'cascade');
  const light = member('light', 0.8);
  const heavy = member('heavy', 1.6, 3);
  const secondsPerClip = { light: 0.01, heavy: 0.1 };

  it('lets the light model decide where it errs no more than stated', () => {
    const measured = fitCascade(folder, { light, heavy, statedError: 0.02, secondsPerClip });
    const { low, high } = readCascade(folder);
    const of = (label: string) => light.scores.filter((trial) => trial.label === label);
    expect(of('bonafide').filter(({ score }) => score < low).length).toBeLessThanOrEqual(2);
    expect(of('spoof').filter(({ score }) => score >= high).length).toBeLessThanOrEqual(2);
    expect(measured.lightShare).toBeGreaterThan(0.3);
    expect(measured.savedShare).toBeCloseTo(measured.lightShare - 0.1, 10);
    expect(measured.eer).toBeLessThan(measured.heavyEer + 0.03);
  });

  it('asks the heavy model for the rest alone, and says what was saved', async () => {
    const calls: string[] = [];
    const scorer = await loadCascade(folder, async (path) => meanScorer(path.split('/').at(-1) as string, 1, calls));
    const { low, high, light: side } = readCascade(folder);
    const clips = [low - 1, (low + high) / 2, high + 1].map((score) => new Float32Array(4).fill(score));
    const scores = await scorer.scoreAll(clips);
    expect(scores.map(({ decidedBy }) => decidedBy)).toEqual(['light', 'heavy', 'light']);
    expect(scores[0].score).toBeCloseTo(side.map.slope * (low - 1) + side.map.intercept, 4);
    expect(calls).toEqual(['light 3', 'heavy 1']);
    expect(scorer.summary?.()).toMatch(/^the light model decided 2 of 3 clips: .* s instead of about .* s/);
    scorer.dispose();
  });

  it('decides all by itself where the light model never errs', () => {
    const perfect = {
      ...light,
      scores: trials.map((trial) => ({ ...trial, score: trial.label === 'bonafide' ? 1 : -1 })),
    };
    const measured = fitCascade(join(directory, 'perfect'), {
      light: perfect,
      heavy,
      statedError: 0.01,
      secondsPerClip,
    });
    expect(measured.lightShare).toBe(1);
    expect(() => fitCascade(folder, { light, heavy, statedError: 0.6, secondsPerClip })).toThrow(/error of at least 0/);
  });
});

describe('a calibration of other weights', () => {
  it('is passed over', () => {
    const folder = join(directory, 'mean');
    const calibration = readCalibration(folder, FUSED_EPOCH);
    expect(calibration).toBeDefined();
    writeCalibration(folder, { ...(calibration as NonNullable<typeof calibration>), epoch: 7 });
    expect(readCalibration(folder, FUSED_EPOCH)).toBeUndefined();
    mkdirSync(join(directory, 'torn'), { recursive: true });
    writeFileSync(join(directory, 'torn', 'calibration.json'), '{');
    expect(() => readCalibration(join(directory, 'torn'), 1)).toThrow(/damaged/);
  });
});

describe('a long recording', () => {
  const path = join(directory, 'long.wav');
  // Ten seconds that lie above zero, then ten below, with two seconds of silence at the end.
  const waveform = tone(22 * 16_000, 300, 0.1).map((sample, i) => sample + (i < 160_000 ? 0.2 : -0.2));
  waveform.fill(0, 20 * 16_000);
  writeFileSync(path, encodeWav(waveform));
  const scorer = meanScorer('mean', 10);
  const options = { windowSeconds: 1, hopSeconds: 0.5 };

  it('is found to change within a hop and a window, in segments that cover it', async () => {
    const result = await scoreRecording(scorer, path, options);
    if ('error' in result) throw new Error(result.error);
    expect(result.durationSeconds).toBe(22);
    expect(result.windows).toHaveLength(43);
    expect(result.segments.map(({ label }) => label)).toEqual(['bonafide', 'spoof', 'no_speech']);
    expect(result.segments[0].start).toBe(0);
    expect(Math.abs(result.segments[0].end - 10)).toBeLessThanOrEqual(1.5);
    expect(result.segments.at(-1)?.end).toBe(22);
    expect(Math.abs((result.change?.time ?? 0) - 10)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(result.score)).toBeLessThan(0.2);
  });

  it.each([
    ['max', -2],
    ['top-k', -2],
    ['vote', -1],
  ] as const)('is one score by %s', async (aggregation, expected) => {
    const result = await scoreRecording(scorer, path, { ...options, aggregation });
    if ('error' in result) throw new Error(result.error);
    if (aggregation === 'vote') expect(result.label).toBe('spoof');
    else expect(result.score).toBeCloseTo(expected, 2);
  });

  it('is no speech where nothing is to be heard', async () => {
    const silent = join(directory, 'silent.wav');
    writeFileSync(silent, encodeWav(new Float32Array(48_000)));
    expect(await scoreRecording(scorer, silent, options)).toMatchObject({ label: 'no_speech', change: null });
  });

  it('names windows that can not be, and files that are none', async () => {
    const score = (more: object) => scoreRecording(scorer, path, { ...options, ...more });
    await expect(score({ windowSeconds: 2 })).rejects.toThrow(/at most the 1 s that the model sees/);
    await expect(score({ hopSeconds: 3 })).rejects.toThrow(/`hopSeconds`: expected/);
    await expect(score({ smoothingWindows: 2 })).rejects.toThrow(/odd number/);
    expect(await scoreRecording(scorer, join(directory, 'absent.wav'), options)).toEqual({
      file: join(directory, 'absent.wav'),
      error: expect.stringContaining('absent.wav'),
    });
  });

  it('is drawn as a chart and as a picture', async () => {
    const result = await scoreRecording(scorer, path, options);
    if ('error' in result) throw new Error(result.error);
    const timeline = { ...result, title: 'a recording', threshold: 0 };
    const chart = timelineChart(timeline);
    const series = chart.option.series as { name: string; data: unknown[] }[];
    expect(series.map(({ name }) => name)).toEqual(['bona fide', 'spoof', 'no speech', 'score']);
    expect(series[3].data).toHaveLength(43);
    // Every tenth of a second has its column, in the colour of one label.
    expect(series.slice(0, 3).reduce((sum, { data }) => sum + data.length, 0)).toBe(220);
    const png = Buffer.from(timelinePng(timeline));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 328]);
  });
});
