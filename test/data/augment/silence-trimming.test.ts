import { describe, expect, it } from 'vitest';
import { silenceTrimming, soundingStretches } from '../../../src/data/augment/silence-trimming.js';
import { createRandom } from '../../../src/runtime/random.js';
import { tone } from '../../support/clips.js';

/** Silence, a tone, silence, a softer tone, silence; 3000 samples each. */
const clip = new Float32Array(15000);
clip.set(tone(3000, 400, 0.5), 3000);
clip.set(tone(3000, 400, 0.05), 9000);

describe('soundingStretches', () => {
  // librosa 0.11: librosa.effects.split(clip, top_db=..., frame_length=512, hop_length=128), of the clip in float32.
  it.each([
    [
      40,
      [
        [2816, 6272],
        [8832, 12288],
      ],
    ],
    [
      60,
      [
        [2816, 6272],
        [8832, 12288],
      ],
    ],
    [10, [[2816, 6272]]],
  ])('are those of librosa at %i dB', (thresholdDb, expected) => {
    expect(soundingStretches(clip, thresholdDb, 512, 128)).toEqual(expected);
  });

  it('are all of a clip that is silent, or as short as a sample', () => {
    expect(soundingStretches(new Float32Array(1000), 40, 512, 128)).toEqual([[0, 1000]]);
    expect(soundingStretches(Float32Array.of(0.1), 40, 512, 128)).toEqual([[0, 1]]);
  });
});

describe('silence-trimming', () => {
  const trim = (options: object) =>
    silenceTrimming
      .create(silenceTrimming.schema.parse(options), { sampleRate: 16000, noise: [] })
      .apply(clip, createRandom(1)) as Float32Array;

  it('takes silence off the ends, or out of everywhere', () => {
    expect(trim({})).toEqual(clip.slice(2816, 12288));
    expect(trim({ where: 'everywhere' })).toEqual(
      Float32Array.from([...clip.subarray(2816, 6272), ...clip.subarray(8832, 12288)]),
    );
    expect(trim({ thresholdDb: 10 }).length).toBeLessThan(3500);
  });
});
