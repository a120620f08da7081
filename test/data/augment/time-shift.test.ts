import { describe, expect, it } from 'vitest';
import { shifted, timeShift } from '../../../src/data/augment/time-shift.js';
import { createRandom } from '../../../src/runtime/random.js';

const clip = Float32Array.of(1, 2, 3, 4, 5);

describe('shifted', () => {
  it.each([
    [0, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]],
    [2, [4, 5, 1, 2, 3], [0, 0, 1, 2, 3]],
    [-2, [3, 4, 5, 1, 2], [3, 4, 5, 0, 0]],
    [4, [2, 3, 4, 5, 1], [0, 0, 0, 0, 1]],
    [-4, [5, 1, 2, 3, 4], [5, 0, 0, 0, 0]],
    [5, [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]],
    [-5, [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]],
    [7, [4, 5, 1, 2, 3], [0, 0, 0, 0, 0]],
    [-12, [3, 4, 5, 1, 2], [0, 0, 0, 0, 0]],
  ])('moves by %i samples', (by, rolled, zeroed) => {
    expect([...shifted(clip, by, 'roll')]).toEqual(rolled);
    expect([...shifted(clip, by, 'zero')]).toEqual(zeroed);
    expect([...clip]).toEqual([1, 2, 3, 4, 5]);
  });

  it('leaves a clip of one sample, or silences it', () => {
    expect([...shifted(Float32Array.of(9), 3, 'roll')]).toEqual([9]);
    expect([...shifted(Float32Array.of(9), -1, 'zero')]).toEqual([0]);
  });
});

describe('time-shift', () => {
  const shifts = async (sampleRate: number) => {
    const options = timeShift.schema.parse({ maxSeconds: 0.002, fill: 'zero' });
    const { apply } = timeShift.create(options, { sampleRate, noise: [] });
    const impulse = new Float32Array(41);
    impulse[20] = 1;
    const found = new Set<number>();
    for (let i = 0; i < 300; i++) found.add((await apply(impulse, createRandom(i))).indexOf(1) - 20);
    return [...found].sort((a, b) => a - b);
  };

  it('draws every shift up to maxSeconds, both ways', async () => {
    expect(await shifts(1000)).toEqual([-2, -1, 0, 1, 2]);
    expect(await shifts(2000)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  });
});
