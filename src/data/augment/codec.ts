/** Codecs: the clip encoded and decoded, as if it had come over a telephone or from the net. */
import { z } from 'zod';
import { butterworthBandPass, filterWith } from '../../dsp/biquad.js';
import { decodeMuLaw, encodeMuLaw, throughG711 } from '../../dsp/companding.js';
import { resample } from '../../dsp/resample.js';
import type { Random } from '../../runtime/random.js';
import { type AugmentationType, probability } from './augmentation.js';
import { BIT_RATES, throughMp3, throughOpus } from './compression.js';

const KINDS = ['mu-law', 'g711-mu-law', 'g711-a-law', 'telephone', 'mp3', 'opus'] as const;

const schema = z.strictObject({
  probability,
  kinds: z
    .array(z.enum(KINDS))
    .min(1)
    .default([...KINDS])
    .describe(
      'The codecs of which each clip draws one: continuous mu-law in 256 levels; G.711; telephone (300 to 3400 Hz, ' +
        'G.711 at 8 kHz by either law); MP3 and Opus, encoded and decoded for real.',
    ),
  bitRates: z
    .array(z.literal(BIT_RATES))
    .min(1)
    .default([16, 24, 32, 64])
    .describe('MP3 and Opus: kbit/s of which each clip draws one.'),
});

const MU_LAW_LEVELS = 256;
/** Hz. */
const TELEPHONE = { low: 300, high: 3400, sampleRate: 8000, order: 4 } as const;

/** The registry entry; see the top of the file. */
export const codec: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create({ probability, kinds, bitRates }, { sampleRate }) {
    const band = butterworthBandPass(TELEPHONE.order, TELEPHONE.low, TELEPHONE.high, sampleRate);
    const bitRate = (random: Random) => bitRates[random.integer(bitRates.length)];
    return {
      probability,
      apply(waveform, random) {
        switch (kinds[random.integer(kinds.length)]) {
          case 'mu-law':
            return decodeMuLaw(encodeMuLaw(waveform, MU_LAW_LEVELS), MU_LAW_LEVELS);
          case 'g711-mu-law':
            return throughG711(waveform, 'mu-law');
          case 'g711-a-law':
            return throughG711(waveform, 'a-law');
          case 'telephone': {
            const narrow = resample(filterWith(waveform, band), sampleRate, TELEPHONE.sampleRate);
            const sent = throughG711(narrow, random.integer(2) === 0 ? 'mu-law' : 'a-law');
            return resample(sent, TELEPHONE.sampleRate, sampleRate).subarray(0, waveform.length);
          }
          case 'mp3':
            return throughMp3(waveform, bitRate(random));
          default:
            return throughOpus(waveform, bitRate(random));
        }
      },
    };
  },
};
