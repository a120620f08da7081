/**
 * Against torchaudio's numbers (`reference/features/resample_*_torchaudio_*`: torchaudio 2.9.1, whose kernels are
 * rounded to float32, hence 1e-5), against the defining sum, and against pure tones.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KAISER_BEST, type ResampleFilter, resample, SINC_HANN } from '../../src/dsp/resample.js';
import { decodeNpy } from '../../src/runtime/npy.js';
import { hasShared, sharedPath } from '../support/shared.js';

describe.skipIf(!hasShared)('resample against torchaudio', () => {
  const cases = [
    { from: 44100, input: 'features/resample_input_44100.npy' },
    { from: 22050, input: 'inputs/lj_22k.npy' },
    { from: 8000, input: 'features/resample_input_8000.npy' },
  ];
  const filters = [
    { name: 'sinc', filter: SINC_HANN },
    { name: 'kaiser_best', filter: KAISER_BEST },
  ];
  for (const { from, input } of cases) {
    for (const { name, filter } of filters) {
      it(`gives the numbers of ${name} from ${from} Hz to 1e-5`, () => {
        const one = readNpy(input).subarray(0, from);
        const expected = readNpy(`features/resample_${from}_to_16000_torchaudio_${name}.npy`);
        const resampled = resample(one, from, 16000, filter);
        expect(resampled.length).toBe(expected.length);
        expect(largestDifference(resampled, expected)).toBeLessThan(1e-5);
      });
    }
  }
});

describe('resample', () => {
  for (const [from, to] of [
    [44100, 16000],
    [22050, 16000],
    [11025, 16000],
    [8000, 16000],
    [16000, 11025],
    [48000, 16000],
  ]) {
    it(`is the windowed-sinc sum from ${from} to ${to} Hz, to 1e-6`, () => {
      const input = noise(200);
      for (const filter of [SINC_HANN, KAISER_BEST]) {
        const expected = definingSum(input, from, to, filter);
        expect(largestDifference(resample(input, from, to, filter), expected)).toBeLessThan(1e-6);
      }
    });
  }

  it('interpolates its filter where a ratio has too many phases to tabulate, to 1e-6', () => {
    const input = noise(200);
    expect(
      largestDifference(resample(input, 44101, 16000), definingSum(input, 44101, 16000, KAISER_BEST)),
    ).toBeLessThan(1e-6);
  });

  it('takes any length, down to none', () => {
    for (const n of [0, 1, 2, 440, 441, 442, 1763, 1764, 1765]) {
      const resampled = resample(noise(n), 44100, 16000);
      expect(resampled.length).toBe(Math.ceil((n * 160) / 441));
      expect(resampled.every(Number.isFinite)).toBe(true);
    }
  });

  it('returns the same array where the rates agree', () => {
    const input = noise(10);
    expect(resample(input, 16000, 16000)).toBe(input);
  });

  it('gives the same numbers when more ratios were used than it keeps tables for', () => {
    const input = noise(300);
    const before = resample(input, 44100, 16000);
    for (let rate = 17000; rate < 30000; rate += 1000) resample(input, rate, 16000);
    expect(resample(input, 44100, 16000)).toEqual(before);
  });

  it('leaves tones up to 7 kHz as they are, to 1e-6', () => {
    for (const from of [22050, 44100, 48000]) {
      for (const frequency of [50, 1000, 4000, 6000, 7000]) {
        const resampled = resample(tone(frequency, from), from, 16000);
        expect(largestDifference(middle(resampled), middle(tone(frequency, 16000)))).toBeLessThan(1e-6);
      }
    }
  });

  it('keeps what lies above the new Nyquist frequency from folding back: 95 dB at 8.1 kHz, 140 dB from 8.2 kHz on', () => {
    for (const from of [22050, 44100, 48000]) {
      expect(level(resample(tone(8100, from), from, 16000))).toBeLessThan(-95);
      for (const frequency of [8200, 8500, 9000, 10000, 15000, 20000].filter((f) => f < from / 2)) {
        expect(level(resample(tone(frequency, from), from, 16000))).toBeLessThan(-140);
      }
    }
  });

  it('makes no image of a tone when the rate goes up', () => {
    const resampled = resample(tone(3000, 8000), 8000, 16000);
    expect(largestDifference(middle(resampled), middle(tone(3000, 16000)))).toBeLessThan(1e-6);
  });

  it('aliases with the short filter as that is known to, which shows that the tones above measure it', () => {
    expect(level(resample(tone(9000, 44100), 44100, 16000, SINC_HANN))).toBeGreaterThan(-20);
  });
});

/** The convolution as it is defined, term by term. */
function definingSum(input: Float32Array, from: number, to: number, filter: ResampleFilter): Float32Array {
  const cutOff = Math.min(from, to) * filter.rolloff;
  return Float32Array.from({ length: Math.ceil((input.length * to) / from) }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < input.length; i++) {
      const t = (i / from - n / to) * cutOff;
      const share = t / filter.lowpassFilterWidth;
      if (Math.abs(share) >= 1) continue;
      const { kaiserBeta } = filter;
      const window =
        kaiserBeta === undefined
          ? 0.5 + 0.5 * Math.cos(Math.PI * share)
          : bessel(kaiserBeta * Math.sqrt(1 - share ** 2)) / bessel(kaiserBeta);
      const sinc = Math.abs(t) < 1e-12 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
      sum += (input[i] * sinc * window * cutOff) / from;
    }
    return sum;
  });
}

/** I0 by its integral, `1/pi * integral of exp(x cos a)` over half a turn; the trapezoid rule is exact to rounding. */
function bessel(x: number): number {
  const n = 40;
  let sum = (Math.exp(x) + Math.exp(-x)) / 2;
  for (let i = 1; i < n; i++) sum += Math.exp(x * Math.cos((Math.PI * i) / n));
  return sum / n;
}

/** White noise of a fixed seed. */
function noise(n: number): Float32Array {
  let state = 12345;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Half a second of a sine. */
function tone(frequency: number, sampleRate: number): Float32Array {
  return Float32Array.from({ length: sampleRate / 2 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / sampleRate));
}

/** The half in the middle, where the ends of the clip have no part. */
function middle(waveform: Float32Array): Float32Array {
  return waveform.subarray(waveform.length / 4, (3 * waveform.length) / 4);
}

/** Decibels of the middle, 0 for a full-scale sine. */
function level(waveform: Float32Array): number {
  const part = middle(waveform);
  return 10 * Math.log10((2 * part.reduce((sum, x) => sum + x * x, 0)) / part.length);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i])), 0);
}

function readNpy(path: string): Float32Array {
  const { data } = decodeNpy(readFileSync(sharedPath(`reference/${path}`)), path);
  return data as Float32Array;
}
