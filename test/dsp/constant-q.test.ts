import { describe, expect, test } from 'vitest';
import { ConstantQTransform } from '../../src/dsp/constant-q.js';
import {
  type ConstantQOptions,
  createWavelets,
  waveletWindow,
  windowSpectrum,
} from '../../src/dsp/constant-q-wavelets.js';
import { largestError } from '../support/arrays.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const DEFAULTS: ConstantQOptions & { hopLength: number } = {
  sampleRate: 16000,
  fMin: 65.4,
  nBins: 72,
  binsPerOctave: 12,
  filterScale: 1,
  hopLength: 512,
};

/** Roots of the powers by the definition, sample by sample. */
function magnitudesByDefinition(options: typeof DEFAULTS, waveform: Float32Array): number[] {
  const wavelets = createWavelets(options).map((wavelet) => ({ ...wavelet, window: waveletWindow(wavelet) }));
  const result: number[] = [];
  for (let centre = 0; centre <= waveform.length; centre += options.hopLength) {
    for (const { frequency, length, start, window } of wavelets) {
      let re = 0;
      let im = 0;
      for (const [i, weight] of window.entries()) {
        const angle = (2 * Math.PI * frequency * (start + i)) / options.sampleRate;
        const sample = waveform[centre + start + i] ?? 0;
        re += weight * sample * Math.cos(angle);
        im -= weight * sample * Math.sin(angle);
      }
      result.push(Math.sqrt(length) * Math.hypot(re, im));
    }
  }
  return result;
}

describe('the transform equals its definition to 5e-5', () => {
  test.each<[Partial<typeof DEFAULTS>, number]>([
    [{}, 20000],
    [{ hopLength: 160 }, 6000],
    // No power of two in the hop: every point comes back.
    [{ hopLength: 333 }, 6000],
    // A hop longer than the filters, and than the clip.
    [{ hopLength: 20000, nBins: 30, fMin: 400 }, 45000],
    [{ hopLength: 5000 }, 3],
    [{ filterScale: 0.3, fMin: 30, binsPerOctave: 7, nBins: 40 }, 9000],
    // All filters short, one filter, long filters.
    [{ fMin: 3000, nBins: 12 }, 3000],
    [{ nBins: 1 }, 9000],
    [{ binsPerOctave: 48, nBins: 4, fMin: 60 }, 9000],
  ])('%j on %i samples', (departures, length) => {
    const options = { ...DEFAULTS, ...departures };
    const waveform = synthesizeSpeech(length);
    const transform = new ConstantQTransform(options);
    const expected = magnitudesByDefinition(options, waveform);
    const power = transform.power(waveform);
    expect(power.length).toBe(transform.nFrames(length) * options.nBins);
    expect(largestError(power.map(Math.sqrt), expected)).toBeLessThan(5e-5);
  });
});

test('wavelets have an odd number of samples that sum up to 1, and as many periods each', () => {
  for (const wavelet of createWavelets(DEFAULTS)) {
    const { frequency, length, start } = wavelet;
    const window = waveletWindow(wavelet);
    expect(window.length).toBe(2 * Math.floor(length / 2) + 1);
    expect(start).toBe(-Math.ceil(length / 2));
    expect(window.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect((length * frequency) / 16000).toBeCloseTo(17.3, 1);
  }
});

test('the spectrum of a window is the sum of its tones, also where the closed form has gaps', () => {
  for (const wavelet of createWavelets({ ...DEFAULTS, fMin: 1000, nBins: 3 })) {
    const window = waveletWindow(wavelet);
    const { length } = window;
    for (const bins of [0, 1, -1, 1 + 1e-9, 0.3, 1.7, 30.5, -length / 3, length / 2]) {
      const angle = (2 * Math.PI * bins) / length;
      const sum = (part: (x: number) => number) =>
        window.reduce((total, weight, i) => total + weight * part(angle * (wavelet.start + i)), 0);
      expect(largestError(windowSpectrum(wavelet, angle), [sum(Math.cos), sum(Math.sin)])).toBeLessThan(1e-8);
    }
  }
});
