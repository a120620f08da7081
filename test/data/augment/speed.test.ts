import { describe, expect, it } from 'vitest';
import { atSpeed, speed } from '../../../src/data/augment/speed.js';
import { createRandom } from '../../../src/runtime/random.js';
import { largestError } from '../../support/arrays.js';
import { tone } from '../../support/clips.js';

describe('atSpeed', () => {
  it.each([0.5, 0.9, 1.1, 2])('plays a tone at %d times its speed and pitch', (factor) => {
    const played = atSpeed(tone(8000, 500), factor);
    expect(played.length).toBe(Math.ceil(8000 / factor));
    const inner = (x: Float32Array) => x.subarray(200, 3800);
    expect(largestError(inner(played), inner(tone(8000, 500 * factor)))).toBeLessThan(1e-3);
  });
});

describe('speed', () => {
  it('draws speeds in its range', async () => {
    const { apply } = speed.create(speed.schema.parse({ factor: [0.8, 1.25] }), { sampleRate: 16000, noise: [] });
    const clip = tone(1000, 300);
    const lengths = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => (await apply(clip, createRandom(i))).length),
    );
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(800);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1250);
    expect(new Set(lengths).size).toBeGreaterThan(15);
  });
});
