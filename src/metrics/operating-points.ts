/** Thresholds with names: where a detector decides, by what its errors on a set cost. */
import { findMinDcf } from './dcf.js';
import { findEer } from './eer.js';
import { computeErrorRates, type ErrorRates, type Scores } from './error-rates.js';

/** Names of operating points. */
export const OPERATING_POINTS = ['eer', 'min-dcf', 'far-1-percent', 'frr-1-percent'] as const;

/** The name of an operating point. */
export type OperatingPoint = (typeof OPERATING_POINTS)[number];

/** Share of errors that the last two allow. */
const ALLOWED = 0.01;

/**
 * The score of each operating point on a set: at or above it a clip counts as bona fide.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function findOperatingPoints(bonafide: Scores, spoof: Scores): Record<OperatingPoint, number> {
  const rates = computeErrorRates(bonafide, spoof);
  return {
    eer: findEer(rates).threshold,
    'min-dcf': findMinDcf(rates).threshold,
    'far-1-percent': thresholdForFar(rates, ALLOWED),
    'frr-1-percent': thresholdForFrr(rates, ALLOWED),
  };
}

/** The lowest threshold that accepts at most a share `far` of the spoofs: beyond it only bona fide is lost. */
export function thresholdForFar({ far, thresholds }: ErrorRates, allowed: number): number {
  return above(
    thresholds,
    far.findIndex((rate) => rate <= allowed),
  );
}

/** The highest threshold that rejects at most a share `frr` of the bona fide. */
export function thresholdForFrr({ frr, thresholds }: ErrorRates, allowed: number): number {
  return above(
    thresholds,
    // Not in the midst of equal scores, which are rejected together.
    frr.findLastIndex((rate, i) => rate <= allowed && thresholds[i] !== thresholds[i + 1]),
  );
}

/** Halfway between the score that is the last to be rejected and the next. */
function above(thresholds: Float64Array, index: number): number {
  const rejected = thresholds[index];
  const next = thresholds.slice(index + 1).find((score) => score > rejected);
  return next === undefined ? rejected + 0.001 : (rejected + next) / 2;
}
