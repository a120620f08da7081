import { describe, expect, it } from 'vitest';
import { throughMp3, throughOpus } from '../../../src/data/augment/compression.js';
import { tone } from '../../support/clips.js';
import { synthesizeSpeech } from '../../support/synthetic-speech.js';

const speech = synthesizeSpeech(16000);

/** Signal-to-noise ratio in dB of the middle, moved by `lag` samples. */
function ratio(before: Float32Array, after: Float32Array, lag = 0): number {
  let signal = 0;
  let noise = 0;
  for (let i = 2000; i < before.length - 2000; i++) {
    signal += before[i] ** 2;
    noise += (before[i] - after[i + lag]) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

describe.each([
  ['MP3', (x: Float32Array) => throughMp3(x, 32), (x: Float32Array) => throughMp3(x, 128), 1],
  // Opus filters what it sends, so its waveform differs in phase: up to three samples of best place.
  ['Opus', (x: Float32Array) => throughOpus(x, 8), (x: Float32Array) => throughOpus(x, 64), 3],
] as const)('a round trip through %s', (_, low, high, tolerance) => {
  it('loses something, less at more bits', async () => {
    const [poor, good] = [ratio(speech, await low(speech)), ratio(speech, await high(speech))];
    expect(poor).toBeGreaterThan(2);
    expect(good).toBeGreaterThan(poor + 1);
    expect(good).toBeLessThan(60);
  });

  it('leaves every sample in its place', async () => {
    const after = await high(speech);
    const lags = Array.from({ length: 41 }, (_, i) => i - 20);
    const best = lags.reduce((a, b) => (ratio(speech, after, b) > ratio(speech, after, a) ? b : a));
    expect(Math.abs(best)).toBeLessThanOrEqual(tolerance);
  });

  it('remembers nothing of the clip before', async () => {
    const once = await low(speech);
    await low(tone(9000, 3000, 0.9));
    expect(await low(speech)).toEqual(once);
  });

  it.each([1, 319, 576, 1153])('takes %i samples, and clips what is too loud', async (n) => {
    const result = await high(new Float32Array(n).fill(4));
    expect(result.length).toBe(n);
    expect(result.every((x) => Math.abs(x) < 2)).toBe(true);
  });
});
