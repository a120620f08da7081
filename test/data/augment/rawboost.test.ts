import { describe, expect, it } from 'vitest';
import { convolvedPowers, rawboost, withColouredNoise, withImpulses } from '../../../src/data/augment/rawboost.js';
import { notchFilter } from '../../../src/dsp/notch-filter.js';
import { whiteNoise } from '../../../src/dsp/white-noise.js';
import { createRandom } from '../../../src/runtime/random.js';
import { largestError } from '../../support/arrays.js';
import { augmentReference, loadReference, referenceClip } from '../../support/reference-clip.js';
import { hasShared } from '../../support/shared.js';
import { synthesizeSpeech } from '../../support/synthetic-speech.js';

const speech = synthesizeSpeech(4000);

/** The filter that sixteen recorded draws make: centre, width and length of five bands, and the gain. */
function recordedFilter(draws: readonly number[]): Float64Array {
  // The official code makes even lengths odd after drawing them.
  const bands = [0, 3, 6, 9, 12].map((i) => ({ centre: draws[i], width: draws[i + 1], nTaps: draws[i + 2] | 1 }));
  return notchFilter(bands, draws[15], 16000);
}

// The reference is float32 of numbers computed in float64; the clip's peak is 0.1.
describe.skipIf(!hasShared)('RawBoost equals the official code, given its draws,', () => {
  it('in one filter', () => {
    // Filtering alone is the convolution of the first power, before the mean is taken off.
    const filtered = convolvedPowers(referenceClip(), [recordedFilter(augmentReference().rawboost.notch_coeffs.draws)]);
    const expected = loadReference('augment/rawboost_filterfir.npy');
    const mean = expected.reduce((sum, x) => sum + x, 0) / expected.length;
    expect(
      largestError(
        filtered,
        expected.map((x) => x - mean),
      ),
    ).toBeLessThan(1e-6);
  });

  it('in convolutive noise', () => {
    const { draws } = augmentReference().rawboost.lnl;
    const filters = Array.from({ length: 5 }, (_, i) => recordedFilter(draws.slice(16 * i, 16 * (i + 1))));
    const expected = loadReference('augment/rawboost_lnl.npy');
    expect(largestError(convolvedPowers(referenceClip(), filters), expected)).toBeLessThan(1e-6);
  });

  it('in impulsive noise', () => {
    const load = (name: string) => loadReference(`augment/rawboost_isd${name}.npy`);
    const disturbed = withImpulses(referenceClip(), Int32Array.from(load('_positions')), load('_u1'), load('_u2'), 2);
    expect(largestError(disturbed, load(''))).toBeLessThan(1e-6);
  });

  it('in coloured noise', () => {
    const { draws } = augmentReference().rawboost.ssi;
    const white = loadReference('augment/rawboost_ssi_noise.npy');
    const noisy = withColouredNoise(referenceClip(), white, recordedFilter(draws), draws[16]);
    expect(largestError(noisy, loadReference('augment/rawboost_ssi.npy'))).toBeLessThan(1e-6);
  });
});

describe('rawboost', () => {
  const run = (options: object, key: number) =>
    rawboost
      .create(rawboost.schema.parse(options), { sampleRate: 16000, noise: [] })
      .apply(speech, createRandom(key)) as Float32Array;

  it("has the official defaults, and algorithm 4 as the authors' experiments on LA", () => {
    expect(rawboost.schema.parse({})).toEqual({
      probability: 1,
      algorithm: 4,
      nFilters: 5,
      nBands: 5,
      centreHz: [20, 8000],
      bandwidthHz: [100, 1000],
      nTaps: [10, 100],
      gainDb: [0, 0],
      powerLossDb: [5, 20],
      maxImpulsesPercent: 10,
      impulseGain: 2,
      snrDb: [10, 40],
    });
    for (const algorithm of [0, 9, 1.5]) expect(rawboost.schema.safeParse({ algorithm }).success).toBe(false);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('algorithm %i changes the clip, keeps its length and stays finite', (algorithm) => {
    const result = run({ algorithm }, 1);
    expect(result.length).toBe(speech.length);
    expect(result.every(Number.isFinite)).toBe(true);
    expect(largestError(result, speech)).toBeGreaterThan(1e-3);
  });

  it('algorithm 2 disturbs no more samples than it may', () => {
    const counts = Array.from({ length: 30 }, (_, key) =>
      run({ algorithm: 2, maxImpulsesPercent: 5, impulseGain: 0.5 }, key).reduce(
        (n, x, i) => n + (x === speech[i] ? 0 : 1),
        0,
      ),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(200);
    expect(Math.max(...counts) - Math.min(...counts)).toBeGreaterThan(100);
  });

  it('algorithm 3 adds noise at a ratio in its range', () => {
    for (let key = 0; key < 10; key++) {
      const noisy = run({ algorithm: 3, snrDb: [6, 9] }, key);
      const energy = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0);
      const ratio = 10 * Math.log10(energy(speech) / energy(noisy.map((x, i) => x - speech[i])));
      expect(ratio).toBeGreaterThan(5.99);
      expect(ratio).toBeLessThan(9.01);
    }
  });

  it('combines in series: 5 is 1 and then 2 by the same stream, 8 their sum', () => {
    const apply = (algorithm: number, waveform: Float32Array, random = createRandom(3)) =>
      rawboost
        .create(rawboost.schema.parse({ algorithm }), { sampleRate: 16000, noise: [] })
        .apply(waveform, random) as Float32Array;
    const random = createRandom(3);
    expect(apply(5, speech)).toEqual(apply(2, apply(1, speech, random), random));
    const both = createRandom(3);
    const sum = apply(1, speech, both);
    const impulsive = apply(2, speech, both);
    const total = sum.map((x, i) => x + impulsive[i]);
    const peak = Math.max(1, ...total.map(Math.abs));
    expect(
      largestError(
        apply(8, speech),
        total.map((x) => x / peak),
      ),
    ).toBeLessThan(1e-6);
  });

  it('brings what is louder than full scale to it, and leaves silence silent', () => {
    const loud = convolvedPowers(
      speech.map((x) => 5 * x),
      [Float64Array.of(1)],
    );
    expect(Math.max(...loud.map(Math.abs))).toBeCloseTo(1, 6);
    const silence = new Float32Array(500);
    expect(withColouredNoise(silence, whiteNoise(500, createRandom(1).uniform), Float64Array.of(1), 10)).toEqual(
      silence,
    );
    expect(convolvedPowers(silence, [Float64Array.of(1)])).toEqual(silence);
  });
});
