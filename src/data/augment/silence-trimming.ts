/**
 * Silence trimming: quiet stretches taken out, at the ends or everywhere. Detectors learn from silence what has nothing
 * to do with speech (Müller et al., "Speech is silver, silence is golden: what do ASVspoof-trained models really
 * learn?", ASVspoof 2021 workshop).
 */
import { z } from 'zod';
import { type AugmentationType, probability } from './augmentation.js';

const schema = z.strictObject({
  probability,
  where: z.enum(['ends', 'everywhere']).default('ends').describe('Whether pauses within the clip go too.'),
  thresholdDb: z
    .number()
    .positive()
    .default(40)
    .describe('A frame is silent where its energy lies this many dB below that of the loudest.'),
});

/** Frames of 32 ms every 8 ms at 16 kHz. */
const FRAME_SECONDS = 0.032;
const HOP_SECONDS = 0.008;

/** The registry entry; see the top of the file. */
export const silenceTrimming: AugmentationType<typeof schema, 'clip'> = {
  stage: 'clip',
  schema,
  create: ({ probability, where, thresholdDb }, { sampleRate }) => {
    const nFrame = 2 * Math.round((FRAME_SECONDS * sampleRate) / 2);
    const nHop = Math.round(HOP_SECONDS * sampleRate);
    return {
      probability,
      apply(clip) {
        const sounding = soundingStretches(clip, thresholdDb, nFrame, nHop);
        if (where === 'everywhere') return joined(clip, sounding);
        return clip.slice(sounding[0][0], sounding[sounding.length - 1][1]);
      },
    };
  },
};

/**
 * Where a clip is not silent, by the rule of `librosa.effects.split`: the mean square of frames centred on multiples of
 * `nHop`, with zeros beyond the ends, against the largest of them. A clip of zeros counts as sounding.
 *
 * @param nFrame samples, even
 * @returns at least one stretch `[start, end)` in samples, in order
 */
export function soundingStretches(
  clip: Float32Array,
  thresholdDb: number,
  nFrame: number,
  nHop: number,
): readonly (readonly [number, number])[] {
  const energies = Float64Array.from({ length: 1 + Math.floor(clip.length / nHop) }, (_, frame) => {
    const start = frame * nHop - nFrame / 2;
    let sum = 0;
    for (let i = Math.max(0, start); i < Math.min(clip.length, start + nFrame); i++) sum += clip[i] * clip[i];
    return sum;
  });
  const threshold = energies.reduce((most, energy) => Math.max(most, energy), 0) / 10 ** (thresholdDb / 10);
  const stretches: [number, number][] = [];
  let start = -1;
  for (let frame = 0; frame <= energies.length; frame++) {
    const isSounding = frame < energies.length && (energies[frame] > threshold || threshold === 0);
    if (isSounding && start < 0) start = frame;
    if (isSounding || start < 0) continue;
    stretches.push([start * nHop, Math.min(clip.length, frame * nHop)]);
    start = -1;
  }
  return stretches;
}

function joined(clip: Float32Array, stretches: readonly (readonly [number, number])[]): Float32Array {
  const result = new Float32Array(stretches.reduce((length, [start, end]) => length + end - start, 0));
  let at = 0;
  for (const [start, end] of stretches) {
    result.set(clip.subarray(start, end), at);
    at += end - start;
  }
  return result;
}
