/** Normalised detection cost of a countermeasure on its own, as in ASVspoof 5, track 1. */
import { COST_FALSE_ACCEPT, COST_MISS, P_SPOOF } from './costs.js';
import {
  computeErrorRates,
  countBelow,
  type ErrorRates,
  firstMinimum,
  type Scores,
  sortedScores,
} from './error-rates.js';

/** The cheaper of accepting everything and rejecting everything: what a system without a detector pays. */
const DEFAULT_COST = Math.min(COST_MISS * (1 - P_SPOOF), COST_FALSE_ACCEPT * P_SPOOF);

/** A detection cost with the threshold it belongs to. */
export interface DetectionCost {
  /** Cost divided by that of the better trivial decision; 0 is perfect. */
  readonly value: number;
  readonly threshold: number;
}

/**
 * minDCF: the lowest cost over all thresholds, with the priors and costs of `costs.ts`.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeMinDcf(bonafide: Scores, spoof: Scores): DetectionCost {
  return findMinDcf(computeErrorRates(bonafide, spoof));
}

/** As `computeMinDcf`, from a step curve that is there already. */
export function findMinDcf({ frr, far, thresholds }: ErrorRates): DetectionCost {
  const costs = frr.map((missRate, i) => cost(missRate, far[i]));
  const best = firstMinimum(costs);
  return { value: costs[best] / DEFAULT_COST, threshold: thresholds[best] };
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
