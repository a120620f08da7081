import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { AudioError, ConfigError } from '../../src/runtime/errors.js';
import { largestError, readFixture, readReference, transpose } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { cepstralDepartures, melDepartures, spectrumDepartures } from '../support/feature-departures.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

/** Of the reference material: float32 there against our float64. */
const TOLERANCE = 1e-2;

const LIBROSA = { nMels: 128, nFft: 2048, hopLength: 512 };
const TORCHAUDIO = {
  nCoefficients: 40,
  nMels: 128,
  nFft: 400,
  hopLength: 200,
  padMode: 'reflect',
  scale: 'htk',
  norm: 'none',
};

function mfcc(options: Readonly<Record<string, unknown>>, waveform: Float32Array): Float32Array {
  return createFeature({ type: 'mfcc', ...options }, 16000).compute(waveform);
}

/** Columns of a matrix of `nBins`. */
function columns(matrix: Float32Array, nBins: number, from: number, to: number): Float32Array {
  return matrix.filter((_, i) => i % nBins >= from && i % nBins < to);
}

// librosa 0.11.0, by test/fixtures/features/make_features.py.
test('MFCC with lifter and both deltas equal librosa on a synthetic signal', () => {
  const options = { nCoefficients: 13, lifter: 22, nDeltas: 2 };
  const expected = readFixture('features/mfcc_lifter_deltas.npy').data;
  expect(largestError(mfcc(options, synthesizeSpeech(8000)), expected)).toBeLessThan(TOLERANCE);
});

// reference/features: librosa 0.11.0 and torchaudio 2.9.1 on two seconds of a real recording.
describe.skipIf(!hasShared)('MFCC of a recording equal', () => {
  const recording = () => (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 32000);

  test.each([
    ['mfcc13_default', { ...LIBROSA, nCoefficients: 13 }],
    ['mfcc20_default', LIBROSA],
    ['mfcc13_n400_h160_mels40_lifter22', { nCoefficients: 13, nMels: 40, nFft: 400, hopLength: 160, lifter: 22 }],
    ['torchaudio_mfcc_default', TORCHAUDIO],
  ])('%s', (name, options) => {
    const expected = transpose(readReference(`features/${name}.npy`));
    expect(largestError(mfcc(options, recording()), expected)).toBeLessThan(TOLERANCE);
  });

  test.each([
    ['mfcc20_delta', 1, {}],
    ['mfcc20_delta2', 2, {}],
    ['mfcc20_delta_nearest', 1, { deltas: { type: 'polynomial', edges: 'nearest' } }],
    ['torchaudio_deltas', 1, { deltas: { type: 'regression' } }],
  ])('%s', (name, order, options) => {
    const all = mfcc({ ...LIBROSA, nDeltas: 2, ...options }, recording());
    const expected = transpose(readReference(`features/${name}.npy`));
    expect(largestError(columns(all, 60, order * 20, (order + 1) * 20), expected)).toBeLessThan(TOLERANCE);
  });
});

test('without the cosine transform MFCC are the log-mel spectrogram', () => {
  const speech = synthesizeSpeech(4000);
  const logMel = createFeature({ type: 'log-mel', log: { type: 'decibel', reference: 1 } }, 16000).compute(speech);
  expect(mfcc({ cosine: false }, speech)).toEqual(logMel);
});

describe('MFCC refuse', () => {
  test.each([
    [{ nCoefficients: 41, nMels: 40 }, 'mfcc: expected at most as many coefficients as filters, got 41 > 40'],
    [{ winLength: 1024 }, 'mfcc: winLength: expected at most nFft, got 1024 > 512; raise nFft or shorten the window'],
    [{ deltas: { type: 'regression', width: 4 } }, 'mfcc: deltas.width: expected an odd number, got 4'],
    [{ fMin: 500, fMax: 500 }, 'mfcc: expected fMin below fMax, got 500 and 500 Hz'],
  ])('%j', (options, message) => {
    expect(() => mfcc(options, synthesizeSpeech(1600))).toThrow(new ConfigError(message));
  });

  test('interpolated deltas of fewer frames than their width', () => {
    expect(() => mfcc({ nDeltas: 1 }, synthesizeSpeech(1279))).toThrow(
      new AudioError(
        'mfcc: expected audio of at least 9 frames, which deltas.width spans, got 8; use longer audio, a smaller width, ' +
          'or deltas.edges nearest',
      ),
    );
    expect(mfcc({ nDeltas: 1 }, synthesizeSpeech(1280))).toHaveLength(9 * 40);
  });
});

describeFeatureContract('mfcc', {
  ...melDepartures,
  ...spectrumDepartures,
  log: { value: { type: 'natural' } },
  ...cepstralDepartures,
  energy: { value: true },
  normalization: { value: { type: 'sliding', window: 10, minWindow: 4 } },
});
