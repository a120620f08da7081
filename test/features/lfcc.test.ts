import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { largestError, readFixture, readReference, transpose } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { cepstralDepartures, spectrumDepartures } from '../support/feature-departures.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

/** Of the reference material: PyTorch's float32 against our float64. */
const TOLERANCE = 1e-4;

/** LA/Baseline-LFCC-GMM: frames of 30 ms every 15 ms, 70 filters up to 4 kHz on whole bins, 20 coefficients. */
const GMM_RECIPE = {
  nFilters: 70,
  nCoefficients: 20,
  nFft: 1024,
  winLength: 480,
  hopLength: 240,
  windowSymmetry: 'symmetric',
  center: false,
  frameLength: 'window',
  preEmphasis: 0,
  maxFrequency: 0.5,
  corners: 'whole',
  log: { type: 'log10', offset: 2.2204e-16 },
  energy: false,
};

const LA_RECIPE = { nFft: 1024, maxFrequency: 0.5 };

function lfcc(options: Readonly<Record<string, unknown>>, waveform: Float32Array): Float32Array {
  return createFeature({ type: 'lfcc', ...options }, 16000).compute(waveform);
}

// PyTorch 2.9.1, by test/fixtures/features/make_features.py.
describe('LFCC equals PyTorch on a synthetic signal', () => {
  test.each([
    ['lfcc_512', {}],
    ['lfcc_1024_half', LA_RECIPE],
  ])('%s', (name, options) => {
    const expected = readFixture(`features/${name}.npy`).data;
    expect(largestError(lfcc(options, synthesizeSpeech(8000)), expected)).toBeLessThan(TOLERANCE);
  });
});

// reference/features and reference/lcnn: the baselines' own front ends.
describe.skipIf(!hasShared)('LFCC equals the front end of the LCNN baseline', () => {
  test.each([
    ['nii_lfcc60_fft512_full', {}],
    ['nii_lfcc60_fft1024_half', LA_RECIPE],
    ['nii_lfcc60_noenergy', { energy: false }],
    ['nii_lfcc20_nodelta_noemph', { energy: false, nDeltas: 0, preEmphasis: 0 }],
    ['nii_lfb60_log', { nFilters: 60, cosine: false, energy: false, nDeltas: 0 }],
  ])('%s', (name, options) => {
    const recording = (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 16000);
    const expected = readReference(`features/${name}.npy`).data;
    expect(largestError(lfcc(options, recording), expected)).toBeLessThan(TOLERANCE);
  });

  test.each([
    ['toy', {}],
    ['la2021', LA_RECIPE],
  ])('%s, four clips of 64,600 samples', (name, options) => {
    const clips = readReference('inputs/batch4_64600.npy').data as Float32Array;
    const expected = readReference(`lcnn/${name}.lfcc_batch4.npy`);
    expect(expected.shape).toEqual([4, 404, 60]);
    const rows = [0, 1, 2, 3].map((row) => lfcc(options, clips.slice(row * 64600, (row + 1) * 64600)));
    const all = rows.flatMap((row) => [...row]);
    expect(largestError(all, expected.data)).toBeLessThan(TOLERANCE);
  });
});

// reference/features/lfcc_gmm_2021.json: spafe 0.1.2 as the GMM baseline uses it.
test.skipIf(!hasShared)('LFCC equals the front end of the GMM baseline', () => {
  const recording = (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 16000);
  const expected = transpose(readReference('features/lfcc_gmm_2021.npy'));
  expect(largestError(lfcc(GMM_RECIPE, recording), expected)).toBeLessThan(TOLERANCE);
});

// reference/features: torchaudio 2.9.1 in float32.
describe.skipIf(!hasShared)('LFCC equals torchaudio', () => {
  const plain = { window: 'hann', padMode: 'reflect', preEmphasis: 0, energy: false, nDeltas: 0 };
  const decibel = { type: 'decibel', reference: 1 };

  test.each([
    [
      'torchaudio_lfcc_default',
      { nFilters: 128, nCoefficients: 40, nFft: 400, winLength: 400, hopLength: 200, log: decibel },
    ],
    ['torchaudio_lfcc_20_n512_h160', { center: false, log: decibel }],
    [
      'torchaudio_lfcc_log',
      {
        nFilters: 70,
        nCoefficients: 60,
        nFft: 1024,
        winLength: 480,
        hopLength: 240,
        log: { type: 'natural', offset: 1e-6 },
      },
    ],
  ])('%s', (name, options) => {
    const recording = (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 32000);
    const expected = transpose(readReference(`features/${name}.npy`));
    expect(largestError(lfcc({ ...plain, ...options }, recording), expected)).toBeLessThan(1e-2);
  });
});

describe('LFCC refuses', () => {
  test.each([
    [{ winLength: 600 }, 'lfcc: winLength: expected at most nFft, got 600 > 512; raise nFft or shorten the window'],
    [
      { nFft: 64, winLength: 64, maxFrequency: 0.5 },
      'lfcc: expected at least as many spectral bins as filters, got 16 < 20; raise nFft or maxFrequency',
    ],
    [{ minFrequency: 0.5, maxFrequency: 0.5 }, 'lfcc: expected minFrequency below maxFrequency, got 0.5 and 0.5'],
    [{ nCoefficients: 21 }, 'lfcc: expected at most as many coefficients as filters, got 21 > 20'],
  ])('%j', (options, message) => {
    expect(() => lfcc(options, synthesizeSpeech(1600))).toThrow(new ConfigError(message));
  });
});

describeFeatureContract('lfcc', {
  nFilters: { value: 30 },
  ...spectrumDepartures,
  minFrequency: { value: 0.1 },
  maxFrequency: { value: 0.5 },
  corners: { value: 'whole' },
  log: { value: { type: 'decibel', topDb: 40 } },
  ...cepstralDepartures,
  energy: { value: false },
  normalization: { value: 'mean' },
});
