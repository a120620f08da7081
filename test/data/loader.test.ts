import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.js';
import { createLoader, type Loader, type LoaderOptions } from '../../src/data/loader.js';
import type { Trial } from '../../src/data/trial.js';
import { AudioError, ConfigError, DataError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { encodeWav, tone } from '../support/clips.js';

const nSamples = 3200;
const feature = { type: 'log-mel' };
const augment = [
  { type: 'noise', kind: 'white', snrDb: [5, 20], probability: 0.5 },
  { type: 'time-shift', maxSeconds: 0.01, probability: 0.5 },
];

let directory: string;
let trials: Trial[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'voiceproof-loader-'));
  // Every length around the target, so that some are repeated and some cropped.
  const lengths = [1600, nSamples - 1, nSamples, nSamples + 1, 4800, 6400, 8000, 2000, 9600, 3300, 5000];
  trials = lengths.map((length, i) => {
    const path = join(directory, `clip-${i}.wav`);
    writeFileSync(path, encodeWav(tone(length, 200 + 50 * i)));
    return { utterance: `clip-${i}`, path, label: i % 3 === 0 ? 'bonafide' : 'spoof' };
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

const make = (options: Partial<LoaderOptions> = {}) =>
  createLoader({
    trials,
    nSamples,
    mode: 'train',
    seed: 1,
    batchSize: 4,
    workers: 0,
    logger: silentLogger,
    ...options,
  });

/** The batches of an epoch. */
async function epochOf(loader: Loader, epoch = 0, fromBatch = 0): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader.batches(epoch, fromBatch)) batches.push(batch);
  return batches;
}

/** Those of a loader of its own. */
async function collect(options: Partial<LoaderOptions> = {}, epoch = 0, fromBatch = 0): Promise<Batch[]> {
  const loader = make(options);
  try {
    return await epochOf(loader, epoch, fromBatch);
  } finally {
    await loader.close();
  }
}

const names = (batches: readonly Batch[]) => batches.flatMap(({ utterances }) => utterances);

describe('the batches of a loader', () => {
  it('hold every trial once, with its label, name and place in the list', async () => {
    const batches = await collect();
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, nSamples],
      [4, nSamples],
      [3, nSamples],
    ]);
    for (const { inputs, labels, utterances, indices } of batches) {
      expect(inputs.length).toBe(utterances.length * nSamples);
      expect([...indices].map((i) => trials[i].utterance)).toEqual(utterances);
      expect([...indices].map((i) => (trials[i].label === 'bonafide' ? 1 : 0))).toEqual([...labels]);
    }
    expect(names(batches).sort()).toEqual(trials.map(({ utterance }) => utterance).sort());
  });

  it('keep the order of the list in evaluation, and crop from the start', async () => {
    const batches = await collect({ mode: 'eval' });
    expect(names(batches)).toEqual(trials.map(({ utterance }) => utterance));
    const cropped = tone(nSamples, 400);
    // 16-bit samples: half a step of rounding, and a decoder's choice of 32767 or 32768.
    expect(Math.max(...cropped.map((v, i) => Math.abs(v - batches[1].inputs[i])))).toBeLessThan(5e-5);
    expect((await collect({ mode: 'eval', seed: 9 }, 5))[1].inputs).toEqual(batches[1].inputs);
  });

  it('come in another order each epoch, with other crops, and the same for the same seed', async () => {
    const first = await collect();
    expect(await collect()).toEqual(first);
    expect(names(await collect({}, 1))).not.toEqual(names(first));
    expect(names(await collect({ seed: 2 }))).not.toEqual(names(first));
    const still = { shuffle: false };
    expect(names(await collect(still, 1))).toEqual(names(await collect(still)));
    expect((await collect(still, 1))[2].inputs).not.toEqual((await collect(still))[2].inputs);
  });

  it('go on from any batch as if the epoch had not been left', async () => {
    const all = await collect({ augment }, 3);
    expect(await collect({ augment }, 3, 1)).toEqual(all.slice(1));
    expect(await collect({ augment }, 3, 3)).toEqual([]);
  });

  it('leave out a last batch that is not full where asked', async () => {
    const batches = await collect({ dropLast: true });
    expect(batches.map(({ shape }) => shape[0])).toEqual([4, 4]);
    expect(make({ dropLast: true }).nBatches).toBe(2);
  });

  it('hold features of the promised shape', async () => {
    const loader = make({ feature });
    const [nFrames, nBins] = loader.inputShape;
    expect(nFrames).toBeGreaterThan(1);
    const [batch] = await collect({ feature });
    expect(batch.shape).toEqual([4, nFrames, nBins]);
    expect(batch.inputs.length).toBe(4 * (nFrames ?? 0) * (nBins ?? 0));
  });

  it('hold whole clips one by one where no length is set', async () => {
    const batches = await collect({ nSamples: undefined, batchSize: 1, mode: 'eval' });
    expect(batches.map(({ shape }) => shape)).toEqual(
      [1600, 3199, 3200, 3201, 4800, 6400, 8000, 2000, 9600, 3300, 5000].map((n) => [1, n]),
    );
    const whole = { feature, nSamples: undefined, batchSize: 1, mode: 'eval' } as const;
    const [nFrames, nBins] = make(whole).inputShape;
    expect(nFrames).toBeNull();
    const [shortest, , , , , , , , longest] = await collect(whole);
    expect(longest.shape[1]).toBeGreaterThan(shortest.shape[1]);
    expect(longest.shape).toEqual([1, longest.inputs.length / (nBins ?? 0), nBins]);
  });
});

describe('threads', () => {
  it('give the batches that the caller alone would make, whatever their number', async () => {
    const alone = [await collect({ feature, augment }, 0), await collect({ feature, augment }, 1)];
    for (const workers of [1, 3]) {
      const loader = make({ feature, augment, workers });
      expect([await epochOf(loader, 0), await epochOf(loader, 1)]).toEqual(alone);
      await loader.close();
    }
  });

  it('serve epoch after epoch, entries within one, and epochs that were left early', async () => {
    const alone = [await collect({ augment }, 0), await collect({ augment }, 1)];
    const loader = make({ augment, workers: 2 });
    const found: Batch[] = [];
    for await (const batch of loader.batches(0)) found.push(batch);
    for await (const batch of loader.batches(1)) {
      found.push(batch);
      break;
    }
    for await (const batch of loader.batches(1, 1)) found.push(batch);
    for await (const batch of loader.batches(0, 2)) found.push(batch);
    await loader.close();
    expect(found).toEqual([...alone[0], ...alone[1], alone[0][2]]);
  });

  it('serve two iterations at a time', async () => {
    const loader = make({ workers: 2 });
    const [a, b] = [loader.batches(0), loader.batches(1)];
    const found: unknown[] = [];
    for (let i = 0; i < 3; i++) found.push((await a.next()).value, (await b.next()).value);
    await loader.close();
    const [first, second] = [await collect(), await collect({}, 1)];
    expect(found).toEqual([first[0], second[0], first[1], second[1], first[2], second[2]]);
  });

  it('end with the loader: what is asked for then fails, and a loader may be closed twice', async () => {
    const loader = make({ workers: 2 });
    const next = expect(loader.batches(0).next()).rejects.toThrow('closed while in use');
    await loader.close();
    await next;
    await loader.close();
  });
});

describe.each([0, 2])('a loader with %i threads', (workers) => {
  it('names the file that it can not read, and goes on to others', async () => {
    const bad = join(directory, `bad-${workers}.wav`);
    writeFileSync(bad, 'this is not audio at all, whatever its name says');
    const mixed: Trial[] = [...trials, { utterance: 'bad', path: bad, label: 'spoof' }];
    const loader = make({ trials: mixed, workers, mode: 'eval' });
    const batches = loader.batches(0);
    const outcome = async () => {
      for await (const batch of batches) expect(batch.shape[0]).toBe(4);
    };
    await expect(outcome()).rejects.toThrow(AudioError);
    await expect(collect({ trials: mixed, workers, mode: 'eval' })).rejects.toThrow(bad);
    for await (const batch of loader.batches(0)) {
      expect(batch.shape[0]).toBe(4);
      break;
    }
    await loader.close();
  });

  it('names a file that is not there', async () => {
    const missing: Trial[] = [{ utterance: 'x', path: join(directory, 'nowhere.wav'), label: 'spoof' }];
    await expect(collect({ trials: missing, workers })).rejects.toThrow(/nowhere\.wav/);
    const cacheDirectory = join(directory, 'cache-missing');
    await expect(collect({ trials: missing, workers, feature, cacheDirectory })).rejects.toThrow(/nowhere\.wav/);
  });

  it('keeps features that nothing random touched, and rebuilds damaged ones', async () => {
    const cacheDirectory = join(directory, `cache-${workers}`);
    const files = () =>
      readdirSync(cacheDirectory, { recursive: true, encoding: 'utf8' }).filter((p) => p.endsWith('.npy'));
    const options = { feature, workers, cacheDirectory } as const;
    const uncached = await collect({ feature, workers: 0, mode: 'eval' });
    const evaluated = make({ ...options, mode: 'eval' });
    expect(await epochOf(evaluated)).toEqual(uncached);
    expect(files()).toHaveLength(trials.length);
    expect(await epochOf(evaluated)).toEqual(uncached);
    for (const file of files()) truncateSync(join(cacheDirectory, file), 200);
    expect(await epochOf(evaluated)).toEqual(uncached);
    expect(files()).toHaveLength(trials.length);
    await evaluated.close();

    const training = await collect({ feature, workers: 0 });
    const trained = make(options);
    expect(await epochOf(trained)).toEqual(training);
    // The four clips that are not longer than the target; the others are cropped at random.
    const nUntouched = 4;
    expect(files()).toHaveLength(trials.length + nUntouched);
    expect(await epochOf(trained)).toEqual(training);
    await trained.close();
    const augmented = await collect({ feature, augment, workers: 0 });
    expect(await collect({ ...options, augment })).toEqual(augmented);
    expect(files()).toHaveLength(trials.length + nUntouched);
  });

  it('keeps features as they were before masks and mixing, and none of a changed waveform', async () => {
    const cacheDirectory = join(directory, 'cache-stages');
    const files = () =>
      readdirSync(cacheDirectory, { recursive: true, encoding: 'utf8' }).filter((p) => p.endsWith('.npy'));
    const spectral = [{ type: 'spec-augment', probability: 0.7 }, { type: 'mixup' }];
    const options = { feature, workers: 0 } as const;
    await collect({ ...options, cacheDirectory, mode: 'eval' });
    const nPlain = files().length;
    const eased = { ...options, augment: spectral, mode: 'eval' } as const;
    const fresh = await collect(eased);
    expect(await collect({ ...eased, cacheDirectory })).toEqual(fresh);
    expect(fresh).not.toEqual(await collect({ ...options, mode: 'eval' }));
    const disturbed = { ...options, augment: [{ type: 'gain' }, ...spectral], mode: 'eval' } as const;
    expect(await collect({ ...disturbed, cacheDirectory })).toEqual(await collect(disturbed));
    expect(files().length).toBe(nPlain);
  });

  it('warns once where nothing can be cached, and goes on', async () => {
    const lines: string[] = [];
    const logger = { ...silentLogger, warn: (line: string) => lines.push(line) };
    const cacheDirectory = join(trials[0].path, 'cache');
    const options = { feature, mode: 'eval', workers, cacheDirectory, logger } as const;
    expect(await collect(options)).toEqual(await collect({ feature, mode: 'eval' }));
    const failures = lines.filter((line) => line.includes('not cached'));
    expect(failures.length).toBeGreaterThanOrEqual(1);
    expect(failures.length).toBeLessThanOrEqual(Math.max(1, workers));
  });
});

describe('createLoader refuses', () => {
  it.each<[string, Partial<LoaderOptions>, typeof ConfigError, RegExp]>([
    ['no trials', { trials: [] }, DataError, /expected trials/],
    ['a batch size of 0', { batchSize: 0 }, ConfigError, /batchSize/],
    ['batches of whole clips', { nSamples: undefined }, ConfigError, /whole clips/],
    ['dropping the only batch', { batchSize: 12, dropLast: true }, ConfigError, /full batch/],
    ['half a worker', { workers: 0.5 }, ConfigError, /workers/],
    ['an unknown feature', { feature: { type: 'log-mell' } }, ConfigError, /log-mel/],
    ['an unknown option of a feature', { feature: { type: 'log-mel', nMel: 1 } }, ConfigError, /nMels/],
  ])('%s', (_, options, type, message) => {
    expect(() => make(options)).toThrow(type);
    expect(() => make(options)).toThrow(message);
  });
});

describe('augmentation by stage', () => {
  it.each([0, 2])(
    'changes clips before, and all else after they are brought to length, with %i workers',
    async (workers) => {
      const stages = [{ type: 'mixup', alpha: 1 }, { type: 'spec-average' }, { type: 'gain' }, { type: 'speed' }];
      const batches = await collect({ feature, augment: stages, workers });
      expect(batches).toEqual(await collect({ feature, augment: stages }));
      expect(batches).not.toEqual(await collect({ feature, augment: stages }, 1));
      const [{ shape }] = await collect({ feature });
      expect(batches[0].shape).toEqual(shape);
      for (const stage of stages) {
        expect(await collect({ feature, augment: [stage] })).not.toEqual(await collect({ feature }));
      }
    },
  );

  it('gives soft labels where examples are mixed, and only there', async () => {
    const [plain] = await collect({ augment: [{ type: 'gain' }] });
    expect(plain.softLabels).toBeUndefined();
    for (const { softLabels, labels } of await collect({ augment: [{ type: 'mixup', probability: 0 }] })) {
      expect([...(softLabels ?? [])]).toEqual([...labels].flatMap((label) => (label === 1 ? [0, 1] : [1, 0])));
    }
    const mixed = await collect({ augment: [{ type: 'mixup', alpha: 1 }] });
    expect(mixed.some(({ softLabels }) => softLabels?.some((share) => share > 0 && share < 1))).toBe(true);
  });

  it('refuses augmentations of features where there are none', () => {
    expect(() => make({ augment: [{ type: 'gain' }, { type: 'spec-augment' }] })).toThrow(
      /^augment\.1: spec-augment works on a feature, but the model takes the waveform; take it out$/,
    );
  });
});

describe('padded batches', () => {
  const padding = { multipleOf: 1000, isTold: true };
  const own = [1600, 3199, 3200, 3200, 3200, 3200, 3200, 2000, 3200, 3200, 3200];

  it('hold each clip once at its own length with zeros behind, up to a multiple or to the longest', async () => {
    const batches = await collect({ padding });
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, 3200],
      [4, 3200],
      [3, 3200],
    ]);
    expect(await collect({ padding, nSamples: 3100 })).toHaveLength(3);
    const [last] = (await collect({ padding, mode: 'eval', batchSize: 9 })).slice(-1);
    expect(last.shape).toEqual([2, 2000]);
    expect(last.utterances).toEqual(['clip-7', 'clip-0']);
    expect([...(last.lengths ?? [])]).toEqual([2000, 1600]);
    const row = last.inputs.subarray(2000);
    expect(Math.max(...tone(1600, 200).map((v, i) => Math.abs(v - row[i])))).toBeLessThan(5e-5);
    expect(row.subarray(1600).every((value) => value === 0)).toBe(true);
    for (const { indices, lengths } of batches) {
      expect([...(lengths ?? [])]).toEqual([...indices].map((i) => own[i]));
    }
    expect(names(batches).sort()).toEqual(trials.map(({ utterance }) => utterance).sort());
  });

  it('go on from any batch, have another order each epoch, and are the same from threads', async () => {
    const all = await collect({ padding, augment }, 3);
    expect(await collect({ padding, augment }, 3, 1)).toEqual(all.slice(1));
    expect(await collect({ padding, augment, workers: 2 }, 3)).toEqual(all);
    expect(names(await collect({ padding }, 4))).not.toEqual(names(all));
  });

  it('have the length of whole clips where none is set, and tell nothing to models that see padding', async () => {
    const batches = await collect({ padding: { multipleOf: 1, isTold: false }, nSamples: undefined, mode: 'eval' });
    expect(batches.map(({ shape }) => shape[1])).toEqual([9600, 4800, 3199]);
    expect(batches[0]).not.toHaveProperty('lengths');
    expect(make({ padding }).inputShape).toEqual([null]);
  });

  it('are refused for features, and for clips that are mixed', () => {
    expect(() => make({ padding, feature })).toThrow(ConfigError);
    expect(() => make({ padding, feature })).toThrow(/only waveforms can be padded/);
    expect(() => make({ padding, augment: [{ type: 'mixup' }] })).toThrow(/augment.0: mixup mixes clips of one length/);
  });
});
