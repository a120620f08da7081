import { describe, expect, it } from 'vitest';
import { computeCllr } from '../../src/metrics/cllr.js';
import { expectNear } from '../support/expect-near.js';
import { namedSets, TOLERANCE } from '../support/metric-sets.js';

describe('computeCllr', () => {
  it.each(namedSets())('gives the bits of %s as the ASVspoof 5 package', (_, { bonafide, spoof, expected }) => {
    expectNear(computeCllr(bonafide, spoof), expected.cllr_bits, TOLERANCE.value);
  });

  it('is one bit where every score is 0', () => {
    expectNear(computeCllr([0, 0], [0]), 1, 1e-15);
  });

  it('stays finite for scores whose exponential overflows', () => {
    expectNear(computeCllr([-1e4], [1e4]), 1e4 / Math.LN2, 1e-12);
    expect(computeCllr([1e4], [-1e4])).toBe(0);
  });
});
