import { expect, it } from 'vitest';
import { timeStretch } from '../../../src/data/augment/time-stretch.js';
import { createRandom } from '../../../src/runtime/random.js';
import { tone } from '../../support/clips.js';

it('draws rates in its range', async () => {
  const { apply } = timeStretch.create(timeStretch.schema.parse({ rate: [0.8, 1.25] }), {
    sampleRate: 16000,
    noise: [],
  });
  const lengths: number[] = [];
  for (let i = 0; i < 20; i++) lengths.push((await apply(tone(2000, 300), createRandom(i))).length);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1600);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2500);
  expect(new Set(lengths).size).toBeGreaterThan(10);
});
