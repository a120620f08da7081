import { describe, expect, it } from 'vitest';
import { codec } from '../../../src/data/augment/codec.js';
import { throughMp3 } from '../../../src/data/augment/compression.js';
import { decodeMuLaw, encodeMuLaw, throughG711 } from '../../../src/dsp/companding.js';
import { createRandom } from '../../../src/runtime/random.js';
import { tone } from '../../support/clips.js';
import { synthesizeSpeech } from '../../support/synthetic-speech.js';

const speech = synthesizeSpeech(4000);
const through = async (options: object, waveform = speech, key = 1) =>
  codec
    .create(codec.schema.parse(options), { sampleRate: 16000, noise: [] })
    .apply(waveform, createRandom(key)) as Promise<Float32Array>;

describe('codec', () => {
  it('is the codec that was named', async () => {
    expect(await through({ kinds: ['mu-law'] })).toEqual(decodeMuLaw(encodeMuLaw(speech, 256), 256));
    expect(await through({ kinds: ['g711-mu-law'] })).toEqual(throughG711(speech, 'mu-law'));
    expect(await through({ kinds: ['g711-a-law'] })).toEqual(throughG711(speech, 'a-law'));
    expect(await through({ kinds: ['mp3'], bitRates: [24] })).toEqual(await throughMp3(speech, 24));
  });

  it('changes a clip by opus', async () => {
    const result = await through({ kinds: ['opus'] });
    expect(result.length).toBe(speech.length);
    expect(result).not.toEqual(speech);
  });

  it('lets through a telephone what telephones carry, in as many samples', async () => {
    const level = async (frequency: number) =>
      Math.max(...(await through({ kinds: ['telephone'] }, tone(4001, frequency, 0.5))).subarray(2000).map(Math.abs));
    expect(await level(1000)).toBeCloseTo(0.5, 1);
    expect(await level(100)).toBeLessThan(0.05);
    expect(await level(5000)).toBeLessThan(0.05);
    expect((await through({ kinds: ['telephone'] }, tone(4001, 1000))).length).toBe(4001);
  });

  it('draws among kinds and bit rates', async () => {
    const results = new Set<string>();
    for (let key = 0; key < 24; key++) {
      results.add(
        (await through({ kinds: ['mp3', 'g711-a-law'], bitRates: [16, 64] }, speech, key)).slice(900, 910).join(),
      );
    }
    expect(results.size).toBe(3);
  });

  it.each([{ kinds: [] }, { kinds: ['aac'] }, { bitRates: [17] }, { kinds: ['vorbis'] }])('refuses %j', (options) => {
    expect(codec.schema.safeParse(options).success).toBe(false);
  });
});
