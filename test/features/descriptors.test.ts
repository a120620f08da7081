import { describe, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { largestError, readReference } from '../support/arrays.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { hasShared } from '../support/shared.js';

/** One descriptor of all frames. */
function column(matrix: Float32Array, place: number): Float32Array {
  return matrix.filter((_, i) => i % 4 === place);
}

// reference/features: librosa 0.11.0 in float32 on two seconds of a real recording; frequencies relative to theirs.
describe.skipIf(!hasShared)('descriptors of a recording equal librosa to 1e-5', () => {
  test.each(['rms', 'zcr', 'spectral_centroid', 'spectral_rolloff'].map((name, place) => [name, place] as const))(
    '%s',
    (name, place) => {
      const recording = (readReference('inputs/mls_real.npy').data as Float32Array).slice(0, 32000);
      const ours = column(createFeature({ type: 'descriptors' }, 16000).compute(recording), place);
      const expected = readReference(`features/${name}.npy`).data;
      const scale = place < 2 ? 1 : Math.max(...expected);
      expect(largestError(ours, expected)).toBeLessThan(1e-5 * scale);
    },
  );
});

test('a square wave crosses zero as often as it turns, and silence has neither level nor frequencies', () => {
  const square = Float32Array.from({ length: 4096 }, (_, n) => (n % 32 < 16 ? 0.5 : -0.5));
  const matrix = createFeature({ type: 'descriptors', nFft: 512, hopLength: 512 }, 16000).compute(square);
  expect(matrix[4 * 4]).toBeCloseTo(0.5, 6);
  expect(matrix[4 * 4 + 1]).toBeCloseTo(31 / 512, 6);
  expect(matrix[4 * 4 + 2]).toBeGreaterThan(500);
  const silence = createFeature({ type: 'descriptors' }, 16000).compute(new Float32Array(2000));
  expect(silence.every((value) => value === 0)).toBe(true);
});

describeFeatureContract('descriptors', {
  nFft: { value: 512 },
  hopLength: { value: 160 },
  rolloff: { value: 0.5 },
  normalization: { value: 'mean' },
});
