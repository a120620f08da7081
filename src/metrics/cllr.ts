/** Cost of log-likelihood ratios. */
import { type Scores, sortedScores } from './error-rates.js';

/**
 * Cllr in bits (Brümmer and du Preez, 2006): how good the scores are when read as natural-log likelihood ratios,
 * calibration included. 0 is perfect, 1 is what a score that is always 0 earns, and there is no upper bound.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeCllr(bonafide: Scores, spoof: Scores): number {
  const bonafideCost = meanSoftplus(sortedScores(bonafide, 'bona fide'), -1);
  const spoofCost = meanSoftplus(sortedScores(spoof, 'spoof'), 1);
  return (bonafideCost + spoofCost) / (2 * Math.LN2);
}

/** Mean of ln(1 + exp(sign * score)), written so that large scores don't overflow. */
function meanSoftplus(scores: Float64Array, sign: number): number {
  let sum = 0;
  for (const score of scores) sum += Math.max(sign * score, 0) + Math.log1p(Math.exp(-Math.abs(score)));
  return sum / scores.length;
}
