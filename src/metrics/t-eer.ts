/** Tandem equal error rate (t-EER) of a countermeasure in front of a speaker verification system. */
import { DataError } from '../runtime/errors.js';
import { computeErrorRates, nextRejected, type Scores, sortedScores } from './error-rates.js';
import type { AsvScores } from './tdcf.js';

/** Share of spoof trials among the trials to be refused. The concurrent t-EER is the same for every choice. */
const SPOOF_PREVALENCE = 0.5;

/**
 * Concurrent t-EER (Kinnunen et al., TPAMI 2023): the error rate at the pair of thresholds where the misses of the
 * tandem, its false accepts of impostors and its false accepts of spoofs agree. A fraction (the official script prints
 * percent). The official script decimates large sets; this one stays exact, because the tandem's error difference rises
 * with the countermeasure's threshold and can be bisected.
 *
 * @param asv ASV scores of the trials
 * @param bonafide countermeasure scores of the target and nontarget trials
 * @param spoof countermeasure scores of the spoof trials
 * @throws DataError where a kind of trial is missing, a score is not finite, or the ASV system accepts no target trial
 *   at any threshold that refuses others
 */
export function computeTEer(asv: AsvScores, bonafide: Scores, spoof: Scores): number {
  const { frr, far } = computeErrorRates(bonafide, spoof);
  let nearest = Number.POSITIVE_INFINITY;
  let tEer: number | undefined;
  forEachAsvPoint(asv, (missRate, nontargetAccepts, spoofAccepts) => {
    const accepts = (1 - SPOOF_PREVALENCE) * nontargetAccepts + SPOOF_PREVALENCE * spoofAccepts;
    if (missRate >= accepts) return;
    const difference = (i: number): number =>
      frr[i] +
      (1 - frr[i]) * missRate -
      ((1 - SPOOF_PREVALENCE) * (1 - frr[i]) * nontargetAccepts + SPOOF_PREVALENCE * far[i] * spoofAccepts);
    const i = firstNearestToZero(difference, frr.length);
    const gap = Math.abs(nontargetAccepts / spoofAccepts - far[i] / (1 - frr[i]));
    if (gap < nearest) {
      nearest = gap;
      tEer = spoofAccepts * far[i];
    }
  });
  if (tEer === undefined) {
    throw new DataError('t-EER: the ASV scores separate no target from the others; check that higher means target');
  }
  return tEer;
}

/** First index where the magnitude of a non-decreasing function is smallest. */
function firstNearestToZero(value: (i: number) => number, n: number): number {
  const firstAtLeast = (bound: number): number => {
    let low = 0;
    let high = n;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value(middle) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const above = firstAtLeast(0);
  if (above === 0) return 0;
  // The values just below zero may be several equal ones; the first of them stands for all.
  const below = firstAtLeast(value(above - 1));
  return above < n && Math.abs(value(above)) < Math.abs(value(below)) ? above : below;
}

/** The ASV system's error rates at "accept everything" and then at each score, targets first among equal ones. */
function forEachAsvPoint(
  asv: AsvScores,
  visit: (missRate: number, nontargetAccepts: number, spoofAccepts: number) => void,
): void {
  const target = sortedScores(asv.target, 'ASV target');
  const nontarget = sortedScores(asv.nontarget, 'ASV nontarget');
  const spoof = sortedScores(asv.spoof, 'ASV spoof');
  const kinds = [target, nontarget, spoof];
  const rejected = [0, 0, 0];
  const n = target.length + nontarget.length + spoof.length;
  for (let step = 0; step <= n; step++) {
    visit(rejected[0] / target.length, 1 - rejected[1] / nontarget.length, 1 - rejected[2] / spoof.length);
    const next = nextRejected(kinds, rejected);
    if (next !== -1) rejected[next]++;
  }
}
