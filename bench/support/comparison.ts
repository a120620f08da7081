/** What a benchmark reports, and how two sides are timed fairly: by turns, so that other load meets both alike. */

/** One line of a benchmark: a rate of ours beside that of the peer. */
export interface Comparison {
  /** What was done, in which unit. */
  readonly name: string;
  /** Our rate; higher is better. */
  readonly ours: number;
  /** The peer's rate in the same run. */
  readonly peer: number;
  /** ours / peer. */
  readonly ratio: number;
  /** The ratio to reach; null where there is none to reach. */
  readonly bar: number | null;
}

/** One side of a comparison: does its work once, and resolves with the seconds that took. */
export type TimedWork = () => Promise<number>;

/** A comparison, and how even its rounds were. */
export interface TimedComparison extends Comparison {
  /** The middle half of the rounds' ratios. */
  readonly spread: readonly [number, number];
}

/**
 * Times both sides by turns.
 *
 * @param units done by one call of either side; by ours alone where the peer's are given
 * @param rounds of one call each that count; one before them warms up
 */
export async function compare(options: {
  readonly name: string;
  readonly units: number;
  readonly peerUnits?: number;
  readonly rounds: number;
  readonly bar: number | null;
  readonly ours: TimedWork;
  readonly peer: TimedWork;
}): Promise<TimedComparison> {
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = -1; round < options.rounds; round++) {
    const seconds = [await options.ours(), await options.peer()];
    if (round < 0) continue;
    ours.push(seconds[0]);
    peer.push(seconds[1]);
  }
  const { units, peerUnits = units } = options;
  const rates = [units / quantile(ours, 0.5), peerUnits / quantile(peer, 0.5)];
  const ratios = ours.map((seconds, i) => units / seconds / (peerUnits / peer[i]));
  return {
    name: options.name,
    ours: rates[0],
    peer: rates[1],
    ratio: rates[0] / rates[1],
    bar: options.bar,
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

/** Runs `work` and gives the seconds it took. */
export async function timed(work: () => void | Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** The value below which the given share of the values lies, between neighbours by interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  return below + (place % 1) * (sorted[Math.ceil(place)] - below);
}
