/** Orders of clips in which those of like length come together, so that little of a padded batch is padding. */
import { type Random, shuffled } from '../runtime/random.js';

/** Batches whose clips are sorted together, at most: the rest of the order stays random. */
const MOST_BATCHES = 50;
/** Such groups that an epoch has at least, if there are clips enough. */
const LEAST_GROUPS = 4;

/**
 * An order for an epoch, as the `LengthGroupedSampler` of transformers makes it: the clips are shuffled, cut into groups of
 * up to 50 batches, and sorted within each, longest first. The longest of all comes first, so that a step that needs more
 * memory than there is fails at once.
 *
 * @param lengths of the clips, in any unit; at least one
 * @returns the places of all clips
 */
export function groupedByLength(lengths: readonly number[], batchSize: number, random: Random): number[] {
  const nBatches = Math.min(Math.floor(lengths.length / (batchSize * LEAST_GROUPS)), MOST_BATCHES);
  const groupSize = Math.max(1, nBatches) * batchSize;
  const order = shuffled([...lengths.keys()], random);
  const groups: number[][] = [];
  for (let at = 0; at < order.length; at += groupSize) {
    groups.push(longestFirst(order.slice(at, at + groupSize), lengths));
  }
  const [first] = groups as [number[]];
  const longest = groups.reduce((most, group) => (lengths[group[0]] > lengths[most[0]] ? group : most), first);
  [first[0], longest[0]] = [longest[0], first[0]];
  return groups.flat();
}

/** The places sorted by the length of what is there, longest first; equal ones keep their order. */
export function longestFirst(places: readonly number[], lengths: readonly number[]): number[] {
  return [...places].sort((a, b) => lengths[b] - lengths[a]);
}
