/** Area under the ROC curve. */
import { type Scores, sortedScores } from './error-rates.js';

/**
 * Probability that a random bona fide trial scores above a random spoof trial, ties counting one half: the area under
 * the ROC curve, equal to scikit-learn's `roc_auc_score` with bona fide as the positive class.
 *
 * @returns a fraction in [0, 1]; 0.5 is chance
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeRocAuc(bonafide: Scores, spoof: Scores): number {
  const positives = sortedScores(bonafide, 'bona fide');
  const negatives = sortedScores(spoof, 'spoof');
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below] < score) below++;
    while (upTo < negatives.length && negatives[upTo] <= score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (positives.length * negatives.length);
}
