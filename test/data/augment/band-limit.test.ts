import { describe, expect, it } from 'vitest';
import { bandLimit } from '../../../src/data/augment/band-limit.js';
import { createRandom } from '../../../src/runtime/random.js';
import { tone } from '../../support/clips.js';

const context = { sampleRate: 16000, noise: [] };

/** Level in dB of a tone that came through. */
async function levelAt(frequency: number, options: object): Promise<number> {
  const { apply } = bandLimit.create(bandLimit.schema.parse(options), context);
  const passed = await apply(tone(8000, frequency, 1), createRandom(1));
  return 20 * Math.log10(Math.max(...passed.subarray(4000).map(Math.abs)));
}

describe('band-limit', () => {
  it('cuts below, above, or both', async () => {
    const low = { lowHz: [1000, 1000] };
    const high = { highHz: [1000, 1000] };
    const both = { lowHz: [300, 300], highHz: [3400, 3400] };
    expect(await levelAt(100, low)).toBeLessThan(-35);
    expect(await levelAt(5000, low)).toBeCloseTo(0, 0);
    expect(await levelAt(5000, high)).toBeLessThan(-30);
    expect(await levelAt(100, high)).toBeCloseTo(0, 0);
    expect(await levelAt(1000, both)).toBeCloseTo(0, 0);
    for (const frequency of [100, 6000]) expect(await levelAt(frequency, both)).toBeLessThan(-25);
  });

  it('draws cut-offs in its range', async () => {
    const { apply } = bandLimit.create(bandLimit.schema.parse({ highHz: [500, 4000] }), context);
    const levels: number[] = [];
    for (let i = 0; i < 30; i++)
      levels.push(Math.max(...(await apply(tone(2000, 2000, 1), createRandom(i))).subarray(1000)));
    expect(Math.min(...levels)).toBeGreaterThan(0.05);
    expect(Math.max(...levels)).toBeGreaterThan(0.8);
    expect(Math.min(...levels)).toBeLessThan(0.3);
  });

  it.each([
    [{}, 'lowHz, highHz or both'],
    [{ lowHz: [100, 900], highHz: [800, 4000] }, 'end below highHz'],
    [{ lowHz: [0, 100] }, '>=1'],
  ])('refuses %j: %s', (options, reason) => {
    expect(
      bandLimit.schema
        .safeParse(options)
        .error?.issues.map(({ message }) => message)
        .join(),
    ).toContain(reason);
  });

  it('refuses cut-offs that the rate does not have', () => {
    const options = bandLimit.schema.parse({ highHz: [4000, 8000] });
    expect(() => bandLimit.create(options, context)).toThrow(/below 8000 Hz, got 8000; lower them/);
  });
});
