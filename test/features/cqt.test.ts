import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { largestError, readReference, transpose } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { hasShared } from '../support/shared.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

/** Bin of C4 where the lowest is C1. */
const C4 = 36;
const MAGNITUDE = { log: { type: 'none', exponent: 1 } };
const C2_24 = { hopLength: 256, binsPerOctave: 24, fMin: 65.40639132514966 };

function cqt(options: Readonly<Record<string, unknown>>, waveform: Float32Array): Float32Array {
  return createFeature({ type: 'cqt', ...options }, 16000).compute(waveform);
}

/** |ours - expected| over |expected| in root mean square, of each bin. */
function relativeErrors(ours: Float32Array, expected: Float64Array, nBins: number): number[] {
  return Array.from({ length: nBins }, (_, bin) => {
    const inBin = (_: number, i: number) => i % nBins === bin;
    const error = Math.hypot(...ours.map((value, i) => value - expected[i]).filter(inBin));
    return error / Math.hypot(...expected.filter(inBin));
  });
}

// reference/features: librosa 0.11.0 on a real recording.
describe.skipIf(!hasShared)('CQT of a recording', () => {
  const recording = (length: number) => (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, length);

  test('equals inner products with the wavelets of librosa to 1e-4', () => {
    const expected = transpose(readReference('features/cqt_direct_h512_84_mag_16000.npy'));
    expect(largestError(cqt(MAGNITUDE, recording(16000)), expected)).toBeLessThan(1e-4);
  });

  // What a direct evaluation measures against resampled octaves, as the notes of the reference say.
  test.each([
    ['cqt_h512_84_bpo12_sparsity0_mag', {}, C4],
    ['cqt_h512_84_bpo12_mag', {}, C4],
    ['cqt_h256_84_bpo12_mag', { hopLength: 256 }, C4],
    ['cqt_h256_84_bpo24_C2_mag', C2_24, 48],
  ])(
    'is within 3 percent of the resampled octaves of %s in most bins from C4 up, and 5 in all',
    (name, options, from) => {
      const expected = transpose(readReference(`features/${name}.npy`));
      const ours = cqt({ ...MAGNITUDE, ...options }, recording(32000));
      const errors = relativeErrors(ours, expected, 84).slice(from);
      expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.03);
      expect(errors[errors.length - 1]).toBeLessThan(0.05);
    },
  );

  test('is within 1.5 dB of cqt_h512_84_bpo12_db from C4 up where that is above -40 dB', () => {
    const expected = transpose(readReference('features/cqt_h512_84_bpo12_db.npy'));
    const ours = cqt({}, recording(32000));
    const differences = ours.map((level, i) => (expected[i] > -40 && i % 84 >= C4 ? level - expected[i] : 0));
    expect(largestError(differences, new Float32Array(ours.length))).toBeLessThan(1.5);
  });

  test.each([
    ['cqt_h512_84_bpo12_pseudo_mag', {}],
    ['cqt_h256_84_bpo12_pseudo_mag', { hopLength: 256 }],
    ['cqt_h256_84_bpo24_C2_pseudo_mag', C2_24],
  ])('equals %s to 1e-4', (name, options) => {
    const expected = transpose(readReference(`features/${name}.npy`));
    expect(largestError(cqt({ method: 'pseudo', ...MAGNITUDE, ...options }, recording(32000)), expected)).toBeLessThan(
      1e-4,
    );
  });
});

test('a fresh tone is highest in its own bin', () => {
  const tone = Float32Array.from({ length: 16000 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * 440 * n) / 16000));
  const levels = cqt({ hopLength: 160, log: { type: 'none' } }, tone);
  const middle = levels.subarray(50 * 84, 51 * 84);
  // A4 is 45 semitones above C1.
  expect(middle.indexOf(Math.max(...middle))).toBe(45);
  expect(largestError(middle.subarray(0, 33), new Float32Array(33))).toBeLessThan(1e-4 * middle[45]);
});

describe('CQT refuses', () => {
  test.each([
    [{ nBins: 96 }, 'cqt: expected filters up to 8000 Hz, half the sample rate, got 8244.1 Hz; lower nBins or fMin'],
    [
      { binsPerOctave: 192 },
      'cqt: expected filters of at most 131072 samples, got 135522; raise fMin or lower binsPerOctave',
    ],
  ])('%j', (options, message) => {
    expect(() => cqt(options, synthesizeSpeech(1600))).toThrow(new ConfigError(message));
  });
});

/** Short filters, whose tables are made quickly. */
const beside = { fMin: 250, nBins: 36 };

describeFeatureContract('cqt', {
  nBins: { value: 24, beside },
  binsPerOctave: { value: 16, beside },
  fMin: { value: 300, beside },
  filterScale: { value: 0.5, beside },
  hopLength: { value: 160, beside },
  method: { value: 'pseudo', beside },
  preEmphasis: { value: 0.97, beside },
  preEmphasisStart: { value: 'extrapolate', beside: { ...beside, preEmphasis: 0.97 } },
  log: { value: { type: 'natural' }, beside },
  normalization: { value: 'mean-variance', beside },
});
