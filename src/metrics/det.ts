/** Points of the detection error trade-off (DET) curve. */
import { computeErrorRates, type Scores } from './error-rates.js';

/** One corner of a DET curve; rates are fractions. */
export interface DetPoint {
  readonly far: number;
  readonly frr: number;
  /** Trials up to and including this score are rejected. */
  readonly threshold: number;
}

/**
 * The DET curve from "accept everything" to "reject everything", at distinct scores only and without the points in the
 * middle of a straight run, which draw nothing new.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeDetPoints(bonafide: Scores, spoof: Scores): DetPoint[] {
  const { frr, far, thresholds } = computeErrorRates(bonafide, spoof);
  const points: DetPoint[] = [];
  for (let i = 0; i < frr.length; i++) {
    if (i + 1 < frr.length && thresholds[i + 1] === thresholds[i]) continue;
    const point = { far: far[i], frr: frr[i], threshold: thresholds[i] };
    const [last, middle] = [points.at(-2), points.at(-1)];
    const straight =
      last !== undefined &&
      middle !== undefined &&
      ((last.far === middle.far && middle.far === point.far) || (last.frr === middle.frr && middle.frr === point.frr));
    if (straight) points.pop();
    points.push(point);
  }
  return points;
}

/**
 * Inverse of the standard normal distribution function: the axis of a DET plot, on which normally distributed scores
 * draw a straight line. Acklam's rational approximation, relative error below 1.2e-9.
 *
 * @param p probability in [0, 1]; 0 and 1 give minus and plus infinity
 */
export function probit(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  const tail = 0.02425;
  if (p < tail) return tailProbit(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - tail) return -tailProbit(Math.sqrt(-2 * Math.log1p(-p)));
  const q = p - 0.5;
  const r = q * q;
  return (q * polynomial(CENTRE_NUMERATOR, r)) / polynomial(CENTRE_DENOMINATOR, r);
}

const CENTRE_NUMERATOR = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const CENTRE_DENOMINATOR = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const TAIL_NUMERATOR = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_DENOMINATOR = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

function tailProbit(q: number): number {
  return polynomial(TAIL_NUMERATOR, q) / polynomial(TAIL_DENOMINATOR, q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
