import { describe, expect, it } from 'vitest';
import { createResampler } from '../../src/metrics/bootstrap.js';
import { computeEer } from '../../src/metrics/eer.js';
import { compareEers, holmCorrected, meanEer } from '../../src/metrics/significance.js';
import type { ScoredTrial } from '../../src/metrics/summary.js';
import { createRandom } from '../../src/runtime/random.js';

const N_BONAFIDE = 40;
const N_SPOOF = 60;

/** A detector whose classes lie `separation` apart; trials that are hard are hard for every detector. */
function detector(separation: number, seed: number): ScoredTrial[] {
  const difficulty = createRandom(1, 'difficulty');
  const random = createRandom(seed, 'detector');
  return Array.from({ length: N_BONAFIDE + N_SPOOF }, (_, i) => {
    const label = i < N_BONAFIDE ? 'bonafide' : 'spoof';
    const score = (label === 'bonafide' ? separation : 0) + difficulty.normal() + 0.5 * random.normal();
    return { utterance: `u${i}`, label, score };
  });
}

describe('compareEers', () => {
  it('finds nothing between a detector and itself', () => {
    const runs = [detector(2, 1)];
    const { difference, pValue, confidenceInterval } = compareEers(runs, runs, { resamples: 200 });
    expect(difference).toBe(0);
    expect(pValue).toBe(1);
    expect([confidenceInterval.low, confidenceInterval.high]).toEqual([0, 0]);
  });

  it('tells a good detector from a poor one, with the sign of the first less the second', () => {
    const good = [detector(4, 1), detector(4, 2)];
    const poor = [detector(1, 3), detector(1, 4)];
    const { difference, pValue, confidenceInterval } = compareEers(poor, good, { resamples: 500 });
    expect(difference).toBeGreaterThan(0.15);
    expect(confidenceInterval.low).toBeGreaterThan(0);
    expect(pValue).toBeCloseTo(2 / 501, 12);
    expect(compareEers(good, poor, { resamples: 500 }).difference).toBeCloseTo(-difference, 12);
  });

  it('does not tell detectors apart that differ by chance', () => {
    const { pValue, confidenceInterval } = compareEers([detector(2, 1)], [detector(2, 2)], { resamples: 500 });
    expect(pValue).toBeGreaterThan(0.05);
    expect(confidenceInterval.low).toBeLessThan(0);
    expect(confidenceInterval.high).toBeGreaterThan(0);
  });

  it('agrees with resampling the long way, whatever the order of a system’s trials', () => {
    const [a, b] = [detector(2, 1), detector(1.5, 2)];
    const sorted = (run: ScoredTrial[]) => [...run].sort((x, y) => (x.utterance < y.utterance ? -1 : 1));
    const draw = createResampler(N_BONAFIDE, N_SPOOF, 7);
    const differences = Array.from({ length: 100 }, () => {
      const counts = draw();
      const [eerA, eerB] = [sorted(a), sorted(b)].map((run) => {
        const of = (label: string) => run.filter((trial) => trial.label === label).map(({ score }) => score);
        const repeated = (scores: number[], offset: number) =>
          scores.flatMap((score, i) => new Array<number>(counts[offset + i]).fill(score));
        return computeEer(repeated(of('bonafide'), 0), repeated(of('spoof'), N_BONAFIDE)).eer;
      });
      return eerA - eerB;
    }).sort((x, y) => x - y);
    const { confidenceInterval } = compareEers([a.toReversed()], [b], { resamples: 100, seed: 7, confidence: 0.98 });
    // The first and last percentile of 100 draws lie between the two outermost on either side.
    expect(confidenceInterval.low).toBeCloseTo(differences[0] + 0.99 * (differences[1] - differences[0]), 9);
    expect(confidenceInterval.high).toBeCloseTo(differences[98] + 0.01 * (differences[99] - differences[98]), 9);
  });

  it('refuses systems that scored other trials, naming the first', () => {
    const run = detector(2, 1);
    expect(() => compareEers([run], [run.slice(1)])).toThrow(/same trials.*100 and 99.*u0/);
    const relabelled = run.map((trial) => (trial.utterance === 'u5' ? { ...trial, label: 'spoof' as const } : trial));
    expect(() => compareEers([run], [relabelled])).toThrow(/u5/);
  });
});

describe('meanEer', () => {
  it('is the mean over the runs, inside its interval', () => {
    const runs = [detector(2, 1), detector(1, 2)];
    const eers = runs.map((run) => {
      const of = (label: string) => run.filter((trial) => trial.label === label).map(({ score }) => score);
      return computeEer(of('bonafide'), of('spoof')).eer;
    });
    const { mean, confidenceInterval } = meanEer(runs, { resamples: 300 });
    expect(mean).toBeCloseTo((eers[0] + eers[1]) / 2, 12);
    expect(confidenceInterval.low).toBeLessThan(mean);
    expect(confidenceInterval.high).toBeGreaterThan(mean);
  });
});

describe('holmCorrected', () => {
  it('raises each p-value by the tests that are left, and keeps their order', () => {
    const corrected = holmCorrected([0.01, 0.04, 0.03, 0.005]);
    for (const [i, expected] of [0.03, 0.06, 0.06, 0.02].entries()) expect(corrected[i]).toBeCloseTo(expected, 12);
  });

  it('never passes 1, and leaves a single test as it is', () => {
    expect(holmCorrected([0.6, 0.9])).toEqual([1, 1]);
    expect(holmCorrected([0.2])).toEqual([0.2]);
  });
});
