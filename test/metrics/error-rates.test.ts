import { describe, expect, it } from 'vitest';
import { computeErrorRates, countBelow, firstMinimum, sortedScores } from '../../src/metrics/error-rates.js';
import { DataError } from '../../src/runtime/errors.js';
import { namedSets } from '../support/metric-sets.js';

describe('computeErrorRates', () => {
  it.each(namedSets().filter(([, { expected }]) => expected.det_curve !== undefined))(
    'walks the curve of %s as the official scripts do',
    (_, { bonafide, spoof, expected }) => {
      const { frr, far, thresholds } = computeErrorRates(bonafide, spoof);
      // Exact but for the sign of zero: the same divisions in the same order.
      const plain = (values: Iterable<number>): number[] => Array.from(values, (value) => value + 0);
      expect(plain(frr)).toEqual(plain(expected.det_curve?.frr ?? []));
      expect(plain(far)).toEqual(plain(expected.det_curve?.far ?? []));
      expect(plain(thresholds)).toEqual(plain(expected.det_curve?.thresholds ?? []));
    },
  );

  it('does not change what it is given', () => {
    const bonafide = [3, 1, 2];
    const spoof = Float64Array.of(0, -1);
    computeErrorRates(bonafide, spoof);
    expect(bonafide).toEqual([3, 1, 2]);
    expect([...spoof]).toEqual([0, -1]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses a score of %s', (bad) => {
    expect(() => computeErrorRates([1, bad], [0])).toThrow(DataError);
    expect(() => computeErrorRates([1], [0, 2, bad])).toThrow(/spoof score.*index 2/);
  });

  it('refuses an empty class by name', () => {
    expect(() => computeErrorRates([], [0])).toThrow(/at least one bona fide trial/);
    expect(() => computeErrorRates([0], [])).toThrow(/at least one spoof trial/);
  });
});

describe('countBelow', () => {
  it('counts strictly lower entries, at ties and beyond both ends', () => {
    const sorted = sortedScores([5, 1, 3, 3, 3], 'test');
    expect([0, 1, 2, 3, 4, 5, 6].map((threshold) => countBelow(sorted, threshold))).toEqual([0, 0, 1, 1, 4, 4, 5]);
  });
});

describe('firstMinimum', () => {
  it('takes the first of equal minima', () => {
    expect(firstMinimum(Float64Array.of(2, 1, 1, 3))).toBe(1);
  });
});
