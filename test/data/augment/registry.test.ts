import { describe, expect, it } from 'vitest';
import { augmentations, createAugmenter, parseAugmentations } from '../../../src/data/augment/registry.js';
import { whiteNoise } from '../../../src/dsp/white-noise.js';
import type { TypedOptions } from '../../../src/runtime/options.js';
import { createRandom } from '../../../src/runtime/random.js';
import { augmentationChecks } from '../../../src/testing/augmentation-checks.js';

const clip = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i));

describe('parseAugmentations', () => {
  const parse = (value: unknown) => parseAugmentations(value, 'experiments/x.json');

  it('fills in defaults, and takes its own result', () => {
    const parsed = parse([{ type: 'time-shift' }, { type: 'noise', kind: 'white', snrDb: [5, 20], probability: 0.5 }]);
    expect(parsed).toEqual([
      { type: 'time-shift', probability: 1, maxSeconds: 0.1, fill: 'roll' },
      { type: 'noise', kind: 'white', snrDb: [5, 20], probability: 0.5 },
    ]);
    expect(parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
    expect(parse([])).toEqual([]);
  });

  it('lists all problems at once, by path, with the nearest name', () => {
    const list = [
      { type: 'nois' },
      { type: 'time-shift', maxSecond: 1 },
      { type: 'noise', kind: 'white', amplitude: -1 },
    ];
    expect(() => parse(list)).toThrow(
      /^experiments\/x\.json: augment\.0\.type: unknown "nois" \(did you mean "noise"\?\); unknown option augment\.1\.maxSecond \(did you mean "maxSeconds"\?\); augment\.2\.amplitude: .*-1$/,
    );
  });

  it.each([[{}], [['noise']], [[1]], [[{}]], [[{ type: 'time-shift', probability: 1.5 }]]])('refuses %j', (value) => {
    expect(() => parse(value)).toThrow(/augment/);
  });
});

const CONTEXT = { sampleRate: 16000, noise: [] };

describe('createAugmenter', () => {
  const half = [{ type: 'noise', kind: 'white', amplitude: 0.1, probability: 0.5 }];

  it('gives back the clip itself where there is nothing to apply', async () => {
    const augmenter = createAugmenter([], CONTEXT, 1);
    expect(augmenter.affectsWaveform(0, 'a')).toBe(false);
    expect(await augmenter.apply('waveform', clip, 0, 'a')).toBe(clip);
  });

  it('applies with the given probability, and says beforehand when', async () => {
    const augmenter = createAugmenter(half, CONTEXT, 1);
    let nApplied = 0;
    for (let i = 0; i < 400; i++) {
      const isApplied = (await augmenter.apply('waveform', clip, 0, `utterance ${i}`)) !== clip;
      expect(augmenter.affectsWaveform(0, `utterance ${i}`)).toBe(isApplied);
      if (isApplied) nApplied++;
    }
    // Five standard deviations of a fair coin thrown 400 times are 50.
    expect(Math.abs(nApplied - 200)).toBeLessThan(50);
  });

  it('never applies at probability 0, always at 1', () => {
    const at = (probability: number) =>
      createAugmenter([{ type: 'time-shift', probability }], CONTEXT, 1).affectsWaveform(3, 'a');
    expect([at(0), at(1)]).toEqual([false, true]);
  });

  it('depends on seed, epoch, utterance and place, and on nothing else', async () => {
    const noisy = [{ type: 'noise', kind: 'white', amplitude: 0.1 }];
    const result = async (seed: number, epoch: number, utterance: string, list: TypedOptions[] = noisy) =>
      (await createAugmenter(list, CONTEXT, seed).apply('waveform', clip, epoch, utterance)).join();
    const reference = await result(1, 2, 'a');
    const used = createAugmenter(noisy, CONTEXT, 1);
    await used.apply('waveform', clip, 9, 'z');
    expect((await used.apply('waveform', clip, 2, 'a')).join()).toBe(reference);
    const never = [{ type: 'time-shift', probability: 0 }];
    const others = [result(2, 2, 'a'), result(1, 3, 'a'), result(1, 2, 'b'), result(1, 2, 'a', [...never, ...noisy])];
    expect(await Promise.all(others)).not.toContain(reference);
  });

  it('applies in the order of the list and leaves the input alone', async () => {
    const list = [
      { type: 'time-shift', maxSeconds: 0.001, fill: 'zero' },
      { type: 'noise', kind: 'white', amplitude: 0.1 },
    ];
    const before = clip.slice();
    const both = await createAugmenter(list, CONTEXT, 4).apply('waveform', clip, 0, 'a');
    const shift = await createAugmenter(list.slice(0, 1), CONTEXT, 4).apply('waveform', clip, 0, 'a');
    const random = createRandom(4, 'augment', 0, 'a', 1);
    random.uniform();
    const [first] = whiteNoise(1, random.uniform);
    // Silence was shifted in before the noise came, so no sample is exactly 0.
    expect(both[0]).toBeCloseTo(shift[0] + 0.1 * first, 6);
    expect(clip).toEqual(before);
  });

  it('applies each at its stage alone, and says at which there are any', async () => {
    const augmenter = createAugmenter([{ type: 'spec-average' }, { type: 'speed' }, { type: 'mixup' }], CONTEXT, 1);
    expect([...augmenter.stages].sort()).toEqual(['batch', 'clip', 'feature']);
    expect(await augmenter.apply('waveform', clip, 0, 'a')).toBe(clip);
    expect(await augmenter.apply('clip', clip, 0, 'a')).not.toBe(clip);
    expect(augmenter.affectsWaveform(0, 'a')).toBe(true);
  });

  it('counts features and batches as no change of the waveform', () => {
    const augmenter = createAugmenter([{ type: 'spec-augment' }, { type: 'spec-mix' }], CONTEXT, 1);
    expect(augmenter.affectsWaveform(0, 'a')).toBe(false);
  });
});

/** Options for those that have no defaults for all. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  noise: { kind: 'white', snrDb: [5, 20] },
  'band-limit': { lowHz: [100, 300], highHz: [3000, 4000] },
};

describe.each(augmentations.entries())('%s', (type, entry) => {
  // Trimming draws nothing.
  const cases = [{ options: NEEDED[type] ?? {}, isRandom: type !== 'silence-trimming' }];
  for (const { name, run } of augmentationChecks(type, entry, cases)) it(name, run);
});
