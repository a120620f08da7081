import { describe, expect, it } from 'vitest';
import { computeAveragePrecision } from '../../src/metrics/average-precision.js';
import { expectNear } from '../support/expect-near.js';
import { namedSets, TOLERANCE } from '../support/metric-sets.js';

describe('computeAveragePrecision', () => {
  it.each(namedSets())('gives the value of %s as scikit-learn', (_, { bonafide, spoof, expected }) => {
    expectNear(computeAveragePrecision(bonafide, spoof), expected.average_precision, TOLERANCE.value);
  });

  it('is the share of bona fide trials where the scores say nothing', () => {
    expect(computeAveragePrecision([7], [7, 7, 7])).toBe(0.25);
  });
});
