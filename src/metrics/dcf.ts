/** Normalised detection cost of a countermeasure on its own, as in ASVspoof 5, track 1. */
import { computeErrorRates, countBelow, type ErrorRates, type Scores, sortedScores } from './error-rates.js';

/** Prior of a spoofing attack, and the costs of a rejected bona fide and an accepted spoof trial. */
const P_SPOOF = 0.05;
const COST_MISS = 1;
const COST_FALSE_ACCEPT = 10;
/** The cheaper of accepting everything and rejecting everything: what a system without a detector pays. */
const DEFAULT_COST = Math.min(COST_MISS * (1 - P_SPOOF), COST_FALSE_ACCEPT * P_SPOOF);

/** A detection cost with the threshold it belongs to. */
export interface DetectionCost {
  /** Cost divided by that of the better trivial decision; 0 is perfect. */
  readonly value: number;
  readonly threshold: number;
}

/**
 * minDCF: the lowest cost over all thresholds, with a spoof prior of 0.05 and costs 1 (miss) and 10 (false accept).
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeMinDcf(bonafide: Scores, spoof: Scores): DetectionCost {
  return findMinDcf(computeErrorRates(bonafide, spoof));
}

/** As `computeMinDcf`, from a step curve that is there already. */
export function findMinDcf({ frr, far, thresholds }: ErrorRates): DetectionCost {
  let lowest = Number.POSITIVE_INFINITY;
  let threshold = thresholds[0];
  for (let i = 0; i < frr.length; i++) {
    const value = cost(frr[i], far[i]);
    if (value < lowest) {
      lowest = value;
      threshold = thresholds[i];
    }
  }
  return { value: lowest / DEFAULT_COST, threshold };
}

/**
 * actDCF: the cost at the threshold that is best for scores that are natural-log likelihood ratios, with the costs and
 * the prior of `computeMinDcf`. The gap to minDCF is what poor calibration costs.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeActDcf(bonafide: Scores, spoof: Scores): DetectionCost {
  const sortedBonafide = sortedScores(bonafide, 'bona fide');
  const sortedSpoof = sortedScores(spoof, 'spoof');
  const threshold = -Math.log((COST_MISS * (1 - P_SPOOF)) / (COST_FALSE_ACCEPT * P_SPOOF));
  const missRate = countBelow(sortedBonafide, threshold) / sortedBonafide.length;
  const falseAcceptRate = (sortedSpoof.length - countBelow(sortedSpoof, threshold)) / sortedSpoof.length;
  return { value: cost(missRate, falseAcceptRate) / DEFAULT_COST, threshold };
}

function cost(missRate: number, falseAcceptRate: number): number {
  return COST_MISS * missRate * (1 - P_SPOOF) + COST_FALSE_ACCEPT * falseAcceptRate * P_SPOOF;
}
