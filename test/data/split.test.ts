import { describe, expect, it } from 'vitest';
import { type Splits, splitTrials } from '../../src/data/split.js';
import type { Label, Trial } from '../../src/data/trial.js';
import { createRandom, shuffled } from '../../src/runtime/random.js';

function clips(n: number, label: Label, speaker?: (i: number) => string, attackId?: (i: number) => string): Trial[] {
  return Array.from({ length: n }, (_, i) => ({
    utterance: `${label}${String(i).padStart(5, '0')}`,
    path: `/${label}${i}.wav`,
    label,
    ...(speaker === undefined ? {} : { speaker: speaker(i) }),
    ...(attackId === undefined ? {} : { attackId: attackId(i) }),
  }));
}

const count = (trials: readonly Trial[], label: Label) => trials.filter((trial) => trial.label === label).length;
const counts = ({ train, dev, eval: evaluation }: Splits) =>
  [train, dev, evaluation].map((part) => [count(part, 'bonafide'), count(part, 'spoof')]);

function speakersShared({ train, dev, eval: evaluation }: Splits): string[] {
  const parts = [train, dev, evaluation].map((part) => new Set(part.map(({ speaker }) => speaker as string)));
  const all = parts.flatMap((part) => [...part]);
  return all.filter((speaker, i) => all.indexOf(speaker) !== i);
}

describe('splitting', () => {
  it('keeps the class balance exactly where no speaker is known', () => {
    const trials = [...clips(200, 'bonafide'), ...clips(1000, 'spoof')];
    expect(counts(splitTrials(trials, { dev: 0.1, eval: 0.2, seed: 42 }, 'x'))).toEqual([
      [140, 700],
      [20, 100],
      [40, 200],
    ]);
    expect(counts(splitTrials(trials, { dev: 0.2, eval: 0, seed: 42 }, 'x'))).toEqual([
      [160, 800],
      [40, 200],
      [0, 0],
    ]);
  });

  it('spreads every attack over the splits', () => {
    const trials = [...clips(100, 'bonafide'), ...clips(100, 'spoof', undefined, (i) => `A${i % 10}`)];
    const { dev } = splitTrials(trials, { dev: 0.2, eval: 0, seed: 1 }, 'x');
    const attacks = dev.filter(({ label }) => label === 'spoof').map(({ attackId }) => attackId);
    expect(attacks.sort()).toEqual(Array.from({ length: 20 }, (_, i) => `A${i >> 1}`));
  });

  it('never puts a speaker into two splits, and keeps the balance near', () => {
    const random = createRandom(3, 'test');
    const speakers = Array.from({ length: 300 }, () => `S${Math.floor(random.uniform() ** 2 * 20)}`);
    const trials = [
      ...clips(300, 'bonafide', (i) => speakers[i] as string),
      ...clips(200, 'spoof', (i) => `S${i % 20}`),
    ];
    for (const seed of [0, 1, 2]) {
      const splits = splitTrials(trials, { dev: 0.2, eval: 0.2, seed }, 'x');
      expect(speakersShared(splits)).toEqual([]);
      const [train, dev, evaluation] = counts(splits);
      for (const [bonafide, spoof] of [dev, evaluation] as [number, number][]) {
        expect(Math.abs(bonafide - 60)).toBeLessThanOrEqual(12);
        expect(Math.abs(spoof - 40)).toBeLessThanOrEqual(10);
      }
      expect((train as number[])[0]).toBeGreaterThan(160);
    }
  });

  it('does not depend on the order in which trials come, but on the seed', () => {
    const trials = [...clips(100, 'bonafide', (i) => `S${i % 25}`), ...clips(100, 'spoof')];
    const names = (of: readonly Trial[], seed: number) =>
      splitTrials(of, { dev: 0.2, eval: 0.1, seed }, 'x').dev.map(({ utterance }) => utterance);
    expect(names(shuffled(trials, createRandom(9)), 42)).toEqual(names(trials, 42));
    expect(names(trials, 43)).not.toEqual(names(trials, 42));
    expect(names(trials, 42)).toEqual([...names(trials, 42)].sort());
  });

  it('gives every split both classes, however small its share', () => {
    const trials = [
      ...clips(300, 'bonafide', (i) => ['ann', 'bob', 'cy'][i % 3] as string),
      ...clips(90, 'spoof', (i) => ['tts', 'vc'][i % 2] as string),
    ];
    const splits = splitTrials(trials, { dev: 0.01, eval: 0, seed: 42 }, 'x');
    expect(counts(splits)).toEqual([
      [200, 45],
      [100, 45],
      [0, 0],
    ]);
    expect(speakersShared(splits)).toEqual([]);
  });

  it('finds the only split there is', () => {
    // Of ten speakers three have a spoofed clip: each split must get one of them.
    const trials = [
      ...clips(50, 'bonafide', (i) => `S${i % 10}`),
      ...clips(3, 'spoof', (i) => ['S1', 'S4', 'S7'][i] as string),
    ];
    for (const seed of [0, 1, 2, 3, 4]) {
      const splits = splitTrials(trials, { dev: 0.1, eval: 0.1, seed }, 'x');
      expect(counts(splits).map(([, spoof]) => spoof)).toEqual([1, 1, 1]);
      expect(speakersShared(splits)).toEqual([]);
    }
  });

  it('says why it can not be done', () => {
    const lone = [...clips(10, 'bonafide', () => 'ann'), ...clips(10, 'spoof')];
    expect(() => splitTrials(lone, { dev: 0.2, eval: 0, seed: 42 }, '/data')).toThrow(
      "/data: can't split into 2 parts with both classes and no speaker in two of them, as the bonafide clips are of " +
        'only 1 speaker (ann); add clips',
    );
    expect(() => splitTrials(clips(10, 'bonafide'), { dev: 0.2, eval: 0, seed: 42 }, 'x')).toThrow(
      'there is no spoof clip',
    );
    const tangled = [
      ...clips(3, 'bonafide', (i) => ['a', 'b', 'c'][i] as string),
      ...clips(3, 'spoof', (i) => ['a', 'b', 'b'][i] as string),
    ];
    expect(() => splitTrials(tangled, { dev: 0.2, eval: 0.2, seed: 42 }, 'x')).toThrow(
      'the spoof clips are of only 2 speakers',
    );
  });
});
