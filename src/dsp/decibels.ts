/** Power as a level in decibels, as `librosa.power_to_db` defines it. */

/** Options of `powerToDecibels`. */
export interface DecibelOptions {
  /** The power that is 0 dB, above 0; `max` takes the largest of the values. */
  readonly reference: number | 'max';
  /** Powers below are raised to it, above 0. */
  readonly floor: number;
  /** Levels more than this below the highest are raised to that; `null` leaves them. */
  readonly topDb: number | null;
}

/** Decibels per neper of power. */
const DECIBELS_PER_LOG = 10 / Math.LN10;

/** Replaces powers by their level 10 log10(power / reference), in place. */
export function powerToDecibels(values: Float32Array, { reference, floor, topDb }: DecibelOptions): void {
  let highest = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > highest) highest = values[i];
  const zero = DECIBELS_PER_LOG * Math.log(Math.max(floor, reference === 'max' ? highest : reference));
  const lowest = topDb === null ? Number.NEGATIVE_INFINITY : level(highest, floor, zero) - topDb;
  for (let i = 0; i < values.length; i++) {
    const decibels = level(values[i], floor, zero);
    values[i] = Math.max(decibels, lowest);
  }
}

function level(power: number, floor: number, zero: number): number {
  return DECIBELS_PER_LOG * Math.log(Math.max(power, floor)) - zero;
}
