/** Scores of windows to the score of a recording, and to stretches of one label. */
import { ConfigError } from '../runtime/errors.js';

/** Ways to smooth scores over time. */
export const SMOOTHINGS = ['none', 'median', 'mean'] as const;

/** Ways to one score from many. */
export const AGGREGATIONS = ['mean', 'max', 'top-k', 'vote'] as const;

/** How the windows of a recording are read together. */
export interface AggregationOptions {
  /** Over neighbouring windows. Default `none`. */
  readonly smoothing?: (typeof SMOOTHINGS)[number];
  /** Windows that are smoothed over: odd. Default 3. */
  readonly smoothingWindows?: number;
  /**
   * `mean`; `max`: the most suspicious window's, which has the lowest score; `top-k`: the mean of the k most suspicious;
   * `vote`: the median, which is on the side of the threshold where more windows are. Default `mean`.
   */
  readonly aggregation?: (typeof AGGREGATIONS)[number];
  /** Windows of `top-k`; fewer where there are fewer. Default 3. */
  readonly topK?: number;
}

/** A stretch of a recording. */
export interface Segment<Label extends string = string> {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** Mean over its windows. */
  readonly score: number;
  readonly label: Label;
}

/**
 * Smooths a sequence. At its ends fewer neighbours count, as many on either side.
 *
 * @throws ConfigError where the number of windows is not odd
 */
export function smooth(
  scores: readonly number[],
  { smoothing = 'none', smoothingWindows = 3 }: AggregationOptions,
): readonly number[] {
  if (!Number.isInteger(smoothingWindows) || smoothingWindows < 1 || smoothingWindows % 2 === 0) {
    throw new ConfigError(`\`smoothingWindows\`: expected an odd number, got ${smoothingWindows}`);
  }
  if (smoothing === 'none') return scores;
  return scores.map((_, i) => {
    const reach = Math.min((smoothingWindows - 1) / 2, i, scores.length - 1 - i);
    const near = scores.slice(i - reach, i + reach + 1);
    return smoothing === 'median' ? median(near) : mean(near);
  });
}

/**
 * One score from those of the windows.
 *
 * @param scores at least one
 * @throws ConfigError where `topK` is no number of windows
 */
export function aggregate(
  scores: readonly number[],
  { aggregation = 'mean', topK = 3 }: AggregationOptions = {},
): number {
  if (!Number.isInteger(topK) || topK < 1) {
    throw new ConfigError(`\`topK\`: expected a whole number of at least 1, got ${topK}`);
  }
  switch (aggregation) {
    case 'mean':
      return mean(scores);
    case 'max':
      return Math.min(...scores);
    case 'top-k':
      return mean([...scores].sort((a, b) => a - b).slice(0, topK));
    case 'vote':
      return median(scores);
  }
}

/** A place where a recording turns from one kind of speech to another. */
export interface Change {
  /** Seconds. */
  readonly time: number;
  /** Mean score before and after. */
  readonly before: number;
  readonly after: number;
}

/** Share of the scores' variance that a change has to explain to be one. */
const CHANGE_SHARE = 0.5;
/** Windows that a recording has at least where a change is looked for. */
const CHANGE_WINDOWS = 4;

/**
 * The one place that best splits a recording into two stretches of different scores, wherever the threshold lies: that of
 * the least squared distance to the means of the two.
 *
 * @param windows in order; seconds
 * @returns null where no split explains half of the variance
 */
export function findChange(windows: readonly Segment[]): Change | null {
  const n = windows.length;
  if (n < CHANGE_WINDOWS) return null;
  const total = windows.reduce((sum, { score }) => sum + score, 0);
  const variance = windows.reduce((sum, { score }) => sum + (score - total / n) ** 2, 0);
  let best = 0;
  let found: Change | null = null;
  let sum = 0;
  for (let i = 1; i < n; i++) {
    sum += windows[i - 1].score;
    const [before, after] = [sum / i, (total - sum) / (n - i)];
    const explained = ((i * (n - i)) / n) * (before - after) ** 2;
    if (explained <= best) continue;
    best = explained;
    found = { time: (middleOf(windows[i - 1]) + middleOf(windows[i])) / 2, before, after };
  }
  return best >= CHANGE_SHARE * variance ? found : null;
}

/**
 * Windows to stretches of one label. A window speaks for the time around its middle, halfway to the next; neighbours of
 * one label are joined.
 *
 * @param windows in order; seconds
 */
export function mergeSegments<Label extends string>(windows: readonly Segment<Label>[]): Segment<Label>[] {
  const segments: (Segment<Label> & { nWindows: number })[] = [];
  for (const [i, window] of windows.entries()) {
    const next = windows[i + 1];
    const end = next === undefined ? window.end : (middleOf(window) + middleOf(next)) / 2;
    const last = segments.at(-1);
    if (last !== undefined && last.label === window.label) {
      const nWindows = last.nWindows + 1;
      const score = last.score + (window.score - last.score) / nWindows;
      segments[segments.length - 1] = { ...last, end, score, nWindows };
    } else {
      segments.push({ start: last?.end ?? window.start, end, score: window.score, label: window.label, nWindows: 1 });
    }
  }
  return segments.map(({ nWindows: _, ...segment }) => segment);
}

function middleOf({ start, end }: Segment): number {
  return (start + end) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
