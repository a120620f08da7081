/** Power as a level in decibels, as `librosa.power_to_db` defines it. */
import { logOfFloatBits } from './logarithm.js';

/** Options of `powerToDecibels`. */
export interface DecibelOptions {
  /** The power that is 0 dB, above 0; `max` takes the largest of the values. */
  readonly reference: number | 'max';
  /** Powers below are raised to it, at least 1e-37. */
  readonly floor: number;
  /** Levels more than this below the highest are raised to that; `null` leaves them. */
  readonly topDb: number | null;
}

const DECIBELS_PER_LOG = 10 / Math.LN10;

/**
 * Replaces powers by their level 10 log10(power / reference), in place.
 *
 * @param values finite, at least 0
 */
export function powerToDecibels(values: Float32Array, { reference, floor, topDb }: DecibelOptions): void {
  // Positive floats are in the order of their bits, read as integers.
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let highestBits = bitsOf(floor);
  for (let i = 0; i < bits.length; i++) highestBits = Math.max(highestBits, bits[i]);
  const highest = Math.exp(logOfFloatBits(highestBits));
  const zero = DECIBELS_PER_LOG * Math.log(reference === 'max' ? highest : Math.max(floor, reference));
  const lowestBits = bitsOf(topDb === null ? floor : Math.max(floor, highest * 10 ** (-topDb / 10)));
  for (let i = 0; i < bits.length; i++) {
    values[i] = DECIBELS_PER_LOG * logOfFloatBits(Math.max(bits[i], lowestBits)) - zero;
  }
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}
