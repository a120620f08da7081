/** Reverberation: the clip as it would sound in a room, simulated or recorded. */
import { z } from 'zod';
import { convolve } from '../../dsp/fast-convolution.js';
import { type Point, roomResponse } from '../../dsp/room-response.js';
import type { Random } from '../../runtime/random.js';
import { type AugmentationType, probability, range } from './augmentation.js';
import { listRecordings, openRecordings } from './recordings.js';

const schema = z
  .strictObject({
    probability,
    kind: z
      .enum(['simulated', 'recorded'])
      .default('simulated')
      .describe('Responses of shoebox rooms by the image-source method, or recorded ones.'),
    reverberationSeconds: range(0.05, 2)
      .default([0.1, 0.6])
      .describe('Simulated: least and greatest time in which sound falls by 60 dB.'),
    sideMetres: range(1, 50).default([3, 8]).describe('Simulated: least and greatest width and depth of the room.'),
    heightMetres: range(1, 50).default([2.5, 3.5]).describe('Simulated: least and greatest height of the room.'),
    directory: z
      .string()
      .min(1)
      .optional()
      .describe('Recorded: folder of room impulse responses; those in folders beneath it count too.'),
  })
  .superRefine(({ kind, directory }, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', path: ['directory'], message });
    if (kind === 'recorded' && directory === undefined) problem('recorded responses need a folder');
    if (kind === 'simulated' && directory !== undefined) problem('simulated rooms take no recordings; leave it out');
  });

type Options = z.output<typeof schema>;

/** Metres that speaker and microphone keep from the walls, at most a quarter of the room. */
const FROM_WALLS = 0.5;

/** The registry entry; see the top of the file. */
export const reverb: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create(options, { sampleRate }) {
    if (options.directory === undefined) {
      return {
        probability: options.probability,
        apply: (waveform, random) => reverberated(waveform, roomResponse(drawRoom(options, random), sampleRate)),
      };
    }
    const responses = openRecordings(listRecordings('reverb', options.directory), sampleRate);
    return {
      probability: options.probability,
      apply: async (waveform, random) => reverberated(waveform, await responses.pick(random)),
    };
  },
};

function drawRoom({ reverberationSeconds, sideMetres, heightMetres }: Options, random: Random) {
  const size: Point = [
    random.uniformBetween(...sideMetres),
    random.uniformBetween(...sideMetres),
    random.uniformBetween(...heightMetres),
  ];
  const place = (length: number) => {
    const margin = Math.min(FROM_WALLS, length / 4);
    return random.uniformBetween(margin, length - margin);
  };
  const point = (): Point => [place(size[0]), place(size[1]), place(size[2])];
  return {
    size,
    reverberationSeconds: random.uniformBetween(...reverberationSeconds),
    source: point(),
    microphone: point(),
  };
}

/**
 * A clip convolved with a response of norm 1, from the response's largest sample on, so that the clip stays where it
 * was. A silent response leaves the clip as it is.
 *
 * @returns freshly allocated, as long as `waveform`
 */
export function reverberated(waveform: Float32Array, response: Float32Array): Float32Array {
  let energy = 0;
  let peak = 0;
  for (let i = 0; i < response.length; i++) {
    energy += response[i] * response[i];
    if (Math.abs(response[i]) > Math.abs(response[peak])) peak = i;
  }
  if (energy === 0) return waveform.slice();
  const full = convolve(waveform, response);
  const scale = 1 / Math.sqrt(energy);
  const result = new Float32Array(waveform.length);
  for (let i = 0; i < Math.min(result.length, full.length - peak); i++) result[i] = full[peak + i] * scale;
  return result;
}
