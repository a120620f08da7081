/**
 * Splits one set of trials into train, dev and eval: no speaker in two of them, and each with the class and attack
 * balance of the whole, as near as whole speakers allow.
 */
import { DataError } from '../runtime/errors.js';
import { createRandom, shuffled } from '../runtime/random.js';
import { LABELS, type Trial } from './trial.js';

/** The sizes of the splits. */
export interface SplitOptions {
  /** Share of the trials for dev, in (0, 1). */
  readonly dev: number;
  /** Share of the trials for eval, in [0, 1); 0 makes none. Train gets what remains. */
  readonly eval: number;
  /** Another seed gives another split. */
  readonly seed: number;
}

/** The sets of a corpus. */
export const SPLIT_NAMES = ['train', 'dev', 'eval'] as const;

/** One of the sets of a corpus. */
export type SplitName = (typeof SPLIT_NAMES)[number];

/** The trials of every set. */
export type Splits = Readonly<Record<SplitName, readonly Trial[]>>;

/** How many orders of speakers are tried; the split nearest to the wanted balance is kept. */
const N_ATTEMPTS = 16;

/** From here on one order does: so many groups are small enough to fit anyhow. */
const MANY_GROUPS = 4000;

/** Trials that must stay together: those of one speaker, or one trial whose speaker is not known. */
interface Group {
  readonly trials: readonly Trial[];
  /** `[stratum, trials in it]`; strata 0 and 1 are the classes, the others class and attack. */
  readonly counts: readonly (readonly [stratum: number, n: number])[];
}

/**
 * Splits `trials`; the result depends on the trials, the options and the seed, not on the order in which the trials come.
 * Each split is sorted by utterance.
 *
 * @param where what is being split; opens the message
 * @throws DataError where the speakers don't suffice for both classes in every split
 */
export function splitTrials(trials: readonly Trial[], options: SplitOptions, where: string): Splits {
  const shares = [1 - options.dev - options.eval, options.dev, options.eval].filter((share) => share > 0);
  const ordered = [...trials].sort(byUtterance);
  const { groups, totals, weights } = grouped(ordered);
  checkFeasible(groups, shares.length, where);
  const nAttempts = groups.length < MANY_GROUPS ? N_ATTEMPTS : 1;
  let best: Filling | undefined;
  for (let attempt = 0; attempt < nAttempts; attempt++) {
    const order = shuffled([...groups.keys()], createRandom(options.seed, 'split', attempt));
    // Large speakers first is the usual rule for filling bins; the other attempts leave the order to chance.
    if (attempt === 0) order.sort((a, b) => sizeOf(groups, b) - sizeOf(groups, a));
    const filling = new Filling(groups, totals, weights, shares);
    for (const index of order) filling.place(index);
    filling.fillHoles();
    if (best === undefined || filling.cost < best.cost) best = filling;
  }
  const parts: Trial[][] = [[], [], []];
  groups.forEach((group, index) => {
    const part = parts[best?.places[index] as number];
    for (const trial of group.trials) part?.push(trial);
  });
  const [train, dev, evaluation] = parts.map((part) => part.sort(byUtterance)) as [Trial[], Trial[], Trial[]];
  return { train, dev, eval: evaluation };
}

/** Groups on their way into the splits. */
class Filling {
  readonly places: Uint8Array;
  readonly #groups: readonly Group[];
  readonly #weights: readonly number[];
  /** How many trials each split has more than wanted, per stratum. */
  readonly #excess: number[][];
  /** How many trials each split has, per class. */
  readonly #present: number[][];

  constructor(
    groups: readonly Group[],
    totals: readonly number[],
    weights: readonly number[],
    shares: readonly number[],
  ) {
    this.#groups = groups;
    this.#weights = weights;
    this.places = new Uint8Array(groups.length);
    this.#excess = shares.map((share) => totals.map((total) => -share * total));
    this.#present = shares.map(() => LABELS.map(() => 0));
  }

  /** The squared distance from the wanted counts. */
  get cost(): number {
    let cost = 0;
    for (const excess of this.#excess) {
      for (const [stratum, n] of excess.entries()) cost += n * n * this.#weights[stratum];
    }
    return cost;
  }

  /** Puts a group where it serves the balance best. */
  place(index: number): void {
    let best = 0;
    for (let split = 1; split < this.#excess.length; split++) {
      if (this.#change(index, split, 1) < this.#change(index, best, 1)) best = split;
    }
    this.#add(index, best, 1);
    this.places[index] = best;
  }

  /**
   * Moves groups until every split has both classes, each time the one that costs least. There always is one: of a class
   * that has as many groups as there are splits, and is missing in one, another split has two groups; and of those two
   * one is not all that this split has of the other class.
   */
  fillHoles(): void {
    for (let nHoles = this.#countHoles(); nHoles > 0; nHoles = this.#countHoles()) {
      let best: { index: number; split: number; change: number } | undefined;
      for (let index = 0; index < this.#groups.length; index++) {
        const from = this.places[index];
        for (let split = 0; split < this.#excess.length; split++) {
          if (split === from || !this.#fills(index, split)) continue;
          const change = this.#change(index, from, -1) + this.#change(index, split, 1);
          if (best !== undefined && change >= best.change) continue;
          this.#move(index, split);
          if (this.#countHoles() < nHoles) best = { index, split, change };
          this.#move(index, from);
        }
      }
      if (best === undefined) return;
      this.#move(best.index, best.split);
    }
  }

  #fills(index: number, split: number): boolean {
    const { counts } = this.#groups[index];
    return counts.some(([stratum]) => this.#present[split]?.[stratum] === 0);
  }

  #countHoles(): number {
    return this.#present.flat().filter((n) => n === 0).length;
  }

  #move(index: number, split: number): void {
    this.#add(index, this.places[index], -1);
    this.#add(index, split, 1);
    this.places[index] = split;
  }

  /** What adding (`sign` 1) or taking away (-1) the group does to the cost. */
  #change(index: number, split: number, sign: 1 | -1): number {
    const excess = this.#excess[split];
    let change = 0;
    for (const [stratum, n] of this.#groups[index].counts) {
      change += (n * n + 2 * sign * n * excess[stratum]) * this.#weights[stratum];
    }
    return change;
  }

  #add(index: number, split: number, sign: 1 | -1): void {
    const excess = this.#excess[split];
    const present = this.#present[split];
    for (const [stratum, n] of this.#groups[index].counts) {
      excess[stratum] += sign * n;
      if (stratum < LABELS.length) present[stratum] += sign * n;
    }
  }
}

function grouped(trials: readonly Trial[]): { groups: Group[]; totals: number[]; weights: number[] } {
  const strata = new Map<string, number>(LABELS.map((label, index) => [label, index]));
  const totals = LABELS.map(() => 0);
  const classOf = LABELS.map((_, index) => index);
  const bySpeaker = new Map<string, Trial[]>();
  const members: Trial[][] = [];
  for (const trial of trials) {
    const known = trial.speaker === undefined ? undefined : bySpeaker.get(trial.speaker);
    if (known !== undefined) {
      known.push(trial);
      continue;
    }
    const group = [trial];
    members.push(group);
    if (trial.speaker !== undefined) bySpeaker.set(trial.speaker, group);
  }
  const groups = members.map((group) => {
    const counts = new Map<number, number>();
    for (const { label, attackId } of group) {
      const keys = attackId === undefined ? [label] : [label, `${label}/${attackId}`];
      for (const key of keys) {
        let stratum = strata.get(key);
        if (stratum === undefined) {
          stratum = strata.size;
          strata.set(key, stratum);
          totals.push(0);
          classOf.push(LABELS.indexOf(label));
        }
        counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
        totals[stratum]++;
      }
    }
    return { trials: group, counts: [...counts] };
  });
  // Both classes count alike, however many clips they have.
  const weights = classOf.map((index) => 1 / Math.max(1, totals[index]) ** 2);
  return { groups, totals, weights };
}

/** Enough groups of each class for every split to get one; this also suffices (see `fillHoles`). */
function checkFeasible(groups: readonly Group[], nParts: number, where: string): void {
  LABELS.forEach((label, stratum) => {
    const having = groups.filter(({ counts }) => counts.some(([index]) => index === stratum));
    if (having.length >= nParts) return;
    const speaker = having[0]?.trials[0]?.speaker;
    const got =
      having.length === 0
        ? `there is no ${label} clip`
        : `the ${label} clips are of only ${having.length} speaker${having.length === 1 ? ` (${speaker})` : 's'}`;
    throw new DataError(
      `${where}: can't split into ${nParts} parts with both classes and no speaker in two of them, as ${got}; ` +
        'add clips, or list the parts yourself with data.train, data.dev and data.eval',
    );
  });
}

function sizeOf(groups: readonly Group[], index: number): number {
  return groups[index].trials.length;
}

/** By code unit: the same on every machine, whatever its locale. */
function byUtterance(a: Trial, b: Trial): number {
  return a.utterance < b.utterance ? -1 : a.utterance > b.utterance ? 1 : 0;
}
