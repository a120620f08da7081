/** How powers become the values of a feature: the option `log` that features share. */
import { z } from 'zod';
import { type DecibelOptions, powerToDecibels } from '../dsp/decibels.js';
import { logOfFloatBits } from '../dsp/logarithm.js';

/** Powers below a normal float32 have no logarithm here. */
const SMALLEST_OFFSET = 1e-30;

const offset = z.number().min(SMALLEST_OFFSET);

/** What a feature sets `log` to where its user does not. */
export interface LevelDefaults {
  readonly type: 'decibel' | 'natural' | 'log10';
  /** Of decibels. */
  readonly reference: DecibelOptions['reference'];
  /** Of both logarithms. */
  readonly offset: number;
}

/** The option, with a feature's defaults. */
export function levelOption(defaults: LevelDefaults) {
  const offsetOption = offset.default(defaults.offset).describe('Added to the power before the logarithm.');
  return z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('decibel'),
        reference: z
          .union([z.literal('max'), z.number().positive()])
          .default(defaults.reference)
          .describe('The power that is 0 dB; "max" is the largest of the utterance.'),
        floor: z.number().min(SMALLEST_OFFSET).default(1e-10).describe('Powers below are raised to it.'),
        topDb: z
          .number()
          .positive()
          .nullable()
          .default(80)
          .describe('Levels more than this below the highest are raised to that; null leaves them.'),
      }),
      z.strictObject({ type: z.literal('natural'), offset: offsetOption }),
      z.strictObject({ type: z.literal('log10'), offset: offsetOption }),
      z.strictObject({
        type: z.literal('none'),
        exponent: z.literal([1, 2]).default(2).describe('2 leaves powers, 1 takes magnitudes.'),
      }),
    ])
    .prefault({ type: defaults.type })
    .describe('The logarithm of the powers, or none.');
}

/** The option, parsed. */
export type Level = z.output<ReturnType<typeof levelOption>>;

/**
 * Replaces powers by what the option makes of them, in place.
 *
 * @param values finite, at least 0, of a whole utterance
 */
export function applyLevel(values: Float32Array, level: Level): void {
  if (level.type === 'decibel') powerToDecibels(values, level);
  else if (level.type !== 'none') addAndLog(values, level.offset, level.type === 'log10' ? Math.LOG10E : 1);
  else if (level.exponent === 1) for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(values[i]);
}

function addAndLog(values: Float32Array, added: number, factor: number): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] += added;
    values[i] = factor * logOfFloatBits(bits[i]);
  }
}
