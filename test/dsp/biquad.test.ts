import { describe, expect, it } from 'vitest';
import { butterworthBandPass, filterWith, passBiquad } from '../../src/dsp/biquad.js';
import { largestError } from '../support/arrays.js';
import { tone } from '../support/clips.js';
import { loadReference, referenceClip } from '../support/reference-clip.js';
import { hasShared } from '../support/shared.js';

// The clip's peak is 0.1; the reference computed in float32: 1e-6.
describe.skipIf(!hasShared)('filters equal the reference', () => {
  it.each([
    ['lowpass_biquad_3000', () => [passBiquad('low', 3000, 16000)]],
    ['highpass_biquad_200', () => [passBiquad('high', 200, 16000)]],
    ['bandpass_300_3400', () => butterworthBandPass(4, 300, 3400, 16000)],
  ])('%s', (name, sections) => {
    const filtered = filterWith(referenceClip(), sections());
    expect(largestError(filtered, loadReference(`augment/${name}.npy`))).toBeLessThan(1e-6);
  });
});

describe('butterworthBandPass', () => {
  const levelAt = (frequency: number, order: number) => {
    const filtered = filterWith(tone(16000, frequency, 1), butterworthBandPass(order, 500, 2000, 16000));
    return 20 * Math.log10(Math.max(...filtered.subarray(12000).map(Math.abs)));
  };

  it.each([2, 4, 6])('of order %i passes the middle, loses 3 dB at the edges, and falls by its order', (order) => {
    expect(levelAt(1000, order)).toBeCloseTo(0, 1);
    expect(levelAt(500, order)).toBeCloseTo(-3.01, 1);
    expect(levelAt(2000, order)).toBeCloseTo(-3.01, 1);
    expect(levelAt(100, order)).toBeLessThan(-10 * order);
    expect(levelAt(6000, order)).toBeLessThan(-10 * order);
  });
});

describe('filterWith', () => {
  it('leaves its input alone, and does nothing without sections', () => {
    const waveform = tone(100, 440);
    const before = waveform.slice();
    expect(filterWith(waveform, [])).toEqual(before);
    filterWith(waveform, [passBiquad('low', 1000, 16000)]);
    expect(waveform).toEqual(before);
  });
});
