import { describe, expect, it } from 'vitest';
import { drawStretch, masked } from '../../../src/data/augment/spectral-masks.js';
import { createRandom } from '../../../src/runtime/random.js';
import { augmentReference } from '../../support/reference-clip.js';
import { hasShared } from '../../support/shared.js';

describe('masked', () => {
  it.skipIf(!hasShared)('equals the reference', () => {
    const { spec, freq_mask, time_mask, mask_value, out } = augmentReference().specaugment_fixed;
    // The reference has a row for each bin.
    const byFrame = (rows: readonly (readonly number[])[]) =>
      Float32Array.from(rows[0].flatMap((_, frame) => rows.map((row) => row[frame])));
    const matrix = { values: byFrame(spec), nFrames: spec[0].length, nBins: spec.length };
    expect(masked(matrix, [freq_mask], [time_mask], mask_value).values).toEqual(byFrame(out));
    expect(matrix.values).toEqual(byFrame(spec));
  });
});

describe('drawStretch', () => {
  it('stays on the axis, even where it may be wider', () => {
    const widths = new Set<number>();
    for (let key = 0; key < 200; key++) {
      const [start, end] = drawStretch(4, 99.7, createRandom(key));
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(4);
      widths.add(end - start);
    }
    expect([...widths].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
