import { describe, expect, test } from 'vitest';
import { drawBinomial } from '../../src/metrics/binomial.js';
import { createRandom } from '../../src/runtime/random.js';

/** Draws of each. */
const N_DRAWS = 40_000;

/** The probability of `k`, by the recurrence from the mode down and up, which does not underflow. */
function distribution(n: number, p: number): number[] {
  const weights = new Array<number>(n + 1).fill(0);
  const mode = Math.floor((n + 1) * p);
  weights[mode] = 1;
  for (let k = mode; k < n; k++) weights[k + 1] = (weights[k] * (n - k) * p) / ((k + 1) * (1 - p));
  for (let k = mode; k > 0; k--) weights[k - 1] = (weights[k] * k * (1 - p)) / ((n - k + 1) * p);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

describe('drawBinomial', () => {
  test.each([
    [5, 0.3],
    [40, 0.02],
    [100, 0.2],
    [1000, 0.5],
    [1000, 0.97],
    [3000, 0.004],
  ])('of %i trials with chance %f has the distribution it should', (n, p) => {
    const random = createRandom(1, 'binomial', n, p);
    const counts = new Array<number>(n + 1).fill(0);
    for (let i = 0; i < N_DRAWS; i++) counts[drawBinomial(n, p, random.uniform)]++;
    // The largest distance of the distribution functions: Kolmogorov's bound that a right one exceeds once in 10^5.
    let [drawn, wanted, distance] = [0, 0, 0];
    distribution(n, p).forEach((probability, k) => {
      drawn += counts[k] / N_DRAWS;
      wanted += probability;
      distance = Math.max(distance, Math.abs(drawn - wanted));
    });
    expect(distance).toBeLessThan(2.47 / Math.sqrt(N_DRAWS));
  });

  test('has the mean and the variance of a million trials', () => {
    const random = createRandom(2, 'binomial');
    const [n, p] = [1_000_000, 0.3];
    const draws = Array.from({ length: N_DRAWS }, () => drawBinomial(n, p, random.uniform));
    const mean = draws.reduce((sum, k) => sum + k, 0) / N_DRAWS;
    const variance = draws.reduce((sum, k) => sum + (k - mean) ** 2, 0) / N_DRAWS;
    expect(Math.abs(mean - n * p)).toBeLessThan((4 * Math.sqrt(n * p * (1 - p))) / Math.sqrt(N_DRAWS));
    expect(Math.abs(variance / (n * p * (1 - p)) - 1)).toBeLessThan(4 * Math.sqrt(2 / N_DRAWS));
  });

  test('is certain where the chance is 0 or 1', () => {
    const { uniform } = createRandom(3, 'binomial');
    expect([drawBinomial(7, 0, uniform), drawBinomial(7, 1, uniform), drawBinomial(0, 0.5, uniform)]).toEqual([
      0, 7, 0,
    ]);
  });
});
