/** Additive noise: white, or cut from recordings, at an amplitude or at a signal-to-noise ratio. */
import { z } from 'zod';
import { whiteNoise } from '../../dsp/white-noise.js';
import { ConfigError } from '../../runtime/errors.js';
import type { Random } from '../../runtime/random.js';
import { repeated, toFixedLength } from '../fixed-length.js';
import { type AugmentationType, probability, range } from './augmentation.js';
import { listRecordings, openRecordings } from './recordings.js';

const schema = z
  .strictObject({
    probability,
    kind: z.enum(['white', 'recorded']).describe('Gaussian noise, or pieces of recordings.'),
    amplitude: z
      .number()
      .positive()
      .optional()
      .describe('Standard deviation of white noise, where full scale is 1; instead of snrDb.'),
    snrDb: range()
      .optional()
      .describe('Least and greatest signal-to-noise ratio in dB; each clip draws one between them.'),
    directory: z
      .string()
      .min(1)
      .optional()
      .describe("Folder of noise recordings; those in folders beneath it count too. By default the corpus's own."),
  })
  .superRefine(({ kind, amplitude, snrDb, directory }, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (kind === 'white') {
      if ((amplitude === undefined) === (snrDb === undefined)) {
        problem('amplitude', 'white noise takes either an amplitude or snrDb; give one of the two');
      }
      if (directory !== undefined) problem('directory', 'white noise takes no recordings; leave it out');
    } else {
      if (snrDb === undefined) problem('snrDb', 'recorded noise needs a range such as [5, 20]');
      if (amplitude !== undefined) problem('amplitude', 'recorded noise takes snrDb instead; leave it out');
    }
  });

/** The registry entry; see the top of the file. */
export const noise: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create({ probability, kind, amplitude, snrDb, directory }, context) {
    const [low, high] = snrDb ?? [0, 0];
    if (kind === 'recorded') {
      const paths = directory === undefined ? ownRecordings(context.noise) : listRecordings('noise', directory);
      const clips = openRecordings(paths, context.sampleRate);
      return {
        probability,
        async apply(waveform, random) {
          const clip = await clips.pick(random);
          const piece = pieceOf(clip, waveform.length, random);
          return mixedAtSnr(waveform, piece, random.uniformBetween(low, high));
        },
      };
    }
    return {
      probability,
      apply(waveform, random) {
        const white = whiteNoise(waveform.length, random.uniform);
        return amplitude === undefined
          ? mixedAtSnr(waveform, white, random.uniformBetween(low, high))
          : mixed(waveform, white, amplitude);
      },
    };
  },
};

function ownRecordings(paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  throw new ConfigError("noise: expected recordings in the corpus's noise/, found none; name a directory");
}

/**
 * A clip with noise at a signal-to-noise ratio: `y = x + n sqrt(mean(x^2) / mean(n^2) / 10^(snr / 10))`, as in
 * torchaudio's `add_noise`. Where either is silent there is no such ratio, and the clip comes back as it was.
 *
 * @param piece as long as `waveform`
 * @returns freshly allocated; not clipped to -1..1
 */
export function mixedAtSnr(waveform: Float32Array, piece: Float32Array, snrDb: number): Float32Array {
  const signal = energy(waveform);
  const disturbance = energy(piece);
  const isSilent = signal === 0 || disturbance === 0;
  return mixed(waveform, piece, isSilent ? 0 : Math.sqrt(signal / disturbance / 10 ** (snrDb / 10)));
}

function mixed(waveform: Float32Array, piece: Float32Array, scale: number): Float32Array {
  const result = new Float32Array(waveform.length);
  for (let i = 0; i < result.length; i++) result[i] = waveform[i] + scale * piece[i];
  return result;
}

function energy(waveform: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < waveform.length; i++) sum += waveform[i] * waveform[i];
  return sum;
}

/** A random stretch of a long recording, or a short one played over and over from a random place. */
function pieceOf(clip: Float32Array, nSamples: number, random: Random): Float32Array {
  return clip.length >= nSamples
    ? toFixedLength(clip, nSamples, random)
    : repeated(clip, nSamples, random.integer(clip.length));
}
