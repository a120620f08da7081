/**
 * Reference numbers: scipy 1.17.1 (`optimize.minimize` on the stated loss, BFGS then Nelder-Mead to 1e-12) and
 * scikit-learn 1.9.1 (`IsotonicRegression` with the stated weights), float64. Both minimise the same function, so that
 * only the minimisers' tolerance is left.
 */
import { describe, expect, it } from 'vitest';
import { calibrate, fitCalibration, logit, posterior } from '../../src/metrics/calibration.js';
import { computeCllr } from '../../src/metrics/cllr.js';
import { fitLogisticRegression } from '../../src/metrics/logistic-regression.js';

const BONAFIDE = [2.1, 0.4, 3.3, 1.2, -0.5, 2.8, 1.9];
const SPOOF = [-1.2, 0.3, -2.5, 0.9, -0.7];

describe('Platt scaling', () => {
  it.each([
    ['that overlap', BONAFIDE, SPOOF, 0.7796258841639829, -0.29430637772995877],
    ['that do not', [2, 3, 4], [-1, -2], 0.5208423086434715, -0.23710140743010566],
  ])('finds the line of scipy on classes %s', (_, bonafide, spoof, slope, intercept) => {
    const calibration = fitCalibration('platt', bonafide, spoof);
    expect(calibration).toEqual({
      method: 'platt',
      slope: expect.closeTo(slope, 6),
      intercept: expect.closeTo(intercept, 6),
    });
  });

  it('gives nearly the same ratios whatever the share of bona fide clips', () => {
    const scores = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + (2 * i) / n);
    const [bonafide, spoof] = [scores(500, 0), scores(500, -1)];
    const balanced = fitCalibration('platt', bonafide, spoof);
    // Ten times as many spoofs, with the same scores.
    const rare = fitCalibration(
      'platt',
      bonafide,
      spoof.flatMap((score) => Array.from({ length: 10 }, () => score)),
    );
    for (const score of [-1, 0, 1, 2]) {
      // Platt's targets know of the numbers; the odds of the classes would add ln 10.
      expect(Math.abs(calibrate(rare, score) - calibrate(balanced, score))).toBeLessThan(0.1);
    }
  });

  it('refuses scores that are upside down', () => {
    expect(() => fitCalibration('platt', SPOOF, BONAFIDE)).toThrow(/expected higher scores for bona fide/);
  });
});

describe('pooling adjacent violators', () => {
  const calibration = fitCalibration('pav', BONAFIDE, SPOOF);

  it('pools as scikit-learn does', () => {
    if (calibration.method !== 'pav') throw new Error('another method');
    // Half a clip of the other class at either end, whose effect on the balance of the classes is taken off.
    const balance = Math.log((1 + 0.5 / 7) / (1 + 0.5 / 5));
    const expected = [-2.128231705849268, -0.33647223662121306, 1.9661128563728314];
    expect(calibration.llrs).toHaveLength(3);
    for (const [i, llr] of calibration.llrs.entries()) expect(llr + balance).toBeCloseTo(expected[i], 10);
    const middles = [(-2.5 - 2.5 - 1.2 - 0.7) / 4, (-0.5 + 0.3 + 0.4 + 0.9) / 4, (1.2 + 1.9 + 2.1 + 2.8 + 3.3 * 2) / 6];
    for (const [i, score] of calibration.scores.entries()) expect(score).toBeCloseTo(middles[i], 12);
  });

  it('never falls, and stays finite beyond the ends', () => {
    const llrs = Array.from({ length: 200 }, (_, i) => calibrate(calibration, -10 + i / 10));
    for (const [i, llr] of llrs.entries()) {
      expect(Number.isFinite(llr)).toBe(true);
      if (i > 0) expect(llr).toBeGreaterThanOrEqual(llrs[i - 1]);
    }
  });

  it('counts equal scores once', () => {
    expect(fitCalibration('pav', [1, 1, 1], [1, 1])).toEqual({
      method: 'pav',
      scores: [1],
      llrs: [expect.closeTo(0, 12)],
    });
  });
});

describe('a calibration', () => {
  it.each(['platt', 'pav'] as const)('by %s lowers the cost of scores that mean something else', (method) => {
    const [bonafide, spoof] = [BONAFIDE, SPOOF].map((scores) => scores.map((score) => 10 * score + 3));
    const calibration = fitCalibration(method, bonafide, spoof);
    const llrs = [bonafide, spoof].map((scores) => scores.map((score) => calibrate(calibration, score)));
    expect(computeCllr(llrs[0], llrs[1])).toBeLessThan(computeCllr(bonafide, spoof));
  });

  it('turns ratios into probabilities by the prior', () => {
    expect(posterior(0, 0.3)).toBeCloseTo(0.3, 12);
    expect(posterior(Math.log(9), 0.5)).toBeCloseTo(0.9, 12);
    expect(posterior(logit(0.2), 0.5)).toBeCloseTo(0.2, 12);
    expect([posterior(1000, 0.5), posterior(-1000, 0.5)]).toEqual([1, 0]);
  });
});

describe('logistic regression', () => {
  it('finds the weights of scipy on two inputs, with a ridge', () => {
    const inputs = [
      [1, 0.2],
      [0.5, 1.5],
      [2, 1],
      [1.4, -0.3],
      [-1, -0.4],
      [-0.2, 0.6],
      [-1.5, -1.2],
      [0.6, -0.9],
    ];
    const { weights, bias } = fitLogisticRegression(
      inputs.map((row, i) => ({ inputs: row, target: i < 4 ? 0.9 : 0.1, weight: i < 4 ? 1 : 2 })),
      { ridge: 1e-2 },
    );
    expect(weights[0]).toBeCloseTo(1.31548595510112, 6);
    expect(weights[1]).toBeCloseTo(0.8226509431567319, 6);
    expect(bias).toBeCloseTo(-0.9158308796089565, 6);
  });

  it('copes with inputs that say the same, and with one that says nothing', () => {
    const rows = [0, 1, 2, 3].map((x) => ({ inputs: [x, x, 5], target: x > 1 ? 0.9 : 0.1, weight: 1 }));
    const { weights, bias } = fitLogisticRegression(rows, { ridge: 1e-3 });
    expect([...weights, bias].every(Number.isFinite)).toBe(true);
    expect(weights[0]).toBeCloseTo(weights[1], 6);
  });
});
