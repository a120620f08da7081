import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { largestError, readReference, transpose } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { spectrumDepartures } from '../support/feature-departures.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

function spectrogram(options: Readonly<Record<string, unknown>>, waveform: Float32Array): Float32Array {
  return createFeature({ type: 'power-spectrogram', ...options }, 16000).compute(waveform);
}

// reference/features, on one second of a real recording.
describe.skipIf(!hasShared)('the spectrogram of a recording equals', () => {
  const recording = () => (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 16000);

  test('the magnitude of stft_n512_h160_hann_constant, to 1e-4', () => {
    const { shape, data } = readReference('features/stft_n512_h160_hann_constant.npy');
    const magnitude = Float32Array.from({ length: data.length / 2 }, (_, i) =>
      Math.hypot(data[2 * i], data[2 * i + 1]),
    );
    const expected = transpose({ shape: shape.slice(0, 2), data: magnitude });
    const ours = spectrogram({ log: { type: 'none', exponent: 1 } }, recording());
    expect(largestError(ours, expected)).toBeLessThan(1e-4);
  });

  test('stft_n1728_h130_blackman_logpower, the front end of an LCNN, to 1e-2', () => {
    const reference = readReference('features/stft_n1728_h130_blackman_logpower.npy');
    const options = { nFft: 1728, hopLength: 130, window: 'blackman', log: { type: 'natural', offset: 1e-12 } };
    const expected = transpose(reference);
    const ours = spectrogram(options, recording()).slice(0, expected.length);
    expect(largestError(ours, expected)).toBeLessThan(1e-2);
  });
});

describe('the levels of a spectrum', () => {
  const speech = synthesizeSpeech(2000);
  const power = spectrogram({ log: { type: 'none' } }, speech);

  test.each<[object, (power: number) => number, number]>([
    [{ type: 'none', exponent: 1 }, Math.sqrt, 1e-5],
    [{ type: 'natural', offset: 1e-3 }, (x) => Math.log(x + 1e-3), 1e-5],
    [{ type: 'log10', offset: 1e-3 }, (x) => Math.log10(x + 1e-3), 1e-5],
    [{ type: 'decibel', reference: 2, topDb: null }, (x) => 10 * Math.log10(Math.max(x, 1e-10) / 2), 1e-4],
  ])('%j', (log, level, tolerance) => {
    expect(largestError(spectrogram({ log }, speech), power.map(level))).toBeLessThan(tolerance);
  });

  test('frequencies outside of fMin to fMax are left out, those on them kept', () => {
    const some = createFeature({ type: 'power-spectrogram', fMin: 1000, fMax: 4000, log: { type: 'none' } }, 16000);
    expect(some.nBins).toBe(97);
    expect(some.compute(speech)).toEqual(power.filter((_, i) => i % 257 >= 32 && i % 257 <= 128));
    expect(() => spectrogram({ fMin: 1001, fMax: 1010 }, speech)).toThrow(
      new ConfigError('power-spectrogram: expected a bin between fMin and fMax, got 1001 to 1010 Hz'),
    );
  });
});

describeFeatureContract('power-spectrogram', {
  ...spectrumDepartures,
  fMin: { value: 100 },
  fMax: { value: 4000 },
  log: { value: { type: 'none', exponent: 1 } },
  normalization: { value: 'mean' },
});
