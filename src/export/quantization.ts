/** Weights in fewer bits, as TensorFlow.js's loader reads them back. */
import { fromFloat16, toFloat16 } from '../runtime/half-precision.js';

/** How weights are stored. */
export type Quantization = 'float16' | 'int8';

/** A weight as an entry of a manifest, with its bytes. */
export interface QuantizedWeights {
  readonly entry: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly quantization?: { readonly dtype: string; readonly min?: number; readonly scale?: number };
  };
  readonly content: Buffer;
}

/** Weights of fewer elements stay as they are: biases and statistics matter more than they weigh. */
export const LEAST_ELEMENTS = 256;

/**
 * A float32 weight as TensorFlow.js's loader takes it. `int8` maps the weight's range onto 256 steps, one of which is 0;
 * `float16` halves the bits of each number.
 */
export function quantizeWeights(
  name: string,
  shape: readonly number[],
  values: Float32Array,
  quantization: Quantization | undefined,
): QuantizedWeights {
  const whole = { name, shape, dtype: 'float32' };
  if (quantization === undefined || values.length < LEAST_ELEMENTS) {
    return { entry: whole, content: Buffer.from(values.buffer, values.byteOffset, values.byteLength) };
  }
  if (quantization === 'float16') {
    const halves = toFloat16(values);
    return { entry: { ...whole, quantization: { dtype: 'float16' } }, content: Buffer.from(halves.buffer) };
  }
  let [low, high] = [0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? (high - low) / 255 : 1;
  const zero = Math.round(-low / scale);
  const steps = Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value / scale) + zero)));
  return {
    entry: { ...whole, quantization: { dtype: 'uint8', min: -zero * scale, scale } },
    content: Buffer.from(steps),
  };
}

/** A weight in 8 bits; the value is step times scale. */
export interface ChannelSteps {
  /** -127 to 127. */
  readonly steps: Int8Array;
  /** One a channel. */
  readonly scales: Float32Array;
}

/** The largest number of half precision, and the least that has all eleven bits. */
const HALF = { largest: 65504, leastWhole: 2 ** -14 };

/** Below it are the subnormal numbers of float32, which many processors take for 0. */
const LEAST_FLOAT = 2 ** -126;

/** Whether half precision holds the numbers, each to eleven bits of its own or of the largest. */
export function fitsHalf(values: Float32Array): boolean {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest < LEAST_FLOAT || (largest >= HALF.leastWhole && largest <= HALF.largest);
}

/**
 * Rounds a weight to 8 bits, channel by channel, symmetrically: 0 stays 0. Scales are numbers of half precision where that
 * can hold them, so that they can be stored so. Small whole numbers, such as the zeros and ones of a mask, stay what they are.
 *
 * @param channelOf the channel of each element
 */
export function quantizeChannels(
  values: Float32Array,
  nChannels: number,
  channelOf: (index: number) => number,
): ChannelSteps {
  let scales = new Float32Array(nChannels);
  if (values.every((value) => Number.isInteger(value) && Math.abs(value) <= 127)) {
    scales.fill(1);
  } else {
    for (const [i, value] of values.entries()) {
      const channel = channelOf(i);
      scales[channel] = Math.max(scales[channel], Math.abs(value) / 127);
    }
    for (let channel = 0; channel < nChannels; channel++) if (scales[channel] === 0) scales[channel] = 1;
    if (fitsHalf(scales)) scales = fromFloat16(toFloat16(scales)) as Float32Array<ArrayBuffer>;
  }
  const steps = Int8Array.from(values, (value, i) =>
    Math.min(127, Math.max(-127, Math.round(value / scales[channelOf(i)]))),
  );
  return { steps, scales };
}
