import { describe, expect, it } from 'vitest';
import { repeated, toFixedLength, toOwnLength } from '../../src/data/fixed-length.js';
import { AudioError, ConfigError } from '../../src/runtime/errors.js';
import { createRandom } from '../../src/runtime/random.js';

/** 0, 1, 2, …: a sample tells where it came from. */
const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);

describe('toFixedLength', () => {
  const target = 12;

  // ASVspoof baselines repeat a short clip from its start; figures from augment/expected.json, pad_repeat.
  it.each([
    [1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [5, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]],
    [6, [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]],
    [target - 1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]],
    [target, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    [target + 1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    [20, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ])('brings a clip of %i samples to 12, from its start', (n, expected) => {
    expect([...toFixedLength(ramp(n), target)]).toEqual(expected);
  });

  it('refuses a clip without samples', () => {
    expect(() => toFixedLength(new Float32Array(0), target)).toThrow(AudioError);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a target of %d samples', (nSamples) => {
    expect(() => toFixedLength(ramp(3), nSamples)).toThrow(ConfigError);
  });

  it.each([target - 1, target])('draws nothing for a clip of %i samples, which need no crop', (n) => {
    const random = createRandom(1, 'crop');
    toFixedLength(ramp(n), target, random);
    expect(random.uniform()).toBe(createRandom(1, 'crop').uniform());
  });

  it('crops at every start that fits, and at no other', () => {
    const starts = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const cropped = toFixedLength(ramp(target + 3), target, createRandom(i, 'crop'));
      expect([...cropped]).toEqual([...ramp(target)].map((k) => k + cropped[0]));
      starts.add(cropped[0]);
    }
    expect([...starts].sort()).toEqual([0, 1, 2, 3]);
  });

  it('crops at the same place for the same key', () => {
    const crop = () => [...toFixedLength(ramp(1000), target, createRandom(7, 'crop', 3, 'LA_T_1'))];
    expect(crop()).toEqual(crop());
  });
});

describe('toOwnLength', () => {
  it('leaves a clip as it is, but for what is below a frame or above the most', () => {
    for (const n of [400, 401, 500]) expect([...toOwnLength(ramp(n), 500)]).toEqual([...ramp(n)]);
    expect([...toOwnLength(ramp(501), 500)]).toEqual([...ramp(500)]);
    expect([...toOwnLength(ramp(399), 500)]).toEqual([...ramp(399), 0]);
    expect(toOwnLength(ramp(900), Number.POSITIVE_INFINITY)).toHaveLength(900);
    expect(toOwnLength(ramp(900), 500, createRandom(7))[0]).toBeGreaterThan(0);
  });
});

describe('repeated', () => {
  it('starts at the offset and goes on from the start of the clip', () => {
    expect([...repeated(ramp(3), 8, 2)]).toEqual([2, 0, 1, 2, 0, 1, 2, 0]);
  });

  it('takes a stretch of a clip that is long enough', () => {
    expect([...repeated(ramp(9), 3, 4)]).toEqual([4, 5, 6]);
  });
});
