import { describe, expect, test } from 'vitest';
import { createLinearFilterBank, createMelFilterBank, TriangularFilterBank } from '../../src/dsp/filter-banks.js';
import { largestError, readReference, transpose } from '../support/arrays.js';
import { hasShared } from '../support/shared.js';

const MEL = { sampleRate: 16000, fMin: 0, fMax: 8000, scale: 'slaney', norm: 'slaney' } as const;

test('a filter rises from its first corner to 1 and falls to its last', () => {
  const bank = new TriangularFilterBank(Float64Array.of(1, 3, 5, 6), Float64Array.of(1, 2), 8);
  const rows = [
    [0, 0, 0.5, 1, 0.5, 0, 0, 0],
    [0, 0, 0, 0, 1, 2, 0, 0],
  ];
  expect(largestError(bank.toMatrix(), rows.flat())).toBeLessThan(1e-15);
});

test('corners between the bins, several in one gap, and corners beyond the last bin', () => {
  const corners = Float64Array.of(0.5, 1.5, 1.6, 1.7, 4, 7);
  const bank = new TriangularFilterBank(corners, new Float64Array(4).fill(1), 6);
  const triangle = (m: number, k: number) => {
    const [low, middle, high] = corners.subarray(m, m + 3);
    return Math.max(0, Math.min((k - low) / (middle - low), (high - k) / (high - middle)));
  };
  const expected = Array.from({ length: 24 }, (_, i) => triangle(Math.floor(i / 6), i % 6));
  expect(largestError(bank.toMatrix(), expected)).toBeLessThan(1e-15);
});

test('the energies are those of the matrix, at the offset, and the total is the power between the corners', () => {
  const bank = createMelFilterBank({ ...MEL, nMels: 30, nFft: 400, fMin: 300, fMax: 5010 });
  const power = Float64Array.from({ length: 201 }, (_, k) => 1 + Math.sin(k) ** 2);
  const out = new Float64Array(32).fill(-1);
  const total = bank.apply(power, out, 1);
  const matrix = bank.toMatrix();
  const expected = Array.from({ length: 30 }, (_, m) => power.reduce((sum, p, k) => sum + matrix[m * 201 + k] * p, 0));
  expect(largestError(out.slice(1, 31), expected)).toBeLessThan(1e-12);
  expect([out[0], out[31]]).toEqual([-1, -1]);
  // Bins are 40 Hz apart: 8 is the first above 300 Hz, 125 the last up to 5010.
  expect(total).toBeCloseTo(
    power.subarray(8, 126).reduce((sum, p) => sum + p, 0),
    9,
  );
});

test('with slaney norm each filter has unit area', () => {
  const bank = createMelFilterBank({ ...MEL, nMels: 20, nFft: 4096 });
  const matrix = bank.toMatrix();
  for (let m = 0; m < 20; m++) {
    const area = matrix.subarray(m * 2049, (m + 1) * 2049).reduce((sum, w) => sum + w, 0) * (16000 / 4096);
    expect(area).toBeCloseTo(1, 2);
  }
});

// reference/features: librosa 0.11.0, to 1e-6.
describe.skipIf(!hasShared)('mel filters equal librosa', () => {
  test.each([
    ['filterbank_mel40_n2048', { ...MEL, nMels: 40, nFft: 2048 }],
    ['filterbank_mel80_n512', { ...MEL, nMels: 80, nFft: 512 }],
    ['filterbank_mel128_n2048', { ...MEL, nMels: 128, nFft: 2048 }],
    [
      'filterbank_mel40_n512_htk_nonorm_20_7600',
      { nMels: 40, nFft: 512, sampleRate: 16000, fMin: 20, fMax: 7600, scale: 'htk', norm: 'none' },
    ],
  ] as const)('%s', (name, options) => {
    const expected = readReference(`features/${name}.npy`).data;
    expect(largestError(createMelFilterBank(options).toMatrix(), expected)).toBeLessThan(1e-6);
  });
});

// reference/features, `[bins, filters]`. Computed in float32 there: 4e-6 of rounding.
describe.skipIf(!hasShared)('linear filters equal torchaudio and the LCNN baseline', () => {
  test.each([
    ['torchaudio_linear_fb_20_n512', 20, 257],
    ['nii_lfcc60_fft512_full.filterbank', 20, 257],
    ['nii_lfcc60_fft1024_half.filterbank', 20, 256],
    ['nii_lfcc60_noenergy.filterbank', 20, 257],
    ['nii_lfcc20_nodelta_noemph.filterbank', 20, 257],
    ['nii_lfb60_log.filterbank', 60, 257],
  ])('%s', (name, nFilters, nBins) => {
    const expected = transpose(readReference(`features/${name}.npy`));
    expect(largestError(createLinearFilterBank(nFilters, nBins).toMatrix(), expected)).toBeLessThan(4e-6);
  });
});

// reference/features: spafe 0.1.2, `[filters, bins]`, from 0 to 4 kHz.
test.skipIf(!hasShared)('linear filters on whole bins equal the GMM baseline', () => {
  const expected = readReference('features/lfcc_gmm_2021.filterbank.npy').data;
  const bank = createLinearFilterBank(70, 513, { high: 256, nFftRounded: 1024 });
  expect(largestError(bank.toMatrix(), expected)).toBeLessThan(1e-6);
});

test('linear filters start where they are told to', () => {
  const matrix = createLinearFilterBank(2, 10, { low: 3 }).toMatrix();
  expect(largestError(matrix.subarray(0, 10), [0, 0, 0, 0, 0.5, 1, 0.5, 0, 0, 0])).toBeLessThan(1e-12);
});
