import { describe, expect, it } from 'vitest';
import { aggregate, findChange, mergeSegments, smooth } from '../../src/inference/segments.js';
import { cutWindows } from '../../src/inference/windows.js';

const windowsOf = (scores: readonly number[], hop = 1, length = 2) =>
  scores.map((score, i) => ({
    start: i * hop,
    end: i * hop + length,
    score,
    label: score >= 0 ? ('bonafide' as const) : ('spoof' as const),
  }));

describe('smoothing', () => {
  it.each([
    ['median', 3, [5, 1, 1, 1, 1]],
    ['mean', 3, [5, 7 / 3, 1, 1, 1]],
    ['none', 3, [5, 1, 1, 1, 1]],
    ['median', 5, [5, 1, 1, 1, 1]],
  ] as const)('by the %s over %i takes fewer neighbours at the ends', (smoothing, smoothingWindows, expected) => {
    const smoothed = smooth([5, 1, 1, 1, 1], { smoothing, smoothingWindows });
    for (const [i, score] of smoothed.entries()) expect(score).toBeCloseTo(expected[i], 12);
  });

  it('takes out a single outlier', () => {
    expect(smooth([1, 1, -9, 1, 1], { smoothing: 'median' })).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([0, 2, 1.5])('refuses %d windows', (smoothingWindows) => {
    expect(() => smooth([1], { smoothing: 'mean', smoothingWindows })).toThrow(/odd number/);
  });
});

describe('aggregation', () => {
  const scores = [4, -3, 2, 1, -1];

  it.each([
    ['mean', 0.6],
    ['max', -3],
    ['top-k', -2],
    ['vote', 1],
  ] as const)('by %s', (aggregation, expected) => {
    expect(aggregate(scores, { aggregation, topK: 2 })).toBeCloseTo(expected, 12);
  });

  it('by vote is on the side of the threshold where most windows are', () => {
    expect(aggregate([-100, 1, 2], { aggregation: 'vote' })).toBeGreaterThan(0);
    expect(aggregate([100, -1, -2], { aggregation: 'vote' })).toBeLessThan(0);
  });

  it('refuses no windows for top-k', () => {
    expect(() => aggregate(scores, { aggregation: 'top-k', topK: 0 })).toThrow(/`topK`: expected/);
  });
});

describe('segments', () => {
  it('join neighbours of one label, and cover the recording', () => {
    expect(mergeSegments(windowsOf([3, 1, -2, -4, 5]))).toEqual([
      { start: 0, end: 2.5, score: 2, label: 'bonafide' },
      { start: 2.5, end: 4.5, score: -3, label: 'spoof' },
      { start: 4.5, end: 6, score: 5, label: 'bonafide' },
    ]);
  });

  it('tell where the scores turn, wherever the threshold lies', () => {
    const change = findChange(windowsOf([9, 8, 9, 8.5, 3, 2, 2.5, 3]));
    expect(change).toEqual({ time: 4.5, before: 8.625, after: 2.625 });
    expect(findChange(windowsOf([1, -1, 1, -1, 1, -1]))).toBeNull();
    expect(findChange(windowsOf([1, 1, 1, 1]))).toEqual(null);
    expect(findChange(windowsOf([1, -1]))).toBeNull();
  });
});

describe('windows', () => {
  async function cut(nSamples: number, nWindow: number, nHop: number, nBlock: number): Promise<[number, number][]> {
    const samples = Float32Array.from({ length: nSamples }, (_, i) => i);
    async function* blocks() {
      for (let at = 0; at < nSamples; at += nBlock) yield samples.subarray(at, at + nBlock);
    }
    const found: [number, number][] = [];
    for await (const { start, waveform } of cutWindows(blocks(), nWindow, nHop)) {
      expect(Array.from(waveform)).toEqual(Array.from(samples.subarray(start, start + waveform.length)));
      found.push([start, start + waveform.length]);
    }
    return found;
  }

  it.each([1, 3, 7, 100])('begin a hop apart and end with the recording, read in pieces of %i', async (nBlock) => {
    expect(await cut(20, 8, 5, nBlock)).toEqual([
      [0, 8],
      [5, 13],
      [10, 18],
      [12, 20],
    ]);
    expect(await cut(18, 8, 5, nBlock)).toEqual([
      [0, 8],
      [5, 13],
      [10, 18],
    ]);
    expect(await cut(8, 8, 8, nBlock)).toEqual([[0, 8]]);
    expect(await cut(9, 8, 8, nBlock)).toEqual([
      [0, 8],
      [1, 9],
    ]);
  });

  it('are one where the recording is shorter, and none where it is empty', async () => {
    expect(await cut(5, 8, 4, 2)).toEqual([[0, 5]]);
    expect(await cut(0, 8, 4, 2)).toEqual([]);
  });
});
