/**
 * The step curve under every detection metric here: how many bona fide trials a threshold rejects and how many spoof
 * trials it accepts, for each threshold in turn. It follows the official ASVspoof scripts to the letter, because on
 * small sets and among ties the EER depends on how the curve is walked.
 */
import { DataError } from '../runtime/errors.js';

/** Detection scores, any finite numbers; a higher score means more bona fide. */
export type Scores = ArrayLike<number>;

/** The step curve of a detector. All three arrays have `nBonafide + nSpoof + 1` entries. */
export interface ErrorRates {
  /** Share of bona fide trials rejected, rising from 0 to 1. */
  readonly frr: Float64Array;
  /** Share of spoof trials accepted, falling from 1 to 0. */
  readonly far: Float64Array;
  /**
   * The sorted scores, preceded by the lowest score minus 0.001. Entry `i` belongs to the threshold just above
   * `thresholds[i]`: trials up to and including that one are rejected.
   */
  readonly thresholds: Float64Array;
}

/**
 * The step curve over all thresholds. Among equal scores bona fide trials come first, one step a trial, as in the
 * official scripts.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function computeErrorRates(bonafide: Scores, spoof: Scores): ErrorRates {
  const sortedBonafide = sortedScores(bonafide, 'bona fide');
  const sortedSpoof = sortedScores(spoof, 'spoof');
  const nBonafide = sortedBonafide.length;
  const nSpoof = sortedSpoof.length;
  const n = nBonafide + nSpoof;
  const frr = new Float64Array(n + 1);
  const far = new Float64Array(n + 1);
  const thresholds = new Float64Array(n + 1);
  frr[0] = 0;
  far[0] = 1;
  thresholds[0] = Math.min(sortedBonafide[0], sortedSpoof[0]) - 0.001;
  let rejectedBonafide = 0;
  let rejectedSpoof = 0;
  for (let i = 1; i <= n; i++) {
    const bonafideNext =
      rejectedSpoof === nSpoof ||
      (rejectedBonafide < nBonafide && sortedBonafide[rejectedBonafide] <= sortedSpoof[rejectedSpoof]);
    thresholds[i] = bonafideNext ? sortedBonafide[rejectedBonafide++] : sortedSpoof[rejectedSpoof++];
    frr[i] = rejectedBonafide / nBonafide;
    far[i] = (nSpoof - rejectedSpoof) / nSpoof;
  }
  return { frr, far, thresholds };
}

/**
 * A sorted copy of one class's scores.
 *
 * @param name what the scores are, for the message
 * @throws DataError where there are none or one is not finite
 */
export function sortedScores(scores: Scores, name: string): Float64Array {
  if (scores.length === 0) {
    throw new DataError(`metrics: expected at least one ${name} trial, got none; score trials of both classes`);
  }
  const sorted = Float64Array.from(scores);
  const bad = sorted.findIndex((score) => !Number.isFinite(score));
  if (bad !== -1) {
    throw new DataError(
      `metrics: every ${name} score must be a finite number, got ${sorted[bad]} at index ${bad}; drop or re-score it`,
    );
  }
  return sorted.sort();
}

/** How many entries of a sorted array are below `threshold`. */
export function countBelow(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first smallest value. */
export function firstMinimum(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[best]) best = i;
  return best;
}

/**
 * Which kind of trial a rising threshold rejects next; among equal scores the earlier kind, one trial a step.
 *
 * @param kinds sorted scores of each kind
 * @param rejected how many of each kind are rejected already
 * @returns index of the kind; -1 where all trials are rejected
 */
export function nextRejected(kinds: readonly Float64Array[], rejected: readonly number[]): number {
  let next = -1;
  for (let kind = 0; kind < kinds.length; kind++) {
    if (rejected[kind] === kinds[kind].length) continue;
    if (next === -1 || kinds[kind][rejected[kind]] < kinds[next][rejected[next]]) next = kind;
  }
  return next;
}
