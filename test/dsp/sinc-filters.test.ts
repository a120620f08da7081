import { expect, test } from 'vitest';
import { SINC_SCALES, sincFilters } from '../../src/dsp/sinc-filters.js';
import { largestError, readReference, transpose } from '../support/arrays.js';
import { hasShared } from '../support/shared.js';

const BANK = { nFilters: 70, kernelSize: 129, sampleRate: 16000, scale: 'mel' } as const;

/** Gain of filter `index` at `hz`. */
function gain(filters: Float32Array, nFilters: number, index: number, hz: number): number {
  let [real, imaginary] = [0, 0];
  for (let i = 0; i < filters.length / nFilters; i++) {
    const phase = (2 * Math.PI * hz * i) / 16000;
    real += filters[i * nFilters + index] * Math.cos(phase);
    imaginary += filters[i * nFilters + index] * Math.sin(phase);
  }
  return Math.hypot(real, imaginary);
}

test.skipIf(!hasShared)('the bank of AASIST equals the reference’s to single precision', () => {
  const recorded = transpose(readReference('aasist/sinc_filters_70x129.npy'));
  expect(largestError(sincFilters(BANK), recorded)).toBeLessThan(1e-7);
});

test.each(SINC_SCALES)('on the %s scale every filter passes its band and stops the others', (scale) => {
  const filters = sincFilters({ nFilters: 4, kernelSize: 1025, sampleRate: 16000, scale });
  const htk = (share: number) => 700 * ((1 + 8000 / 700) ** share - 1);
  const edges = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    if (scale === 'linear') return 8000 * share;
    if (scale === 'mel-below-top') return htk((share * 4) / 6);
    return scale === 'mel' ? htk(share) : 8000 - htk(1 - share);
  });
  for (let index = 0; index < 4; index++) {
    for (let band = 0; band < 4; band++) {
      const middle = ((edges[band] as number) + (edges[band + 1] as number)) / 2;
      // A Hamming window leaves ripples of some thousandths.
      expect(Math.abs(gain(filters, 4, index, middle) - Number(index === band))).toBeLessThan(0.01);
    }
  }
});

test('a filter is symmetric about its middle', () => {
  const filters = sincFilters(BANK);
  for (let i = 0; i < 64; i++) {
    const row = (position: number) => filters.slice(position * 70, (position + 1) * 70);
    expect(row(i)).toEqual(row(128 - i));
  }
});
