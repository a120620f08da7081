import { describe, expect, it } from 'vitest';
import { computeDetPoints, probit } from '../../src/metrics/det.js';
import { expectNear } from '../support/expect-near.js';
import { loadFixtureSet, randomSet } from '../support/metric-sets.js';

describe('computeDetPoints', () => {
  it('runs from accepting everything to rejecting everything', () => {
    const { bonafide, spoof } = randomSet(1);
    const points = computeDetPoints(bonafide, spoof);
    expect(points[0]).toMatchObject({ far: 1, frr: 0 });
    expect(points.at(-1)).toMatchObject({ far: 0, frr: 1 });
    for (const [i, point] of points.slice(1).entries()) {
      expect(point.far).toBeLessThanOrEqual(points[i].far);
      expect(point.frr).toBeGreaterThanOrEqual(points[i].frr);
    }
  });

  it('gives at each threshold the rates of rejecting up to it', () => {
    const { bonafide, spoof } = loadFixtureSet('ties_rounded');
    const share = (scores: number[], threshold: number): number =>
      scores.filter((score) => score <= threshold).length / scores.length;
    for (const { far, frr, threshold } of computeDetPoints(bonafide, spoof)) {
      expectNear(frr, share(bonafide, threshold), 1e-12);
      expectNear(far, 1 - share(spoof, threshold), 1e-12);
    }
  });

  it('keeps corners only', () => {
    expect(computeDetPoints([4, 5, 6], [1, 2, 3]).map(({ far, frr }) => [far, frr])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
  });

  it('draws equal scores as one straight line', () => {
    expect(computeDetPoints([1, 1], [1]).map(({ far, frr }) => [far, frr])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('probit', () => {
  // Reference: scipy.stats.norm.ppf, 1.17.1. Tolerance: the stated error of the approximation.
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [0.02, -2.053748910631823],
    [0.2, -0.8416212335729142],
    [1e-6, -4.753424308822899],
  ])('of %d is %d', (p, z) => {
    expectNear(probit(p), z, 2e-9);
    expectNear(probit(1 - p), -z, 2e-9);
  });

  it('is infinite at the ends', () => {
    expect(probit(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(probit(1)).toBe(Number.POSITIVE_INFINITY);
  });
});
