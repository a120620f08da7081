/** Parts that models share. */
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { uniformByFanIn } from '../layers/initial-weights.js';
import { showShape } from '../layers/layer-options.js';
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
    const got = showShape([...inputShape]);
    throw new ShapeError(`${type}: expected features [frames, bins] of at least ${least} each, got ${got}`);
  }
  const features = input({ name: 'features', shape: [...inputShape] });
  const maps = layers.reshape({ name: 'maps', targetShape: [frames, bins, 1] }).apply(features);
  return { input: features, maps: maps as SymbolicTensor };
}

/** `[batch, ..., features]` to `[batch, ..., units]`, a trained linear map. `seed` is the model's. */
export function linear(
  x: SymbolicTensor,
  { name, units, seed }: { readonly name: string; readonly units: number; readonly seed: number },
): SymbolicTensor {
  const fanIn = x.shape.at(-1) as number;
  const ownSeed = deriveSeed(seed, name);
  const layer = layers.dense({
    name,
    units,
    kernelInitializer: uniformByFanIn(fanIn, ownSeed, 'kernel'),
    biasInitializer: uniformByFanIn(fanIn, ownSeed, 'bias'),
  });
  return layer.apply(x) as SymbolicTensor;
}

/**
 * The input of a model that takes the waveform.
 *
 * @param inputShape `[samples]`; may be free
 * @param least samples that the model needs
 * @param type of the model, for the message
 * @throws ShapeError where the input is something else, or too short
 */
export function waveformInput(inputShape: readonly (number | null)[], least: number, type: string): SymbolicTensor {
  const [samples] = inputShape;
  if (inputShape.length !== 1 || (samples ?? least) < least) {
    const got = showShape([...inputShape]);
    throw new ShapeError(`${type}: expected a waveform [samples] of at least ${least}, got ${got}`);
  }
  return input({ name: 'waveform', shape: [...inputShape] });
}
