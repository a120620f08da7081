/** Average precision. */
import { type Scores, sortedScores } from './error-rates.js';

/**
 * Average precision with bona fide as the positive class: the sum over falling thresholds of the step in recall times
 * the precision there, without interpolation, as scikit-learn's `average_precision_score`.
 *
 * @returns a fraction in (0, 1]; chance is the share of bona fide trials
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeAveragePrecision(bonafide: Scores, spoof: Scores): number {
  const positives = sortedScores(bonafide, 'bona fide');
  const negatives = sortedScores(spoof, 'spoof');
  let sum = 0;
  let positive = positives.length;
  let negative = negatives.length;
  while (positive > 0) {
    const threshold = positives[positive - 1];
    const before = positive;
    while (positive > 0 && positives[positive - 1] >= threshold) positive--;
    while (negative > 0 && negatives[negative - 1] >= threshold) negative--;
    const accepted = positives.length - positive;
    sum += ((before - positive) * accepted) / (accepted + negatives.length - negative);
  }
  return sum / positives.length;
}
