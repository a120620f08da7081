/** Scores to what they mean: a log-likelihood ratio, a probability and a label. */
import type { Label } from '../data/trial.js';
import { calibrate, posterior } from '../metrics/calibration.js';
import { OPERATING_POINTS, type OperatingPoint } from '../metrics/operating-points.js';
import { ConfigError } from '../runtime/errors.js';
import { suggestion } from '../runtime/options.js';
import type { Scorer } from './scorer.js';

/** What a clip is called: `uncertain` between two thresholds, `no_speech` where nothing is to be heard. */
export type Verdict = Label | 'uncertain' | 'no_speech';

/** What a score means. */
export interface Decision {
  /** Calibrated natural-log likelihood ratio of bona fide against spoof; null without a calibration. */
  readonly llr: number | null;
  /** Probability of bona fide at the prior; null without a calibration. */
  readonly probability: number | null;
  readonly label: Verdict;
}

/** How is decided. */
export interface DecisionOptions {
  /** Probability of bona fide before anything is heard, above 0 and below 1. Default 0.5. */
  readonly prior?: number;
  /** Threshold: a score, or the name of an operating point. Default the one that travels with the model. */
  readonly operatingPoint?: OperatingPoint | number;
  /** Between these two, in the same terms, a clip is `uncertain`. */
  readonly uncertain?: readonly [low: OperatingPoint | number, high: OperatingPoint | number];
}

/**
 * Makes the rule by which a scorer's scores are read.
 *
 * @throws ConfigError where a prior is none, the two thresholds are in the wrong order, or an operating point is asked for
 *   that the scorer has not
 */
export function createDecider(
  { threshold, calibration }: Pick<Scorer, 'threshold' | 'calibration'>,
  { prior = 0.5, operatingPoint, uncertain }: DecisionOptions = {},
): (score: number, hasSpeech: boolean) => Decision {
  if (!(prior > 0 && prior < 1)) throw new ConfigError(`prior: expected a number between 0 and 1, got ${prior}`);
  const thresholdOf = (point: OperatingPoint | number): number => {
    if (typeof point === 'number') return point;
    if (calibration !== undefined) return calibration.operatingPoints[point];
    if (point === 'eer') return threshold;
    throw new ConfigError(
      `operating point ${point}: the model has none stored, only eer; fit them with "voiceproof calibrate", or give a score`,
    );
  };
  const decide = operatingPoint === undefined ? threshold : thresholdOf(operatingPoint);
  const [low, high] = uncertain?.map(thresholdOf) ?? [decide, decide];
  if (low > high) {
    throw new ConfigError(
      `uncertain: expected the lower threshold first, got ${low} and ${high}; exchange them, or where both are operating points the model errs so little that it is never unsure`,
    );
  }
  return (score, hasSpeech) => {
    const llr = calibration === undefined ? null : calibrate(calibration.map, score);
    const probability = llr === null ? null : posterior(llr, prior);
    return { llr, probability, label: hasSpeech ? labelOf(score) : 'no_speech' };
  };

  function labelOf(score: number): Verdict {
    if (uncertain !== undefined && score >= low && score < high) return 'uncertain';
    return score >= (uncertain === undefined ? decide : high) ? 'bonafide' : 'spoof';
  }
}

/**
 * A threshold as people write it: a number, or the name of an operating point.
 *
 * @throws ConfigError for anything else, with the nearest name
 */
export function parseOperatingPoint(text: string, where: string): OperatingPoint | number {
  const found = OPERATING_POINTS.find((name) => name === text);
  if (found !== undefined) return found;
  const score = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(score)) return score;
  throw new ConfigError(
    `${where}: expected a score or one of ${OPERATING_POINTS.join(', ')}, got "${text}"${suggestion(text, OPERATING_POINTS)}`,
  );
}
