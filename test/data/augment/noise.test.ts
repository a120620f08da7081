import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedAtSnr, noise } from '../../../src/data/augment/noise.js';
import { repeated } from '../../../src/data/fixed-length.js';
import { ConfigError, DataError } from '../../../src/runtime/errors.js';
import { decodeNpy } from '../../../src/runtime/npy.js';
import { createRandom } from '../../../src/runtime/random.js';
import { encodeWav, tone } from '../../support/clips.js';
import { hasShared, sharedPath } from '../../support/shared.js';

const meanSquare = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;
const decibels = (x: Float32Array, y: Float32Array) =>
  10 * Math.log10(meanSquare(x) / meanSquare(y.map((v, i) => v - x[i])));
const speech = tone(8000, 220, 0.3);

function make(options: Record<string, unknown>, own: readonly string[] = []) {
  return noise.create(noise.schema.parse(options), { sampleRate: 16000, noise: own });
}

describe('mixedAtSnr', () => {
  // Float32 sums of a different order than torch's: 1e-5 absolute, as the README of the reference states.
  it.skipIf(!hasShared).each([20, 10, 5, 0, -5])('equals the reference at %i dB', (snrDb) => {
    const load = (name: string) => decodeNpy(readFileSync(sharedPath(`reference/${name}`)), name).data as Float32Array;
    const waveform = load('inputs/mls_real.npy').subarray(4000, 12000);
    const mixed = mixedAtSnr(waveform, repeated(load('augment/noise_5000.npy'), 8000, 0), snrDb);
    const expected = load(`augment/noise_snr_${snrDb}.npy`);
    expect(mixed.length).toBe(expected.length);
    expect(Math.max(...mixed.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(1e-5);
  });

  it('gives the ratio that was asked for', () => {
    const piece = tone(8000, 1234, 0.001);
    expect(decibels(speech, mixedAtSnr(speech, piece, 7))).toBeCloseTo(7, 3);
  });

  it('leaves the samples as they are where the clip or the noise is silent', () => {
    const silence = new Float32Array(8000);
    expect(mixedAtSnr(speech, silence, 10)).toEqual(speech);
    expect(mixedAtSnr(silence, speech, 10)).toEqual(silence);
  });
});

describe('white noise', () => {
  it('has the standard deviation that was asked for, and no mean', async () => {
    const silence = new Float32Array(20000);
    const noisy = await make({ kind: 'white', amplitude: 0.05 }).apply(silence, createRandom(3));
    // Standard error of a deviation over 20,000 draws: 0.5 %; of the mean: 0.00035.
    expect(Math.sqrt(meanSquare(noisy))).toBeCloseTo(0.05, 2);
    expect(Math.abs(noisy.reduce((a, b) => a + b) / noisy.length)).toBeLessThan(0.0015);
    expect(silence.every((v) => v === 0)).toBe(true);
  });

  it('draws a ratio in the range for each clip', async () => {
    const { apply } = make({ kind: 'white', snrDb: [3, 9] });
    const ratios: number[] = [];
    for (let i = 0; i < 40; i++) ratios.push(decibels(speech, await apply(speech, createRandom(i))));
    expect(Math.min(...ratios)).toBeGreaterThan(2.99);
    expect(Math.max(...ratios)).toBeLessThan(9.01);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(4);
  });

  it('is the same for the same key, and other for another', async () => {
    const { apply } = make({ kind: 'white', amplitude: 0.1 });
    const once = await apply(speech, createRandom(5, 'a'));
    expect(await apply(speech, createRandom(5, 'a'))).toEqual(once);
    expect(await apply(speech, createRandom(5, 'b'))).not.toEqual(once);
  });
});

describe('recorded noise', () => {
  let directory: string;
  const short = tone(300, 900, 0.2);
  const long = tone(16000, 500, 0.1);

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'voiceproof-noise-'));
    writeFileSync(join(directory, 'short.wav'), encodeWav(short));
    writeFileSync(join(directory, 'long.WAV'), encodeWav(long));
    writeFileSync(join(directory, 'notes.txt'), 'not audio');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is mixed at a ratio in the range, from long and from short recordings', async () => {
    const { apply } = make({ kind: 'recorded', snrDb: [5, 6], directory });
    const results = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const before = speech.slice();
      const noisy = await apply(speech, createRandom(i));
      expect(noisy.length).toBe(speech.length);
      expect(decibels(speech, noisy)).toBeGreaterThan(4.99);
      expect(decibels(speech, noisy)).toBeLessThan(6.01);
      expect(speech).toEqual(before);
      results.add(noisy.slice(0, 8).join());
    }
    expect(results.size).toBeGreaterThan(10);
  });

  it('is the same whether the recordings were decoded before or not', async () => {
    const options = { kind: 'recorded', snrDb: [0, 20], directory };
    const used = make(options);
    for (let i = 0; i < 6; i++) await used.apply(speech, createRandom(i));
    expect(await used.apply(speech, createRandom(42))).toEqual(await make(options).apply(speech, createRandom(42)));
  });

  it("takes the corpus's own recordings where no folder is named", async () => {
    const own = ['long.WAV', 'short.wav'].map((name) => join(directory, name));
    const options = { kind: 'recorded', snrDb: [0, 20] };
    expect(await make(options, own).apply(speech, createRandom(5))).toEqual(
      await make({ ...options, directory }).apply(speech, createRandom(5)),
    );
    expect(() => make(options)).toThrow(/found none; name a directory/);
  });

  it('refuses a folder that is not there, or holds no recordings', () => {
    const at = (path: string) => () => make({ kind: 'recorded', snrDb: [0, 20], directory: path });
    expect(at(join(directory, 'nowhere'))).toThrow(DataError);
    const empty = mkdtempSync(join(tmpdir(), 'voiceproof-empty-'));
    expect(at(empty)).toThrow(ConfigError);
    rmSync(empty, { recursive: true });
  });
});

describe('the options of noise', () => {
  it.each([
    [{ kind: 'white' }, 'either an amplitude or snrDb'],
    [{ kind: 'white', amplitude: 0.1, snrDb: [1, 2] }, 'either an amplitude or snrDb'],
    [{ kind: 'white', amplitude: 0.1, directory: 'noise' }, 'takes no recordings'],
    [{ kind: 'recorded', directory: 'noise' }, 'needs a range'],
    [{ kind: 'recorded', snrDb: [0, 20], directory: 'noise', amplitude: 1 }, 'takes snrDb instead'],
    [{ kind: 'white', snrDb: [20, 0] }, 'lower bound first'],
    [{ kind: 'white', amplitude: 0 }, '>0'],
  ])('%j are refused: %s', (options, reason) => {
    const result = noise.schema.safeParse(options);
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(reason);
  });
});
