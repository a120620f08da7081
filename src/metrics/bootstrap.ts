/** Confidence interval of the EER by resampling. */
import { ConfigError } from '../runtime/errors.js';
import { drawBinomial } from './binomial.js';
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
  const sorted = { bonafide: sortedScores(bonafide, 'bona fide'), spoof: sortedScores(spoof, 'spoof') };
  const isLarge = bonafide.length + spoof.length >= LARGE_SET;
  const draw = isLarge ? drawBySplitting(sorted, seed) : drawByCounting(sorted, seed);
  return percentileInterval(Float64Array.from({ length: resamples }, draw), confidence);
}

/** Trials from which on it pays to draw how many fall on either side of a threshold, rather than one by one. */
const LARGE_SET = 20_000;

interface SortedClasses {
  readonly bonafide: Float64Array;
  readonly spoof: Float64Array;
}

/** EERs of resamples, each drawn trial by trial. */
function drawByCounting({ bonafide, spoof }: SortedClasses, seed: number): () => number {
  const order = rejectionOrder(bonafide, spoof);
  const draw = createResampler(bonafide.length, spoof.length, seed);
  return () => resampledEer(order, bonafide.length, spoof.length, draw());
}

/**
 * EERs of resamples, of the same distribution, at a cost that grows with the logarithm of the set alone. Only what lies on
 * either side of the threshold matters: how many of a stretch's trials fall in its lower half is binomial, and the halves that
 * the threshold is not in need no closer look.
 */
function drawBySplitting({ bonafide, spoof }: SortedClasses, seed: number): () => number {
  const [nBonafide, nSpoof] = [bonafide.length, spoof.length];
  const before = countBonafideBefore(bonafide, spoof);
  const random = createGenerator(seed);
  // 53 bits of two draws of 32.
  const uniform = () => (random(2 ** 26) * 2 ** 27 + random(2 ** 27)) * 2 ** -53;
  return () => {
    let [low, high] = [0, nBonafide + nSpoof];
    let [drawnBonafide, drawnSpoof] = [nBonafide, nSpoof];
    let [rejectedBonafide, rejectedSpoof] = [0, 0];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      const [nBonafideHere, nBonafideLower] = [before[high] - before[low], before[middle] - before[low]];
      const [nSpoofHere, nSpoofLower] = [high - low - nBonafideHere, middle - low - nBonafideLower];
      const bonafideLower = drawBinomial(drawnBonafide, shareOf(nBonafideLower, nBonafideHere), uniform);
      const spoofLower = drawBinomial(drawnSpoof, shareOf(nSpoofLower, nSpoofHere), uniform);
      const rejections = (rejectedBonafide + bonafideLower) * nSpoof + (rejectedSpoof + spoofLower) * nBonafide;
      if (rejections >= nBonafide * nSpoof) {
        high = middle;
        [drawnBonafide, drawnSpoof] = [bonafideLower, spoofLower];
      } else {
        low = middle;
        rejectedBonafide += bonafideLower;
        rejectedSpoof += spoofLower;
        [drawnBonafide, drawnSpoof] = [drawnBonafide - bonafideLower, drawnSpoof - spoofLower];
      }
    }
    const isBonafide = before[high] > before[low];
    return eerAtCrossing(rejectedBonafide + drawnBonafide, rejectedSpoof + drawnSpoof, isBonafide, nBonafide, nSpoof);
  };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** How many of the first trials are bona fide, for each number of them, in the order of {@link rejectionOrder}. */
function countBonafideBefore(bonafide: Float64Array, spoof: Float64Array): Int32Array {
  const before = new Int32Array(bonafide.length + spoof.length + 1);
  let b = 0;
  let s = 0;
  for (let i = 1; i < before.length; i++) {
    if (s === spoof.length || (b < bonafide.length && bonafide[b] <= spoof[s])) b++;
    else s++;
    before[i] = b;
  }
  return before;
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
  return eerAtCrossing(rejectedBonafide, rejectedSpoof, order[last] < nBonafide, nBonafide, nSpoof);
}

/**
 * The EER where rejections overtake acceptances.
 *
 * @param rejectedBonafide with all copies of the trial at which they do
 * @param isBonafide whether that trial is
 */
function eerAtCrossing(
  rejectedBonafide: number,
  rejectedSpoof: number,
  isBonafide: boolean,
  nBonafide: number,
  nSpoof: number,
): number {
  // The last trial's copies are rejected one at a time: go back to the first of them that reaches equality.
  const difference = rejectedBonafide * nSpoof + rejectedSpoof * nBonafide - nBonafide * nSpoof;
  const surplus = Math.floor(difference / (isBonafide ? nSpoof : nBonafide));
  const frr = (rejectedBonafide - (isBonafide ? surplus : 0)) / nBonafide;
  const far = (nSpoof - rejectedSpoof + (isBonafide ? 0 : surplus)) / nSpoof;
  const frrBefore = isBonafide ? (rejectedBonafide - surplus - 1) / nBonafide : frr;
  const farBefore = isBonafide ? far : (nSpoof - rejectedSpoof + surplus + 1) / nSpoof;
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
