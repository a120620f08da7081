import { describe, expect, it } from 'vitest';
import { notchFilter } from '../../src/dsp/notch-filter.js';
import { largestError } from '../support/arrays.js';
import { augmentReference, loadReference } from '../support/reference-clip.js';
import { hasShared } from '../support/shared.js';

/** The gain in dB at a frequency, at 16 kHz. */
function gainAt(filter: Float64Array, frequency: number): number {
  const angle = (2 * Math.PI * frequency) / 16000;
  const re = filter.reduce((sum, tap, i) => sum + tap * Math.cos(angle * i), 0);
  const im = filter.reduce((sum, tap, i) => sum + tap * Math.sin(angle * i), 0);
  return 20 * Math.log10(Math.hypot(re, im));
}

describe('notchFilter', () => {
  it.skipIf(!hasShared)('equals the reference', () => {
    const { draws } = augmentReference().rawboost.notch_coeffs;
    const bands = [0, 3, 6, 9, 12].map((i) => ({ centre: draws[i], width: draws[i + 1], nTaps: draws[i + 2] | 1 }));
    const filter = notchFilter(bands, draws[15], 16000);
    const expected = loadReference('augment/rawboost_notch_coeffs.npy');
    expect(filter.length).toBe(expected.length);
    // The reference is float32, its largest value 0.5.
    expect(largestError(filter, expected)).toBeLessThan(1e-7);
  });

  it('takes its bands out, and has the gain that was asked for', () => {
    const bands = [
      { centre: 2000, width: 1000, nTaps: 201 },
      { centre: 5000, width: 600, nTaps: 151 },
    ];
    const filter = notchFilter(bands, -6, 16000);
    expect(filter.length).toBe(351);
    expect(gainAt(filter, 2000)).toBeLessThan(-45);
    expect(gainAt(filter, 5000)).toBeLessThan(-45);
    expect(gainAt(filter, 100)).toBeCloseTo(-6, 0);
    const peak = Math.max(...Array.from({ length: 512 }, (_, k) => gainAt(filter, (8000 * k) / 512)));
    expect(peak).toBeCloseTo(-6, 6);
  });

  it('cuts off bands at the ends of the spectrum, and takes filters longer than it looks at points', () => {
    const low = notchFilter([{ centre: 20, width: 400, nTaps: 401 }], 0, 16000);
    expect(low.every(Number.isFinite)).toBe(true);
    const high = notchFilter([{ centre: 8000, width: 1000, nTaps: 1501 }], 0, 16000);
    expect(gainAt(high, 7900)).toBeLessThan(-45);
    expect(gainAt(high, 1000)).toBeCloseTo(0, 1);
  });
});
