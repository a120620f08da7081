import { describe, expect, it } from 'vitest';
import { computeMinDcf } from '../../src/metrics/dcf.js';
import { computeEer } from '../../src/metrics/eer.js';
import { computeErrorRates } from '../../src/metrics/error-rates.js';
import { findOperatingPoints, thresholdForFar, thresholdForFrr } from '../../src/metrics/operating-points.js';

const range = (n: number, from: number): number[] => Array.from({ length: n }, (_, i) => from + i);

describe('operating points', () => {
  it('are those of the EER and of the least cost', () => {
    const [bonafide, spoof] = [
      [1, 2, 3, 4, 5],
      [-3, -2, 0, 1.5],
    ];
    expect(findOperatingPoints(bonafide, spoof)).toMatchObject({
      eer: computeEer(bonafide, spoof).threshold,
      'min-dcf': computeMinDcf(bonafide, spoof).threshold,
    });
  });

  it('keep each error within its one percent, and no stricter than need be', () => {
    const [bonafide, spoof] = [range(200, 100), range(200, 0)];
    const points = findOperatingPoints(bonafide, spoof);
    // Of 200, two may err.
    expect(spoof.filter((score) => score >= points['far-1-percent'])).toHaveLength(2);
    expect(bonafide.filter((score) => score < points['frr-1-percent'])).toHaveLength(2);
  });

  it('reject equal scores together, so that none goes beyond what is allowed', () => {
    const rates = computeErrorRates([1, 1, 1, 2, 3, 4], [0, 0.5]);
    expect([1, 1, 1, 2, 3, 4].filter((score) => score < thresholdForFrr(rates, 0.2))).toHaveLength(0);
    expect(thresholdForFrr(rates, 0.5)).toBe(1.5);
  });

  it('lie beyond every score where nothing may be accepted', () => {
    const rates = computeErrorRates([1], [2, 3]);
    expect(thresholdForFar(rates, 0)).toBeGreaterThan(3);
  });
});
