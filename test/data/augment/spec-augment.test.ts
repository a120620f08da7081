import { describe, expect, it } from 'vitest';
import type { FeatureMatrix } from '../../../src/data/augment/augmentation.js';
import { specAugment, warped } from '../../../src/data/augment/spec-augment.js';
import { whiteNoise } from '../../../src/dsp/white-noise.js';
import { createRandom } from '../../../src/runtime/random.js';

const matrix: FeatureMatrix = { values: whiteNoise(100 * 40, createRandom(1).uniform), nFrames: 100, nBins: 40 };
const apply = (options: object, key: number) =>
  specAugment
    .create(specAugment.schema.parse(options), { sampleRate: 16000, noise: [] })
    .apply(matrix, createRandom(key)) as FeatureMatrix;

/** Which frames, and which bins, hold `value` throughout. */
function maskedIn({ values, nFrames, nBins }: FeatureMatrix, value: number) {
  const frames = [...Array(nFrames).keys()];
  const bins = [...Array(nBins).keys()];
  const holds = (frame: number, bin: number) => values[frame * nBins + bin] === Math.fround(value);
  return {
    frames: frames.filter((frame) => bins.every((bin) => holds(frame, bin))),
    bins: bins.filter((bin) => frames.every((frame) => holds(frame, bin))),
  };
}

describe('spec-augment', () => {
  it('masks stretches up to the widths it was given, and every width and place', () => {
    const widths = new Set<string>();
    const reached = new Set<number>();
    for (let key = 0; key < 400; key++) {
      const options = {
        maxWarp: 0,
        nBinMasks: 1,
        maxBins: 3,
        nFrameMasks: 1,
        maxFrames: 4,
        maxFramesShare: 1,
        fill: 9,
      };
      const { frames, bins } = maskedIn(apply(options, key), 9);
      widths.add(`bins ${bins.length}`).add(`frames ${frames.length}`);
      for (const list of [frames, bins]) {
        if (list.length > 0) expect(list[list.length - 1] - list[0]).toBe(list.length - 1);
      }
      for (const bin of bins) reached.add(bin);
    }
    expect([...widths].sort()).toEqual([
      'bins 0',
      'bins 1',
      'bins 2',
      'bins 3',
      'frames 0',
      'frames 1',
      'frames 2',
      'frames 3',
      'frames 4',
    ]);
    expect(reached.size).toBe(40);
  });

  it('leaves out what is 0, and bounds masks by the share of frames', () => {
    expect(apply({ maxWarp: 0, nBinMasks: 0, nFrameMasks: 0 }, 1).values).toEqual(matrix.values);
    for (let key = 0; key < 50; key++) {
      const options = { maxWarp: 0, nBinMasks: 0, nFrameMasks: 1, maxFrames: 90, maxFramesShare: 0.05 };
      expect(maskedIn(apply(options, key), 0).frames.length).toBeLessThanOrEqual(5);
    }
  });

  it('warps by its own, and a matrix too short for that not at all', () => {
    const result = apply({ maxWarp: 20, nBinMasks: 0, nFrameMasks: 0 }, 3);
    expect(result.values).not.toEqual(matrix.values);
    expect(result.values.slice(0, 40)).toEqual(matrix.values.slice(0, 40));
    const short = { values: Float32Array.of(1, 2, 3, 4), nFrames: 4, nBins: 1 };
    const options = specAugment.schema.parse({ nBinMasks: 0, nFrameMasks: 0 });
    expect(specAugment.create(options, { sampleRate: 16000, noise: [] }).apply(short, createRandom(1))).toEqual(short);
  });
});

describe('warped', () => {
  const ramp = { values: Float32Array.from({ length: 22 }, (_, i) => Math.floor(i / 2)), nFrames: 11, nBins: 2 };

  it.each([
    [5, 5],
    [5, 8],
    [5, 2],
    [1, 9],
    [9, 1],
  ])('moves frame %i to %i, and keeps the ends', (from, to) => {
    const { values } = warped(ramp, from, to);
    expect([values[0], values[1], values[20], values[21]]).toEqual([0, 0, 10, 10]);
    expect([values[2 * to], values[2 * to + 1]]).toEqual([from, from]);
    for (let i = 2; i < 22; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 2]);
    if (from === to) expect(values).toEqual(ramp.values);
  });
});
