import { expect, it } from 'vitest';
import type { FeatureMatrix } from '../../../src/data/augment/augmentation.js';
import { specAverage } from '../../../src/data/augment/spec-average.js';
import { createRandom } from '../../../src/runtime/random.js';

const matrix: FeatureMatrix = { values: Float32Array.from({ length: 60 * 20 }, (_, i) => i), nFrames: 60, nBins: 20 };
const mean = (60 * 20 - 1) / 2;

it.each([
  ['bins', {}, 12, 60, 1],
  ['frames', { nBinMasks: 0, nFrameMasks: 1, maxFrames: 10 }, 10, 20, 20],
] as const)('puts the mean of all into a stretch of %s', (_, options, widest, size, stride) => {
  const widths = new Set<number>();
  for (let key = 0; key < 100; key++) {
    const { values } = specAverage
      .create(specAverage.schema.parse(options), { sampleRate: 16000, noise: [] })
      .apply(matrix, createRandom(key)) as FeatureMatrix;
    const changed = [...values.keys()].filter((i) => values[i] !== matrix.values[i]);
    expect(changed.every((i) => values[i] === mean)).toBe(true);
    // Adjacent bins lie one value apart, adjacent frames a row.
    expect(changed.length % size).toBe(0);
    if (stride === 20)
      expect(changed.length === 0 || changed[changed.length - 1] - changed[0] + 1 === changed.length).toBe(true);
    widths.add(changed.length / size);
  }
  expect(Math.max(...widths)).toBe(widest);
  expect(Math.min(...widths)).toBe(0);
});
