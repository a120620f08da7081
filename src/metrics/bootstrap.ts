/** Confidence interval of the EER by resampling. */
import { ConfigError } from '../runtime/errors.js';
import { type Scores, sortedScores } from './error-rates.js';

/** How an interval is drawn. */
export interface BootstrapOptions {
  /** Number of resamples; 1,000 by default, at least 1. */
  readonly resamples?: number;
  /** Seed of the draws; 0 by default. The same seed and scores give the same interval everywhere. */
  readonly seed?: number;
  /** Share of resamples inside the interval, in (0, 1); 0.95 by default. */
  readonly confidence?: number;
}

/** A confidence interval; fractions. */
export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly resamples: number;
}

/**
 * Percentile bootstrap interval of the EER (Efron and Tibshirani, 1993). Each resample draws as many bona fide and as
 * many spoof trials as there are, with replacement and each class from itself, and its EER is computed as `computeEer`
 * does. Trials count as independent: speakers and sentences that recur make the true uncertainty larger.
 *
 * @throws ConfigError where an option is out of range
 * @throws DataError where a class is empty or a score is not finite
 */
export function bootstrapEer(bonafide: Scores, spoof: Scores, options: BootstrapOptions = {}): ConfidenceInterval {
  const { resamples = 1000, seed = 0, confidence = 0.95 } = options;
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new ConfigError(`bootstrap: resamples must be an integer of at least 1, got ${resamples}; 1000 is usual`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new ConfigError(`bootstrap: confidence must lie between 0 and 1, got ${confidence}; 0.95 is usual`);
  }
  const order = mergedOrder(sortedScores(bonafide, 'bona fide'), sortedScores(spoof, 'spoof'));
  const random = createGenerator(seed);
  const counts = new Uint16Array(order.length);
  const eers = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) eers[i] = resampledEer(order, bonafide.length, spoof.length, counts, random);
  eers.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(eers, tail), high: quantile(eers, 1 - tail), confidence, resamples };
}

/**
 * The trials in the order in which a rising threshold rejects them: the trial's number, bona fide trials from 0 up and
 * spoof trials as the complement of theirs, so that the sign tells the class.
 */
function mergedOrder(bonafide: Float64Array, spoof: Float64Array): Int32Array {
  const order = new Int32Array(bonafide.length + spoof.length);
  let b = 0;
  let s = 0;
  for (let i = 0; i < order.length; i++) {
    const bonafideNext = s === spoof.length || (b < bonafide.length && bonafide[b] <= spoof[s]);
    order[i] = bonafideNext ? b++ : ~s++;
  }
  return order;
}

/**
 * EER of one resample. How often each trial was drawn is all that matters, so nothing is sorted again: the walk along
 * the original order stops where rejections overtake acceptances, which is where the EER lies.
 */
function resampledEer(
  order: Int32Array,
  nBonafide: number,
  nSpoof: number,
  counts: Uint16Array,
  random: (n: number) => number,
): number {
  counts.fill(0);
  for (let i = 0; i < nBonafide; i++) counts[random(nBonafide)]++;
  for (let i = 0; i < nSpoof; i++) counts[nBonafide + random(nSpoof)]++;
  let frr = 0;
  let far = 1;
  let rejectedBonafide = 0;
  let acceptedSpoof = nSpoof;
  for (const trial of order) {
    const isBonafide = trial >= 0;
    for (let left = counts[isBonafide ? trial : nBonafide + ~trial]; left > 0; left--) {
      const frrBefore = frr;
      const farBefore = far;
      if (isBonafide) frr = ++rejectedBonafide / nBonafide;
      else far = --acceptedSpoof / nSpoof;
      if (frr >= far) {
        const nearerNow = frr - far < farBefore - frrBefore;
        return nearerNow ? (frr + far) / 2 : (frrBefore + farBefore) / 2;
      }
    }
  }
  return (frr + far) / 2;
}

/** Value at share `q` of a sorted array, with linear interpolation between neighbours. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * Uniform integers in [0, n) for n below 2^32, from the 32-bit SplitMix sequence. A general stream of the runtime would
 * cost some twenty times as much a draw, and a large set needs a hundred million.
 */
function createGenerator(seed: number): (n: number) => number {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    z ^= z >>> 15;
    return Math.floor(((z >>> 0) * n) / 4294967296);
  };
}
