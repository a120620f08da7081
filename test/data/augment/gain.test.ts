import { expect, it } from 'vitest';
import { gain } from '../../../src/data/augment/gain.js';
import { createRandom } from '../../../src/runtime/random.js';

it('multiplies by a factor in its range, clipping nothing', async () => {
  const { apply } = gain.create(gain.schema.parse({ gainDb: [-20, 6] }), { sampleRate: 16000, noise: [] });
  const clip = Float32Array.of(1, -0.5, 0);
  const factors: number[] = [];
  for (let i = 0; i < 100; i++) {
    const [first, second, third] = await apply(clip, createRandom(i));
    expect([second, third]).toEqual([Math.fround(-first / 2), 0]);
    factors.push(20 * Math.log10(first));
  }
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(-20);
  expect(Math.max(...factors)).toBeLessThanOrEqual(6.0001);
  expect(Math.max(...factors)).toBeGreaterThan(3);
  expect(Math.min(...factors)).toBeLessThan(-17);
});
