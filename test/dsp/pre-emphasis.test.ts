import { describe, expect, test } from 'vitest';
import { type PreEmphasisStart, preEmphasize } from '../../src/dsp/pre-emphasis.js';
import { largestError, readReference } from '../support/arrays.js';
import { hasShared } from '../support/shared.js';

// reference/features: librosa's high-pass starts with 3 x[0] - x[1], others' with x[0].
describe.skipIf(!hasShared)('the high-pass', () => {
  test.each<[string, PreEmphasisStart]>([
    ['preemphasis_0.97_keepfirst', 'keep'],
    ['preemphasis_librosa_0.97', 'extrapolate'],
  ])('is that of %s, to 1e-7', (name, start) => {
    const recording = (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 4000);
    const expected = readReference(`features/${name}.npy`).data;
    expect(largestError(preEmphasize(recording, 0.97, start), expected)).toBeLessThan(1e-7);
  });
});

test('the first sample is kept, or extrapolated where there is a second', () => {
  const samples = Float32Array.of(1, 2, 4);
  expect([...preEmphasize(samples, 0.5, 'keep')]).toEqual([1, 1.5, 3]);
  expect([...preEmphasize(samples, 0.5, 'extrapolate')]).toEqual([1, 1.5, 3]);
  expect([...preEmphasize(Float32Array.of(2, 1), 0.5, 'extrapolate')]).toEqual([5, 0]);
  expect([...preEmphasize(Float32Array.of(2), 0.5, 'extrapolate')]).toEqual([2]);
});

test('without a coefficient the waveform itself is given back', () => {
  const samples = Float32Array.of(1, 2, 4);
  expect(preEmphasize(samples, 0, 'extrapolate')).toBe(samples);
});
