import { describe, expect, it } from 'vitest';
import { transposed } from '../../../src/data/augment/pitch-shift.js';
import { tone } from '../../support/clips.js';

describe('transposed', () => {
  it.each([-12, -2, 0, 3, 12])('moves a tone by %i semitones, as long as it was', (semitones) => {
    const shifted = transposed(tone(16000, 300), semitones, 16000);
    expect(shifted.length).toBe(16000);
    let crossings = 0;
    for (let i = 1001; i < 15000; i++) if (shifted[i - 1] < 0 !== shifted[i] < 0) crossings++;
    const frequency = (crossings * 16000) / (2 * 13999);
    // The ratio is rounded to a hundredth, and a piece may meet the next a little off.
    expect(frequency / (300 * 2 ** (semitones / 12))).toBeCloseTo(1, 1);
  });
});
