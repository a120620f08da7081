import { describe, expect, it } from 'vitest';
import { whiteNoise } from '../../src/dsp/white-noise.js';
import { createRandom } from '../../src/runtime/random.js';

const noise = (n: number, seed: number) => whiteNoise(n, createRandom(seed).uniform);

describe('whiteNoise', () => {
  const n = 200_000;
  const samples = noise(n, 1);
  const mean = (f: (v: number, i: number) => number) => samples.reduce((sum, v, i) => sum + f(v, i), 0) / n;

  // Five standard errors of each moment over 200,000 independent draws.
  it('has the moments of the normal distribution', () => {
    expect(Math.abs(mean((v) => v))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean((v) => v * v) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(mean((v) => v ** 3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(mean((v) => v ** 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  it.each([1, 2, 3, 4, 100])('is not correlated at lag %i', (lag) => {
    expect(Math.abs(mean((v, i) => v * samples[(i + lag) % n]))).toBeLessThan(5 / Math.sqrt(n));
  });

  it('has tails: as many samples beyond 2 and 3 deviations as it should', () => {
    expect(mean((v) => Number(Math.abs(v) > 2))).toBeCloseTo(0.0455, 2);
    expect(mean((v) => Number(Math.abs(v) > 3))).toBeCloseTo(0.0027, 3);
  });

  it('is the same for the same seed, whatever the length, and other for another', () => {
    expect(noise(1001, 1)).toEqual(samples.slice(0, 1001));
    expect(noise(1001, 2)).not.toEqual(samples.slice(0, 1001));
    expect(noise(0, 1).length).toBe(0);
    expect(noise(1, 1)[0]).toBe(samples[0]);
  });

  it('works from seeds of nothing but zeros', () => {
    const fromZeros = whiteNoise(1000, () => 0);
    expect(new Set(fromZeros).size).toBeGreaterThan(990);
  });
});
