import { describe, expect, test } from 'vitest';
import { PowerSpectrogram, type SpectrogramOptions } from '../../src/dsp/power-spectrogram.js';
import { createWindow } from '../../src/dsp/windows.js';
import { largestError, readReference } from '../support/arrays.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const DEFAULTS: SpectrogramOptions = {
  nFft: 512,
  winLength: 512,
  hopLength: 160,
  window: 'hann',
  windowSymmetry: 'periodic',
  center: true,
  padMode: 'constant',
  frameLength: 'transform',
  preEmphasis: 0,
  preEmphasisStart: 'keep',
};

/** All spectra, `[frames, bins]`. */
function spectra(options: Partial<SpectrogramOptions>, waveform: Float32Array): Float64Array {
  const spectrogram = new PowerSpectrogram({ ...DEFAULTS, ...options });
  const result = new Float64Array(spectrogram.nFrames(waveform.length) * spectrogram.nBins);
  spectrogram.forEachFrame(waveform, (frame, power) => result.set(power, frame * spectrogram.nBins));
  return result;
}

/** The definition: pads with a copy, and sums every bin of every frame. */
function spectraByDefinition(options: Partial<SpectrogramOptions>, waveform: Float32Array): number[] {
  const { nFft, winLength, hopLength, window, windowSymmetry, center, padMode, frameLength, preEmphasis } = {
    ...DEFAULTS,
    ...options,
  };
  const signal = Array.from(waveform, (x, n) => (n === 0 ? x : x - preEmphasis * waveform[n - 1]));
  if (options.preEmphasisStart === 'extrapolate') signal[0] = 3 * waveform[0] - waveform[1];
  const pad = center ? nFft / 2 : 0;
  const at = (n: number): number => {
    if (n >= 0 && n < signal.length) return signal[n];
    if (padMode === 'constant') return 0;
    if (signal.length === 1) return signal[0];
    return at(n < 0 ? -n : 2 * (signal.length - 1) - n);
  };
  const weights = createWindow(window, winLength, windowSymmetry);
  const isShort = !center && frameLength === 'window';
  const windowStart = isShort ? 0 : Math.floor((nFft - winLength) / 2);
  const frameEnd = isShort ? winLength : nFft;
  const result: number[] = [];
  for (let start = -pad; start + frameEnd <= signal.length + pad; start += hopLength) {
    for (let k = 0; k <= nFft / 2; k++) {
      let re = 0;
      let im = 0;
      for (let i = 0; i < winLength; i++) {
        const angle = (2 * Math.PI * ((k * (windowStart + i)) % nFft)) / nFft;
        const value = weights[i] * at(start + windowStart + i);
        re += value * Math.cos(angle);
        im -= value * Math.sin(angle);
      }
      result.push(re * re + im * im);
    }
  }
  return result;
}

describe('spectra equal the definition', () => {
  test.each<[Partial<SpectrogramOptions>, number]>([
    [{ nFft: 64, winLength: 64, hopLength: 16 }, 500],
    [{ nFft: 64, winLength: 40, hopLength: 16, padMode: 'reflect' }, 500],
    [{ nFft: 64, winLength: 33, hopLength: 7, window: 'hamming', preEmphasis: 0.97 }, 500],
    [{ nFft: 64, winLength: 33, hopLength: 7, padMode: 'reflect', preEmphasis: 0.97 }, 500],
    [{ nFft: 60, winLength: 59, hopLength: 61, center: false }, 500],
    [{ nFft: 50, winLength: 49, hopLength: 5 }, 123],
    [{ nFft: 50, winLength: 50, hopLength: 5, window: 'blackman' }, 123],
    [{ nFft: 2, winLength: 1, hopLength: 1, window: 'rectangular' }, 5],
    [{ nFft: 64, winLength: 40, hopLength: 7, center: false, frameLength: 'window' }, 123],
    [{ nFft: 64, winLength: 41, hopLength: 7, windowSymmetry: 'symmetric' }, 123],
    [{ nFft: 64, winLength: 64, hopLength: 16, preEmphasis: 0.97, preEmphasisStart: 'extrapolate' }, 300],
    // A hop longer than a block of prepared samples.
    [{ nFft: 16, winLength: 16, hopLength: 5000 }, 12000],
    // Clips much shorter than a frame.
    [{ nFft: 64, winLength: 64, hopLength: 16, padMode: 'reflect' }, 2],
    [{ nFft: 64, winLength: 64, hopLength: 16, padMode: 'reflect' }, 1],
    [{ nFft: 64, winLength: 64, hopLength: 16 }, 1],
  ])('%j on %i samples', (options, length) => {
    const waveform = synthesizeSpeech(length);
    const expected = spectraByDefinition(options, waveform);
    expect(expected.length).toBeGreaterThan(0);
    // Float64 throughout, but for the high-passed samples of frames at the edges.
    const tolerance = options.preEmphasis === undefined ? 1e-10 : 1e-5;
    expect(largestError(spectra(options, waveform), expected)).toBeLessThan(tolerance);
  });
});

test('there are frames while their centre, or all of an uncentred frame, is in the clip', () => {
  const centred = new PowerSpectrogram(DEFAULTS);
  const uncentred = new PowerSpectrogram({ ...DEFAULTS, center: false });
  expect([0, 1, 159, 160, 161, 64600].map((n) => centred.nFrames(n))).toEqual([0, 1, 1, 2, 2, 404]);
  expect([0, 511, 512, 671, 672].map((n) => uncentred.nFrames(n))).toEqual([0, 0, 1, 1, 2]);
});

// reference/features: complex spectra `[bins, frames, 2]`, compared by magnitude.
describe.skipIf(!hasShared)('spectra equal librosa and torch on a recording', () => {
  const recording = () => (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 16000);
  const blackman: Partial<SpectrogramOptions> = { nFft: 1024, winLength: 1024, hopLength: 256, window: 'blackman' };

  test.each<[string, Partial<SpectrogramOptions>]>([
    ['stft_n512_h160_hann_constant', {}],
    ['stft_n512_h160_w400_hann_reflect', { winLength: 400, padMode: 'reflect' }],
    ['torch_stft_n512_h160_w320_hann_reflect', { winLength: 320, padMode: 'reflect' }],
    ['stft_n1024_h256_blackman_nocenter', { ...blackman, center: false }],
  ])('%s, to 1e-4', (name, options) => {
    const { shape, data } = readReference(`features/${name}.npy`);
    const [nBins, nFrames] = shape;
    const magnitudes = spectra(options, recording()).map(Math.sqrt);
    const expected = Float64Array.from({ length: nFrames * nBins }, (_, i) => {
      const at = 2 * ((i % nBins) * nFrames + Math.floor(i / nBins));
      return Math.hypot(data[at], data[at + 1]);
    });
    expect(largestError(magnitudes, expected)).toBeLessThan(1e-4);
  });

  test('stft_n1728_h130_blackman_logpower, a size that is no power of two, to 1e-2', () => {
    const { shape, data } = readReference('features/stft_n1728_h130_blackman_logpower.npy');
    const [nBins, nFrames] = shape;
    const options: Partial<SpectrogramOptions> = { nFft: 1728, winLength: 1728, hopLength: 130, window: 'blackman' };
    const power = spectra(options, recording());
    const logs = Float64Array.from({ length: nBins * nFrames }, (_, i) =>
      Math.log(power[(i % nFrames) * nBins + Math.floor(i / nFrames)] + 1e-12),
    );
    expect(largestError(logs, data)).toBeLessThan(1e-2);
  });
});
