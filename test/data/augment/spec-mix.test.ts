import { describe, expect, it } from 'vitest';
import type { LabelledExamples } from '../../../src/data/augment/augmentation.js';
import { crossed, specMix } from '../../../src/data/augment/spec-mix.js';
import { createRandom } from '../../../src/runtime/random.js';

/** Two examples of 4 frames and 5 bins, one of zeros and spoof, one of ones and bona fide. */
const examples: LabelledExamples = {
  inputs: Float32Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1)),
  shape: [2, 4, 5],
  labels: Float32Array.of(1, 0, 0, 1),
};

describe('crossed', () => {
  it('takes bands from the partner, and as much of its label', () => {
    const { inputs, labels } = crossed(examples, [1, 0], [[1, 2]], [[3, 4]]);
    expect([...inputs.subarray(0, 20)]).toEqual(
      [
        [0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [1, 1, 1, 1, 1],
      ].flat(),
    );
    expect([...inputs.subarray(20)]).toEqual([...inputs.subarray(0, 20)].map((x) => 1 - x));
    expect([...labels].map((x) => Number(x.toFixed(6)))).toEqual([0.6, 0.4, 0.4, 0.6]);
  });

  it('counts where bands overlap once, and changes nothing without any', () => {
    expect(crossed(examples, [1, 0], [[0, 5]], [[0, 4]]).labels).toEqual(Float32Array.of(0, 1, 1, 0));
    expect(crossed(examples, [1, 0], [], [])).toEqual(examples);
  });
});

describe('spec-mix', () => {
  const apply = (options: object, batch: LabelledExamples, key: number) =>
    specMix
      .create(specMix.schema.parse(options), { sampleRate: 16000, noise: [] })
      .apply(batch, createRandom(key)) as LabelledExamples;

  it('has labels that tell the share of what was taken', () => {
    let nMixed = 0;
    for (let key = 0; key < 40; key++) {
      const { inputs, labels } = apply({ maxShare: 0.5 }, examples, key);
      const mean = inputs.subarray(0, 20).reduce((sum, x) => sum + x, 0) / 20;
      expect(labels[1]).toBeCloseTo(mean, 6);
      if (mean > 0) nMixed++;
    }
    expect(nMixed).toBeGreaterThan(5);
  });

  it('draws bands of the axes it may', () => {
    for (let key = 0; key < 20; key++) {
      const { inputs } = apply({ maxFrameBands: 0, maxShare: 1 }, examples, key);
      for (let frame = 1; frame < 4; frame++) {
        expect(inputs.slice(5 * frame, 5 * frame + 5)).toEqual(inputs.slice(0, 5));
      }
      const rows = apply({ maxBinBands: 0, maxShare: 1 }, examples, key).inputs;
      for (let frame = 0; frame < 4; frame++) {
        const row = rows.slice(5 * frame, 5 * frame + 5);
        expect(row).toEqual(new Float32Array(5).fill(row[0]));
      }
    }
  });

  it('refuses waveforms', () => {
    expect(() => apply({}, { ...examples, shape: [2, 20] }, 1)).toThrow(/expected features, got waveforms/);
  });
});
