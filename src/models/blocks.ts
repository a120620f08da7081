/**
 * Parts that models share. Weights and biases start as PyTorch starts them by default: uniform within 1 / sqrt(fan-in).
 */
import { initializers, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ShapeError } from '../runtime/errors.js';
import { deriveSeed } from '../runtime/random.js';

/**
 * The input of a model that takes feature matrices, as maps of one channel.
 *
 * @param inputShape `[frames, bins]`; frames may be free
 * @param least frames and bins that the model needs
 * @param type of the model, for the message
 * @throws ShapeError where the input is no such matrix, or too small
 */
export function featureInput(
  inputShape: readonly (number | null)[],
  least: number,
  type: string,
): { input: SymbolicTensor; maps: SymbolicTensor } {
  const [frames, bins] = inputShape;
  if (inputShape.length !== 2 || typeof bins !== 'number' || bins < least || (frames ?? least) < least) {
    const shown = inputShape.map((length) => length ?? 'any').join(', ');
    throw new ShapeError(`${type}: expected features [frames, bins] of at least ${least} each, got [${shown}]`);
  }
  const features = input({ name: 'features', shape: [...inputShape] });
  const maps = layers.reshape({ name: 'maps', targetShape: [frames, bins, 1] }).apply(features);
  return { input: features, maps: maps as SymbolicTensor };
}

/** A convolution with stride 1 that keeps the size. */
export interface ConvolutionOptions {
  readonly name: string;
  /** Output channels. */
  readonly nChannels: number;
  /** Odd, so that TensorFlow's "same" padding is the symmetric one of PyTorch. */
  readonly kernelSize: number;
  /** Of the model; the layer's own seeds are derived from it and from the name. */
  readonly seed: number;
}

/** `[batch, frames, bins, channels]` to `[batch, frames, bins, nChannels]`. */
export function convolution(
  x: SymbolicTensor,
  { name, nChannels, kernelSize, seed }: ConvolutionOptions,
): SymbolicTensor {
  const layer = layers.conv2d({
    name,
    filters: nChannels,
    kernelSize,
    padding: 'same',
    ...uniformInitializers(kernelSize ** 2 * lastLength(x), name, seed),
  });
  return layer.apply(x) as SymbolicTensor;
}

/** `[batch, features]` to `[batch, units]`. */
export function linear(
  x: SymbolicTensor,
  { name, units, seed }: { readonly name: string; readonly units: number; readonly seed: number },
): SymbolicTensor {
  return layers.dense({ name, units, ...uniformInitializers(lastLength(x), name, seed) }).apply(x) as SymbolicTensor;
}

/** `[batch, frames, bins, channels]` to half the frames and bins, odd ones dropped. */
export function halve(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.maxPooling2d({ name, poolSize: 2, strides: 2, padding: 'valid' }).apply(x) as SymbolicTensor;
}

function uniformInitializers(fanIn: number, name: string, seed: number) {
  const limit = 1 / Math.sqrt(fanIn);
  const uniform = (role: string) =>
    initializers.randomUniform({ minval: -limit, maxval: limit, seed: deriveSeed(seed, name, role) });
  return { kernelInitializer: uniform('kernel'), biasInitializer: uniform('bias') };
}

function lastLength(x: SymbolicTensor): number {
  return x.shape.at(-1) as number;
}
