/** Time shift: the clip moved earlier or later by a random amount. */
import { z } from 'zod';
import { type AugmentationType, probability } from './augmentation.js';

const schema = z.strictObject({
  probability,
  maxSeconds: z.number().positive().default(0.1).describe('Largest shift in seconds, in either direction.'),
  fill: z
    .enum(['roll', 'zero'])
    .default('roll')
    .describe('What comes into the gap: the samples that fell off the other end, or silence.'),
});

/** The registry entry; see the top of the file. */
export const timeShift: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create(options, { sampleRate }) {
    const maxSamples = Math.round(options.maxSeconds * sampleRate);
    return {
      probability: options.probability,
      apply: (waveform, random) => shifted(waveform, random.integer(2 * maxSamples + 1) - maxSamples, options.fill),
    };
  },
};

/**
 * A clip moved by `by` samples: sample `i` of the result is sample `i - by` of the clip.
 *
 * @param by later where positive, earlier where negative
 * @param fill `roll` counts samples round the clip; `zero` puts silence where there is none
 * @returns freshly allocated, as long as `waveform`
 */
export function shifted(waveform: Float32Array, by: number, fill: 'roll' | 'zero'): Float32Array {
  const n = waveform.length;
  const result = new Float32Array(n);
  if (fill === 'roll') {
    const start = ((by % n) + n) % n;
    result.set(waveform.subarray(0, n - start), start);
    result.set(waveform.subarray(n - start), 0);
  } else if (Math.abs(by) < n) {
    result.set(waveform.subarray(Math.max(0, -by), n - Math.max(0, by)), Math.max(0, by));
  }
  return result;
}
