/**
 * Calibration: from scores to log-likelihood ratios, which mean the same whatever model they come from and whatever the
 * share of bona fide clips. Both classes count equally in the fit, so the prior of the set it is fitted on drops out.
 */
import { DataError } from '../runtime/errors.js';
import { type Scores, sortedScores } from './error-rates.js';
import { fitLogisticRegression } from './logistic-regression.js';

/** Ways to calibrate. */
export const CALIBRATION_METHODS = ['platt', 'pav'] as const;

/** A way to calibrate. */
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

/** A map from scores to natural-log likelihood ratios of bona fide against spoof; it never falls. */
export type Calibration = PlattCalibration | PavCalibration;

/** `slope * score + intercept`. */
export interface PlattCalibration {
  readonly method: 'platt';
  readonly slope: number;
  readonly intercept: number;
}

/** Straight lines between knots, and constant beyond the outermost. */
export interface PavCalibration {
  readonly method: 'pav';
  /** Rising scores of the knots. */
  readonly scores: readonly number[];
  /** Log-likelihood ratios at the knots, never falling. */
  readonly llrs: readonly number[];
}

/**
 * Fits a calibration.
 *
 * `platt`: logistic regression of the class on the score (Platt, 1999), with his targets just short of 0 and 1, so that
 * classes that don't overlap give a finite slope too. `pav`: the best of all maps that never fall, by pooling adjacent
 * violators (Brümmer and du Preez, 2006); it needs a few hundred clips to be worth more than the line.
 *
 * @throws DataError where a class is empty, a score is not finite, or higher scores go with spoof
 */
export function fitCalibration(method: CalibrationMethod, bonafide: Scores, spoof: Scores): Calibration {
  const positive = sortedScores(bonafide, 'bona fide');
  const negative = sortedScores(spoof, 'spoof');
  return method === 'platt' ? fitPlatt(positive, negative) : fitPav(positive, negative);
}

/** The natural-log likelihood ratio that a calibration makes of a score. */
export function calibrate(calibration: Calibration, score: number): number {
  if (calibration.method === 'platt') return calibration.slope * score + calibration.intercept;
  const { scores, llrs } = calibration;
  if (score <= scores[0]) return llrs[0];
  const above = scores.findIndex((knot) => knot >= score);
  if (above === -1) return llrs[llrs.length - 1];
  const share = (score - scores[above - 1]) / (scores[above] - scores[above - 1]);
  return llrs[above - 1] + share * (llrs[above] - llrs[above - 1]);
}

/**
 * Probability of bona fide by Bayes' rule.
 *
 * @param llr natural-log likelihood ratio
 * @param prior probability of bona fide before anything was heard, above 0 and below 1
 */
export function posterior(llr: number, prior: number): number {
  return 1 / (1 + Math.exp(-(llr + logit(prior))));
}

function fitPlatt(bonafide: Float64Array, spoof: Float64Array): PlattCalibration {
  const classes = [bonafide, spoof];
  // Platt's targets: as if each class had one clip more, of which nobody knows what it is.
  const targets = [(bonafide.length + 1) / (bonafide.length + 2), 1 / (spoof.length + 2)];
  const { weights, bias } = fitLogisticRegression(
    classes.flatMap((scores, i) =>
      Array.from(scores, (score) => ({ inputs: [score], target: targets[i], weight: 0.5 / scores.length })),
    ),
  );
  if (!(weights[0] > 0)) {
    throw new DataError(
      `calibration: expected higher scores for bona fide, got a slope of ${weights[0].toPrecision(3)}; the scores are upside down, or the model tells nothing apart`,
    );
  }
  return { method: 'platt', slope: weights[0], intercept: bias };
}

/** Neighbouring scores that share one probability. */
interface Block {
  /** Weight of bona fide, and of all. */
  positive: number;
  total: number;
  /** Sum of the scores, and how many. */
  sum: number;
  count: number;
}

function fitPav(bonafide: Float64Array, spoof: Float64Array): PavCalibration {
  const trials = [
    ...Array.from(bonafide, (score) => ({ score, positive: 1 / bonafide.length, total: 1 / bonafide.length })),
    ...Array.from(spoof, (score) => ({ score, positive: 0, total: 1 / spoof.length })),
  ].sort((a, b) => a.score - b.score);
  // Half a clip of the other class at either end: no score is worth an infinite ratio.
  const [lowest, highest] = [trials[0].score, trials[trials.length - 1].score];
  const ends = [
    { score: lowest, positive: 0.5 / bonafide.length, total: 0.5 / bonafide.length },
    { score: highest, positive: 0, total: 0.5 / spoof.length },
  ];
  const blocks: Block[] = [];
  let previous = Number.NaN;
  for (const { score, positive, total } of [ends[0], ...trials, ends[1]]) {
    const last = blocks.at(-1);
    if (last !== undefined && score === previous) {
      // Equal scores can't be told apart.
      last.positive += positive;
      last.total += total;
      last.sum += score;
      last.count += 1;
    } else {
      blocks.push({ positive, total, sum: score, count: 1 });
    }
    previous = score;
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    pooled.push({ ...block });
    while (pooled.length > 1 && shareOf(pooled[pooled.length - 2]) >= shareOf(pooled[pooled.length - 1])) {
      const [upper, lower] = [pooled.pop() as Block, pooled[pooled.length - 1]];
      lower.positive += upper.positive;
      lower.total += upper.total;
      lower.sum += upper.sum;
      lower.count += upper.count;
    }
  }
  // The ends tip the balance of the classes a little.
  const balance = Math.log((1 + ends[0].total) / (1 + ends[1].total));
  return {
    method: 'pav',
    scores: pooled.map(({ sum, count }) => sum / count),
    llrs: pooled.map((block) => logit(shareOf(block)) - balance),
  };
}

function shareOf({ positive, total }: Block): number {
  return positive / total;
}

/** Log odds of a probability. */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}
