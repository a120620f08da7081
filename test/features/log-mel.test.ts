import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { largestError, readFixture, readReference, transpose } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { melDepartures, spectrumDepartures } from '../support/feature-departures.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

/** Of the reference material: librosa's float32 against our float64. */
const TOLERANCE_DECIBELS = 1e-2;
const TOLERANCE_LOG = 1e-2;

function logMel(options: Readonly<Record<string, unknown>>, waveform: Float32Array): Float32Array {
  return createFeature({ type: 'log-mel', ...options }, 16000).compute(waveform);
}

// librosa 0.11.0, by test/fixtures/features/make_features.py.
describe('log-mel equals librosa on a synthetic signal', () => {
  const speech = synthesizeSpeech(8000);

  test('with the defaults', () => {
    const expected = readFixture('features/log_mel_default.npy').data;
    expect(largestError(logMel({}, speech), expected)).toBeLessThan(TOLERANCE_DECIBELS);
  });

  test('on the HTK scale, without norm, reflected, with a short Hamming window, 400 points, and ln', () => {
    const options = {
      nMels: 30,
      nFft: 400,
      winLength: 320,
      hopLength: 200,
      window: 'hamming',
      padMode: 'reflect',
      fMin: 50,
      fMax: 7000,
      scale: 'htk',
      norm: 'none',
      log: { type: 'natural' },
    };
    const expected = readFixture('features/log_mel_htk_natural.npy').data;
    expect(largestError(logMel(options, speech), expected)).toBeLessThan(1e-3);
  });

  test('uncentred, against a fixed reference, with nothing cut off', () => {
    const log = { type: 'decibel', reference: 1, floor: 1e-8, topDb: null };
    const options = { nMels: 40, nFft: 1024, hopLength: 256, window: 'blackman', center: false, log };
    const expected = readFixture('features/log_mel_uncentred_ref1.npy').data;
    expect(largestError(logMel(options, speech), expected)).toBeLessThan(TOLERANCE_DECIBELS);
  });

  test('log10 is ln over ln 10', () => {
    const natural = logMel({ log: { type: 'natural', offset: 1e-3 } }, speech);
    const decimal = logMel({ log: { type: 'log10', offset: 1e-3 } }, speech);
    expect(
      largestError(
        natural,
        decimal.map((value) => value * Math.LN10),
      ),
    ).toBeLessThan(1e-5);
  });
});

// reference/features: librosa 0.11.0 on two seconds of a real recording.
describe.skipIf(!hasShared)('log-mel equals librosa on a recording', () => {
  const recording = () => (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 32000);

  test.each([
    ['mel80_n512_h160_db', {}],
    ['mel40_default_db', { nMels: 40, nFft: 2048, hopLength: 512 }],
    ['mel128_default_db', { nMels: 128, nFft: 2048, hopLength: 512 }],
  ])('%s', (name, options) => {
    const expected = transpose(readReference(`features/${name}.npy`));
    expect(largestError(logMel(options, recording()), expected)).toBeLessThan(TOLERANCE_DECIBELS);
  });

  test('mel40_log1e-6', () => {
    const options = { nMels: 40, nFft: 2048, hopLength: 512, log: { type: 'natural' } };
    const expected = transpose(readReference('features/mel40_log1e-6.npy'));
    expect(largestError(logMel(options, recording()), expected)).toBeLessThan(TOLERANCE_LOG);
  });

  test('power_to_db_ref1', () => {
    const options = { nMels: 40, nFft: 2048, hopLength: 512, log: { type: 'decibel', reference: 1 } };
    const expected = transpose(readReference('features/power_to_db_ref1.npy'));
    expect(largestError(logMel(options, recording()), expected)).toBeLessThan(TOLERANCE_DECIBELS);
  });

  test.each([
    ['mel80_n512_h160_power', {}],
    ['mel80_n512_h160_htk_power', { scale: 'htk', norm: 'none' }],
    ['mel40_default_power', { nMels: 40, nFft: 2048, hopLength: 512 }],
    ['mel128_default_power', { nMels: 128, nFft: 2048, hopLength: 512 }],
  ])('%s, to 1e-4 relative', (name, options) => {
    const expected = transpose(readReference(`features/${name}.npy`));
    const ratio = logMel({ ...options, log: { type: 'none' } }, recording()).map((value, i) => value / expected[i]);
    expect(largestError(ratio, new Float32Array(ratio.length).fill(1))).toBeLessThan(1e-4);
  });

  test('torchaudio_melspec_default, to 1e-4 relative to the largest', () => {
    const options = { nMels: 128, nFft: 400, hopLength: 200, padMode: 'reflect', scale: 'htk', norm: 'none' };
    const expected = transpose(readReference('features/torchaudio_melspec_default.npy'));
    const power = logMel({ ...options, log: { type: 'none' } }, recording());
    expect(largestError(power, expected)).toBeLessThan(1e-4 * Math.max(...expected));
  });
});

describe('log-mel refuses', () => {
  test.each([
    [
      { winLength: 1024 },
      'log-mel: winLength: expected at most nFft, got 1024 > 512; raise nFft or shorten the window',
    ],
    [{ fMax: 9000 }, 'log-mel: expected fMax of at most 8000 Hz, half the sample rate, got 9000'],
    [{ fMin: 500, fMax: 500 }, 'log-mel: expected fMin below fMax, got 500 and 500 Hz'],
    [{ nMel: 40 }, 'log-mel: unknown option nMel (did you mean "nMels"?)'],
    [{ log: { type: 'natural', topDb: 80 } }, 'log-mel: unknown option log.topDb; known: type, offset'],
  ])('%j', (options, message) => {
    expect(() => logMel(options, synthesizeSpeech(1600))).toThrow(new ConfigError(message));
  });

  test('an odd nFft', () => {
    expect(() => logMel({ nFft: 401 }, synthesizeSpeech(1600))).toThrow(/nFft: .*multiple of 2.*401/);
  });

  test('a clip shorter than a frame that is not centred', () => {
    expect(() => logMel({ center: false }, synthesizeSpeech(511))).toThrow(
      'log-mel: expected audio of at least one frame, got 511 samples; use longer audio',
    );
    expect(logMel({ center: false }, synthesizeSpeech(512))).toHaveLength(80);
  });
});

describeFeatureContract('log-mel', {
  ...melDepartures,
  ...spectrumDepartures,
  log: { value: { type: 'log10' } },
  normalization: { value: 'mean-variance' },
});
