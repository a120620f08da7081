/** Equal error rate, exactly as the official ASVspoof scripts compute it. */
import { computeErrorRates, type ErrorRates, firstMinimum, type Scores } from './error-rates.js';

/** The operating point where both kinds of error are as near to equal as the trials allow. */
export interface EqualErrorRate {
  /** Mean of false rejection and false acceptance rate there, a fraction in [0, 1]. */
  readonly eer: number;
  /** The score of the last rejected trial there; the lowest score minus 0.001 where none is rejected. */
  readonly threshold: number;
}

/**
 * EER of a detector: the mean of the false rejection and the false acceptance rate at the first point of the step curve
 * where their difference is smallest. Equal scores count bona fide first, so a detector that gives every trial the same
 * score has an EER of 1, not 0.5. EERs read off an interpolated ROC curve differ on small sets.
 *
 * @param bonafide scores of the bona fide trials
 * @param spoof scores of the spoof trials
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeEer(bonafide: Scores, spoof: Scores): EqualErrorRate {
  return findEer(computeErrorRates(bonafide, spoof));
}

/** As `computeEer`, from a step curve that is there already. */
export function findEer({ frr, far, thresholds }: ErrorRates): EqualErrorRate {
  const best = firstMinimum(frr.map((rejected, i) => Math.abs(rejected - far[i])));
  return { eer: (frr[best] + far[best]) / 2, threshold: thresholds[best] };
}
