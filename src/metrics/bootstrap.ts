/** Confidence interval of the EER by resampling. */
import { ConfigError } from '../runtime/errors.js';
import { type Scores, sortedScores } from './error-rates.js';

/** How an interval is drawn. */
export interface BootstrapOptions {
  /** Number of resamples; 1,000 by default, at least 1. */
  readonly resamples?: number;
  /** Seed of the draws, an integer; 0 by default. The same seed and scores give the same interval everywhere. */
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
  const { resamples, seed, confidence } = checkedOptions(options);
  const nBonafide = bonafide.length;
  const order = rejectionOrder(sortedScores(bonafide, 'bona fide'), sortedScores(spoof, 'spoof'));
  const draw = createResampler(nBonafide, spoof.length, seed);
  const eers = Float64Array.from({ length: resamples }, () => resampledEer(order, nBonafide, spoof.length, draw()));
  return percentileInterval(eers, confidence);
}

/**
 * The options with their defaults.
 *
 * @throws ConfigError where one is out of range
 */
export function checkedOptions({ resamples = 1000, seed = 0, confidence = 0.95 }: BootstrapOptions): {
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
} {
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new ConfigError(`bootstrap: resamples must be an integer of at least 1, got ${resamples}; 1000 is usual`);
  }
  if (!Number.isInteger(seed)) {
    throw new ConfigError(`bootstrap: seed must be an integer, got ${seed}; give a whole number`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new ConfigError(`bootstrap: confidence must lie between 0 and 1, got ${confidence}; 0.95 is usual`);
  }
  return { resamples, seed, confidence };
}

/** The interval that holds the middle of `draws`, which are sorted in place. */
export function percentileInterval(draws: Float64Array, confidence: number): ConfidenceInterval {
  draws.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(draws, tail), high: quantile(draws, 1 - tail), confidence, resamples: draws.length };
}

/**
 * Draws with replacement, each class from itself.
 *
 * @returns a function that gives how often each trial is in the next resample, bona fide ones first; one array, reused
 */
export function createResampler(nBonafide: number, nSpoof: number, seed: number): () => Uint16Array {
  const random = createGenerator(seed);
  const counts = new Uint16Array(nBonafide + nSpoof);
  return () => {
    counts.fill(0);
    for (let i = 0; i < nBonafide; i++) counts[random(nBonafide)]++;
    for (let i = 0; i < nSpoof; i++) counts[nBonafide + random(nSpoof)]++;
    return counts;
  };
}

/**
 * The trials in the order in which a rising threshold rejects them, bona fide ones first among equal scores. Bona fide
 * trials are numbers from 0 up, by their place in `bonafide`; spoof trials follow them.
 */
export function rejectionOrder(bonafide: Scores, spoof: Scores): Int32Array {
  const nBonafide = bonafide.length;
  const scoreOf = (trial: number): number => (trial < nBonafide ? bonafide[trial] : spoof[trial - nBonafide]);
  // The sort is stable, and bona fide trials have the lower numbers.
  return Int32Array.from({ length: nBonafide + spoof.length }, (_, trial) => trial).sort(
    (a, b) => scoreOf(a) - scoreOf(b) || a - b,
  );
}

/**
 * EER of one resample. How often each trial was drawn is all that matters, so nothing is sorted again: the walk along
 * the order of {@link rejectionOrder} stops where rejections overtake acceptances, which is where the EER lies. The walk is in whole
 * numbers and without branches on random values, as most of a large set's time goes there.
 */
export function resampledEer(order: Int32Array, nBonafide: number, nSpoof: number, counts: Uint16Array): number {
  // FRR - FAR, times the number of pairs: a rejected bona fide trial adds nSpoof, a rejected spoof trial nBonafide.
  let difference = -nBonafide * nSpoof;
  let rejectedBonafide = 0;
  let rejectedSpoof = 0;
  let last = -1;
  while (difference < 0) {
    const trial = order[++last];
    const count = counts[trial];
    const isBonafide = trial < nBonafide ? 1 : 0;
    rejectedBonafide += isBonafide * count;
    rejectedSpoof += (1 - isBonafide) * count;
    difference += count * (isBonafide * nSpoof + (1 - isBonafide) * nBonafide);
  }
  // The last trial's copies are rejected one at a time: go back to the first of them that reaches equality.
  const isBonafide = order[last] < nBonafide;
  const surplus = Math.floor(difference / (isBonafide ? nSpoof : nBonafide));
  if (isBonafide) rejectedBonafide -= surplus;
  else rejectedSpoof -= surplus;
  const frr = rejectedBonafide / nBonafide;
  const far = (nSpoof - rejectedSpoof) / nSpoof;
  const frrBefore = (rejectedBonafide - (isBonafide ? 1 : 0)) / nBonafide;
  const farBefore = (nSpoof - rejectedSpoof + (isBonafide ? 0 : 1)) / nSpoof;
  return frr - far < farBefore - frrBefore ? (frr + far) / 2 : (frrBefore + farBefore) / 2;
}

/** Value at share `q` of a sorted array, with linear interpolation between neighbours. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * Uniform integers in [0, n) for n below 2^31, from the 32-bit SplitMix sequence. A general stream of the runtime would
 * cost some twenty times as much a draw, and a large set needs a hundred million.
 */
function createGenerator(seed: number): (n: number) => number {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    z ^= z >>> 15;
    return ((z >>> 0) * n * 2 ** -32) | 0;
  };
}
