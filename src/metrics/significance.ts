/** Whether two detectors differ by more than the choice of trials explains. */
import { DataError } from '../runtime/errors.js';
import {
  type BootstrapOptions,
  type ConfidenceInterval,
  checkedOptions,
  createResampler,
  percentileInterval,
  rejectionOrder,
  resampledEer,
} from './bootstrap.js';
import { computeEer } from './eer.js';
import type { ScoredTrial } from './summary.js';

/** The difference of two detectors' EERs. */
export interface EerDifference {
  /** Mean EER of the first less that of the second, a fraction. */
  readonly difference: number;
  readonly confidenceInterval: ConfidenceInterval;
  /** Two-sided, of the hypothesis that the EERs are equal; never below `2 / (resamples + 1)`. */
  readonly pValue: number;
}

/**
 * Paired bootstrap of the difference of two detectors' EERs: each resample draws trials of each class with replacement,
 * the same ones for both, and takes the difference of the EERs, averaged over the runs of each detector. So it covers the
 * choice of trials, and of the runs only their mean. After Bengio and Mariéthoz, "A statistical significance test for
 * person authentication" (Odyssey 2004), and Efron and Tibshirani (1993).
 *
 * @param a runs of one detector, that is the same trials scored by one or more seeds
 * @param b runs of the other, on the same trials
 * @throws DataError where the runs score different trials, or lack a class
 * @throws ConfigError where an option is out of range
 */
export function compareEers(
  a: readonly (readonly ScoredTrial[])[],
  b: readonly (readonly ScoredTrial[])[],
  options: BootstrapOptions = {},
): EerDifference {
  const { resamples, confidence } = checkedOptions(options);
  const [first, second] = resampledMeans([a, b], options);
  const differences = first.draws.map((eer, i) => eer - second.draws[i]);
  const nBelow = differences.filter((difference) => difference <= 0).length;
  const nAbove = differences.filter((difference) => difference >= 0).length;
  const pValue = Math.min(1, (2 * (Math.min(nBelow, nAbove) + 1)) / (resamples + 1));
  return {
    difference: first.mean - second.mean,
    confidenceInterval: percentileInterval(differences, confidence),
    pValue,
  };
}

/**
 * Mean EER of a detector's runs, with a percentile bootstrap interval over the choice of trials.
 *
 * @param runs the same trials scored by one or more seeds
 * @throws DataError where the runs score different trials, or lack a class
 * @throws ConfigError where an option is out of range
 */
export function meanEer(
  runs: readonly (readonly ScoredTrial[])[],
  options: BootstrapOptions = {},
): { mean: number; confidenceInterval: ConfidenceInterval } {
  const [{ mean, draws }] = resampledMeans([runs], options);
  return { mean, confidenceInterval: percentileInterval(draws, checkedOptions(options).confidence) };
}

/** Mean EER over the runs of each system, as it is and in each resample of the trials, which all systems share. */
function resampledMeans(
  systems: readonly (readonly (readonly ScoredTrial[])[])[],
  options: BootstrapOptions,
): { mean: number; draws: Float64Array }[] {
  const { resamples, seed } = checkedOptions(options);
  const trials = [...(systems[0][0] ?? [])].sort(byUtterance);
  const nBonafide = trials.filter(({ label }) => label === 'bonafide').length;
  const nSpoof = trials.length - nBonafide;
  const draw = createResampler(nBonafide, nSpoof, seed);
  const prepared = systems.map((runs) => {
    const scores = runs.map((run) => alignedScores(run, trials));
    return {
      orders: scores.map(({ bonafide, spoof }) => rejectionOrder(bonafide, spoof)),
      mean: average(scores.map(({ bonafide, spoof }) => computeEer(bonafide, spoof).eer)),
      draws: new Float64Array(resamples),
    };
  });
  for (let i = 0; i < resamples; i++) {
    const counts = draw();
    for (const { orders, draws } of prepared) {
      draws[i] = average(orders.map((order) => resampledEer(order, nBonafide, nSpoof, counts)));
    }
  }
  return prepared;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Holm's correction for several tests: p-values that may be held against one level all at once (Holm, 1979).
 *
 * @returns corrected p-values in the order of `pValues`
 */
export function holmCorrected(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const corrected = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[i]));
    corrected[i] = largest;
  }
  return corrected;
}

/** Scores by class, in the order of `trials`. */
function alignedScores(
  run: readonly ScoredTrial[],
  trials: readonly ScoredTrial[],
): { bonafide: number[]; spoof: number[] } {
  const sorted = [...run].sort(byUtterance);
  const differs = trials.findIndex(
    ({ utterance, label }, i) => sorted[i]?.utterance !== utterance || sorted[i].label !== label,
  );
  if (differs !== -1 || sorted.length !== trials.length) {
    const { utterance } = trials[differs] ?? sorted[trials.length];
    throw new DataError(
      `comparison: expected every system to score the same trials, got ${trials.length} and ${sorted.length}, ` +
        `which differ at ${utterance}; compare systems on one set`,
    );
  }
  const of = (wanted: ScoredTrial['label']) => sorted.filter(({ label }) => label === wanted).map(({ score }) => score);
  return { bonafide: of('bonafide'), spoof: of('spoof') };
}

function byUtterance(a: ScoredTrial, b: ScoredTrial): number {
  return a.utterance < b.utterance ? -1 : a.utterance > b.utterance ? 1 : 0;
}
