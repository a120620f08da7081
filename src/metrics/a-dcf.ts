/** Architecture-agnostic detection cost (a-DCF) of a spoofing-robust speaker verification system. */
import { COST_FALSE_ACCEPT, COST_MISS, P_NONTARGET, P_SPOOF, P_TARGET } from './costs.js';
import type { DetectionCost } from './dcf.js';
import { nextRejected, type Scores, sortedScores } from './error-rates.js';

/**
 * Minimum normalised a-DCF (Shim et al., Odyssey 2024) of single scores that should be high for bona fide target trials
 * only, with the priors and costs of ASVspoof 5, track 2. 0 is perfect; 1 is what a trivial decision costs.
 *
 * @throws DataError where a kind of trial is missing or a score is not finite
 */
export function computeMinADcf(target: Scores, nontarget: Scores, spoof: Scores): DetectionCost {
  const sorted = [
    sortedScores(target, 'target'),
    sortedScores(nontarget, 'nontarget'),
    sortedScores(spoof, 'spoof'),
  ] as const;
  const [nTarget, nNontarget, nSpoof] = sorted.map((scores) => scores.length);
  const rejected = [0, 0, 0];
  const costNow = (): number =>
    COST_MISS * P_TARGET * (rejected[0] / nTarget) +
    COST_FALSE_ACCEPT * P_NONTARGET * ((nNontarget - rejected[1]) / nNontarget) +
    COST_FALSE_ACCEPT * P_SPOOF * ((nSpoof - rejected[2]) / nSpoof);
  let lowest = costNow();
  // The published threshold of "accept everything" lies this far below the lowest score.
  let threshold = Math.min(...sorted.map((scores) => scores[0])) - 1e-8;
  for (let step = 0; step < nTarget + nNontarget + nSpoof; step++) {
    const next = nextRejected(sorted, rejected);
    const score = sorted[next][rejected[next]++];
    const cost = costNow();
    if (cost < lowest) {
      lowest = cost;
      threshold = score;
    }
  }
  const defaultCost = Math.min(COST_MISS * P_TARGET, COST_FALSE_ACCEPT * P_NONTARGET + COST_FALSE_ACCEPT * P_SPOOF);
  return { value: lowest / defaultCost, threshold };
}
