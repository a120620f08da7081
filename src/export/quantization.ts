/** Weights in fewer bits, as TensorFlow.js's loader reads them back. */
import { toFloat16 } from '../runtime/half-precision.js';

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

/** A weight in 8 bits, with a scale for each channel; the value is (step - 128) scale. */
export interface ChannelSteps {
  readonly steps: Uint8Array;
  readonly scales: Float32Array;
}

/** The step that stands for 0: unsigned products don't overflow the 16 bits that processors add them up in. */
export const ZERO_STEP = 128;

/**
 * Rounds a weight to 8 bits, channel by channel.
 *
 * @param channelOf the channel of each element
 */
export function quantizeChannels(
  values: Float32Array,
  nChannels: number,
  channelOf: (index: number) => number,
): ChannelSteps {
  const scales = new Float32Array(nChannels);
  for (const [i, value] of values.entries()) {
    const channel = channelOf(i);
    scales[channel] = Math.max(scales[channel], Math.abs(value) / 127);
  }
  for (let channel = 0; channel < nChannels; channel++) if (scales[channel] === 0) scales[channel] = 1;
  const steps = Uint8Array.from(values, (value, i) => Math.round(value / scales[channelOf(i)]) + ZERO_STEP);
  return { steps, scales };
}
