import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { largestError, readFixture, readReference } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

/** Of the reference material: PyTorch's float32 against our float64. */
const TOLERANCE = 1e-4;

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

describe('LFCC refuses', () => {
  test.each([
    [{ winLength: 600 }, 'lfcc: winLength: expected at most nFft, got 600 > 512; raise nFft or shorten the window'],
    [
      { nFft: 64, winLength: 64, maxFrequency: 0.5 },
      'lfcc: expected at least as many spectral bins as filters, got 16 < 20; raise nFft or maxFrequency',
    ],
  ])('%j', (options, message) => {
    expect(() => lfcc(options, synthesizeSpeech(1600))).toThrow(new ConfigError(message));
  });
});

describeFeatureContract('lfcc', {
  nFilters: { value: 30 },
  nFft: { value: 1024 },
  winLength: { value: 400 },
  hopLength: { value: 100 },
  maxFrequency: { value: 0.5 },
  preEmphasis: { value: 0 },
  energy: { value: false },
  nDeltas: { value: 1 },
  normalization: { value: 'mean' },
});
