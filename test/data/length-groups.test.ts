import { describe, expect, it } from 'vitest';
import { groupedByLength, longestFirst } from '../../src/data/length-groups.js';
import { createRandom } from '../../src/runtime/random.js';

const random = createRandom('lengths');
const lengths = Array.from({ length: 403 }, () => 1000 + random.integer(60_000));
const BATCH = 4;
/** 403 clips are 25 batches four times over. */
const GROUP = 25 * BATCH;

describe('an order by groups of length', () => {
  const order = groupedByLength(lengths, BATCH, createRandom(1));

  it('holds every clip once, the longest first', () => {
    expect([...order].sort((a, b) => a - b)).toEqual([...lengths.keys()]);
    expect(lengths[order[0]]).toBe(Math.max(...lengths));
  });

  it('falls within each group, and the groups are drawn', () => {
    const groups = Array.from({ length: 5 }, (_, i) => order.slice(i * GROUP, (i + 1) * GROUP));
    // The first of a group may have made way for the longest of all.
    for (const group of groups.map((places) => places.slice(1))) {
      expect(group).toEqual(longestFirst(group, lengths));
    }
    const other = groupedByLength(lengths, BATCH, createRandom(2));
    expect(new Set(other.slice(0, GROUP))).not.toEqual(new Set(groups[0]));
    expect(groupedByLength(lengths, BATCH, createRandom(1))).toEqual(order);
  });

  it('leaves less than a tenth of what a random order pads', () => {
    const padding = (places: readonly number[]): number => {
      let sum = 0;
      for (let at = 0; at < places.length; at += BATCH) {
        const batch = places.slice(at, at + BATCH).map((place) => lengths[place]);
        sum += batch.reduce((total, length) => total + Math.max(...batch) - length, 0);
      }
      return sum;
    };
    expect(padding(order)).toBeLessThan(0.1 * padding([...lengths.keys()]));
  });

  it('is sorted as a whole where there is one batch', () => {
    expect(groupedByLength([3, 9, 5], 3, createRandom(1))).toEqual([1, 2, 0]);
    expect(groupedByLength([3], 2, createRandom(1))).toEqual([0]);
  });
});
