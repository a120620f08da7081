/** Band limit: what a narrow channel lets through, between a lower and an upper cut-off. */
import { z } from 'zod';
import { butterworthBandPass, filterWith, passBiquad } from '../../dsp/biquad.js';
import { ConfigError } from '../../runtime/errors.js';
import { type AugmentationType, probability, range } from './augmentation.js';

const schema = z
  .strictObject({
    probability,
    lowHz: range(1).optional().describe('Least and greatest lower cut-off in Hz; without it all low frequencies pass.'),
    highHz: range(1).optional().describe('Least and greatest upper cut-off in Hz; without it all high ones pass.'),
  })
  .superRefine(({ lowHz, highHz }, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', path: ['lowHz'], message });
    if (lowHz === undefined && highHz === undefined) problem('a band needs lowHz, highHz or both');
    if (lowHz !== undefined && highHz !== undefined && lowHz[1] >= highHz[0]) problem('must end below highHz');
  });

/** Poles at each edge of a band with two. */
const ORDER = 4;

/** The registry entry; see the top of the file. One cut-off is a biquad of 12 dB an octave, two are steeper. */
export const bandLimit: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create({ probability, lowHz, highHz }, { sampleRate }) {
    const highest = Math.max(lowHz?.[1] ?? 0, highHz?.[1] ?? 0);
    if (highest >= sampleRate / 2) {
      throw new ConfigError(`band-limit: expected cut-offs below ${sampleRate / 2} Hz, got ${highest}; lower them`);
    }
    return {
      probability,
      apply(waveform, random) {
        const low = lowHz === undefined ? undefined : random.uniformBetween(...lowHz);
        const high = highHz === undefined ? undefined : random.uniformBetween(...highHz);
        return filterWith(waveform, sectionsOf(low, high, sampleRate));
      },
    };
  },
};

function sectionsOf(low: number | undefined, high: number | undefined, sampleRate: number) {
  if (low !== undefined && high !== undefined) return butterworthBandPass(ORDER, low, high, sampleRate);
  return low === undefined ? [passBiquad('low', high ?? 0, sampleRate)] : [passBiquad('high', low, sampleRate)];
}
