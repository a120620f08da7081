/** How a model is called in training. */
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { CallArguments } from '../layers/layer-options.js';
import { ConfigError } from '../runtime/errors.js';
import { inBlocks } from './in-blocks.js';
import { models } from './registry.js';

/**
 * The model's outputs for a batch, in training.
 *
 * @param type of the model in the registry
 * @param isRecomputed whether intermediate results are computed again in the backward pass, for less memory
 * @throws ConfigError where the model has nothing to compute again
 */
export function trainingCall(
  model: LayersModel,
  type: string,
  isRecomputed: boolean,
): (x: tf.Tensor, args: CallArguments) => tf.Tensor | tf.Tensor[] {
  const { recomputation } = models.get(type, 'model');
  if (!isRecomputed) return (x, args) => model.apply(x, { ...args, training: true }) as tf.Tensor | tf.Tensor[];
  if (recomputation === undefined) {
    const able = models.entries().filter(([, entry]) => entry.recomputation !== undefined);
    throw new ConfigError(
      `training.gradientCheckpointing: ${type} has no blocks to compute again (${able.map(([name]) => name).join(', ')} have); set it to false`,
    );
  }
  if (recomputation === 'layers') {
    return (x, args) => model.apply(x, { ...args, training: true, recompute: true }) as tf.Tensor | tf.Tensor[];
  }
  const blocks = inBlocks(model, recomputation);
  return (x, args) => blocks(x, { ...args, training: true });
}
