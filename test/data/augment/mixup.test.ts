import { describe, expect, it } from 'vitest';
import type { LabelledExamples } from '../../../src/data/augment/augmentation.js';
import { blended, mixup } from '../../../src/data/augment/mixup.js';
import { createRandom } from '../../../src/runtime/random.js';

const examples: LabelledExamples = {
  inputs: Float32Array.of(0, 0, 10, 20, 100, 200),
  shape: [3, 2],
  labels: Float32Array.of(1, 0, 0, 1, 0, 1),
};

describe('blended', () => {
  it('blends inputs and labels by the same share', () => {
    const { inputs, shape, labels } = blended(examples, [1, 0, 2], [1, 0.75, 0.3]);
    expect([...inputs]).toEqual([0, 0, 7.5, 15, 100, 200]);
    expect([...labels]).toEqual([1, 0, 0.25, 0.75, 0, 1]);
    expect(shape).toEqual([3, 2]);
  });
});

describe('mixup', () => {
  /** Shares of many rows, read from a batch whose rows are 0 and 1. */
  const shares = (alpha: number) => {
    const n = 2000;
    const labels = Float32Array.from({ length: 2 * n }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0));
    const inputs = Float32Array.from({ length: n }, (_, i) => i % 2);
    const { apply } = mixup.create(mixup.schema.parse({ alpha }), { sampleRate: 16000, noise: [] });
    const mixed = apply({ inputs, shape: [n, 1], labels }, createRandom(4)) as LabelledExamples;
    // Where the partner is of the same class nothing shows; the others tell the share.
    for (const [i, x] of mixed.inputs.entries()) expect(mixed.labels[2 * i + 1]).toBeCloseTo(x, 6);
    return [...mixed.inputs].map((x, i) => (i % 2 === 1 ? x : 1 - x)).filter((x) => x !== 1);
  };

  it.each([0.2, 1, 8])('draws shares from Beta(%d, alpha)', (alpha) => {
    const drawn = shares(alpha);
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    // About 1,000 draws: the standard error of the mean is below 0.014, that of the variance below 5 %.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeGreaterThan(0.8);
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeLessThan(1.2);
  });

  it('stays finite where alpha is tiny', () => {
    expect(shares(0.01).every((x) => x >= 0 && x <= 1)).toBe(true);
  });
});
