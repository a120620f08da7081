/**
 * Tandem detection cost function (t-DCF): what a countermeasure costs when it guards a given speaker verification (ASV)
 * system. Two forms are in use: that of ASVspoof 2019 (Kinnunen et al., Odyssey 2018) and the revision of ASVspoof 2021
 * (Kinnunen et al., TASLP 2020), with the parameters that both challenges fixed.
 */
import { DataError } from '../runtime/errors.js';
import { COST_FALSE_ACCEPT, COST_MISS, P_NONTARGET, P_SPOOF, P_TARGET } from './costs.js';
import { computeEer } from './eer.js';
import {
  computeErrorRates,
  countBelow,
  type ErrorRates,
  firstMinimum,
  type Scores,
  sortedScores,
} from './error-rates.js';

/** Scores of an ASV system by kind of trial; a higher score means more like the claimed speaker. */
export interface AsvScores {
  /** The claimed speaker, bona fide. */
  readonly target: Scores;
  /** Another speaker, bona fide: a zero-effort impostor. */
  readonly nontarget: Scores;
  /** A spoofed clip of the claimed speaker. */
  readonly spoof: Scores;
}

/** How an ASV system errs at its operating point; fractions. */
export interface AsvErrorRates {
  /** Share of target trials rejected. */
  readonly missRate: number;
  /** Share of zero-effort impostors accepted. */
  readonly falseAcceptRate: number;
  /** Share of spoof trials accepted. */
  readonly spoofFalseAcceptRate: number;
}

/** `2019`: legacy, divided by the smaller weight. `2021`: revised, with the ASV system's own errors in both terms. */
export type TdcfVariant = '2019' | '2021';

/** A minimum t-DCF and the countermeasure threshold where it is reached. */
export interface TandemCost {
  /** Normalised: at most 1; 0 is perfect in the 2019 form, while the 2021 form can't fall below the ASV's own share. */
  readonly value: number;
  readonly threshold: number;
}

/**
 * The error rates of an ASV system at its EER point (targets against zero-effort impostors), where both challenges
 * fix it.
 *
 * @throws DataError where one of the three kinds of trial is missing or a score is not finite
 */
export function computeAsvErrorRates(scores: AsvScores): AsvErrorRates & { eer: number; threshold: number } {
  const target = sortedScores(scores.target, 'ASV target');
  const nontarget = sortedScores(scores.nontarget, 'ASV nontarget');
  const spoof = sortedScores(scores.spoof, 'ASV spoof');
  const { eer, threshold } = computeEer(target, nontarget);
  return {
    eer,
    threshold,
    missRate: countBelow(target, threshold) / target.length,
    falseAcceptRate: (nontarget.length - countBelow(nontarget, threshold)) / nontarget.length,
    spoofFalseAcceptRate: (spoof.length - countBelow(spoof, threshold)) / spoof.length,
  };
}

/**
 * Minimum normalised t-DCF of a countermeasure over all its thresholds.
 *
 * @throws DataError where there are fewer than three distinct scores (decisions, not scores), where the ASV system
 *   leaves nothing to weigh, where a class is empty or where a score is not finite
 */
export function computeMinTdcf(bonafide: Scores, spoof: Scores, asv: AsvErrorRates, variant: TdcfVariant): TandemCost {
  return findMinTdcf(computeErrorRates(bonafide, spoof), asv, variant);
}

/** As `computeMinTdcf`, from a step curve that is there already. */
export function findMinTdcf(
  { frr, far, thresholds }: ErrorRates,
  asv: AsvErrorRates,
  variant: TdcfVariant,
): TandemCost {
  // The first threshold lies below all scores, so it counts as one more.
  if (new Set(thresholds).size < 4) {
    throw new DataError(
      `t-DCF: expected at least 3 distinct countermeasure scores, got ${new Set(thresholds).size - 1}; ` +
        'give scores rather than decisions',
    );
  }
  // Weights of a miss and of an accepted spoof, and what the ASV system costs whatever the countermeasure does.
  const asvCost = P_TARGET * COST_MISS * asv.missRate + P_NONTARGET * COST_FALSE_ACCEPT * asv.falseAcceptRate;
  const missWeight = P_TARGET * COST_MISS - asvCost;
  const spoofWeight = P_SPOOF * COST_FALSE_ACCEPT * asv.spoofFalseAcceptRate;
  const offset = variant === '2021' ? asvCost : 0;
  const normaliser = offset + Math.min(missWeight, spoofWeight);
  if (!(missWeight >= 0 && spoofWeight >= 0 && normaliser > 0)) {
    throw new DataError(
      `t-DCF: the ASV system leaves a countermeasure nothing to do, got weights ${missWeight} (miss) and ` +
        `${spoofWeight} (spoof); check the ASV scores and that higher means target`,
    );
  }
  const costs = frr.map((missRate, i) => (offset + missWeight * missRate + spoofWeight * far[i]) / normaliser);
  const best = firstMinimum(costs);
  return { value: costs[best], threshold: thresholds[best] };
}
