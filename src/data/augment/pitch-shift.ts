/** Pitch shift: the clip higher or lower at its own tempo, stretched by WSOLA and played faster by as much. */
import { z } from 'zod';
import { changeTempo } from '../../dsp/time-scale.js';
import { type AugmentationType, probability, range } from './augmentation.js';
import { atSpeed } from './speed.js';

const schema = z.strictObject({
  probability,
  semitones: range(-12, 12).default([-2, 2]).describe('Lowest and highest shift in semitones; formants move too.'),
});

/** The registry entry; see the top of the file. */
export const pitchShift: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create: ({ probability, semitones }, { sampleRate }) => ({
    probability,
    apply: (waveform, random) => transposed(waveform, random.uniformBetween(...semitones), sampleRate),
  }),
};

/**
 * A clip at another pitch, to the nearest hundredth of a ratio (a sixth of a semitone).
 *
 * @param sampleRate Hz
 * @returns freshly allocated, as long as `waveform`
 */
export function transposed(waveform: Float32Array, semitones: number, sampleRate: number): Float32Array {
  const ratio = Math.round(100 * 2 ** (semitones / 12)) / 100;
  const shifted = atSpeed(changeTempo(waveform, 1 / ratio, sampleRate), ratio);
  const result = new Float32Array(waveform.length);
  result.set(shifted.subarray(0, result.length));
  return result;
}
