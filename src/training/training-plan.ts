/** Which weights are trained in which epoch, and how fast: for models on a pretrained encoder. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingOptions } from '../experiment/training-options.js';
import { encoderDepths } from '../models/encoder-depths.js';
import { ConfigError } from '../runtime/errors.js';

/** What becomes of each trainable weight. */
export interface TrainingPlan {
  /** The first epoch, from 1, in which a weight is trained; infinite: none. */
  firstEpochOf(weight: string): number;
  /** What the learning rate of a weight is multiplied by. */
  rateOf(weight: string): number;
}

/** All weights from the start, at one rate. */
export const PLAIN_PLAN: TrainingPlan = { firstEpochOf: () => 1, rateOf: () => 1 };

/**
 * The plan that the options ask for. Depth 0 is what comes before the transformer, then come its layers, and the head. With
 * `layerwiseLrDecay` `d` a weight of depth `i` learns at `d ^ (depth of the head - i)` of the rate.
 *
 * @throws ConfigError where the options ask for an encoder, and the model has none
 */
export function planTraining(model: LayersModel, options: TrainingOptions): TrainingPlan {
  const { freezeEncoder, freezeFeatureEncoder, gradualUnfreezing, layerwiseLrDecay } = options;
  const asked = Object.entries({
    freezeEncoder,
    freezeFeatureEncoder,
    gradualUnfreezing: gradualUnfreezing !== null,
    layerwiseLrDecay: layerwiseLrDecay < 1,
  }).find(([, isAsked]) => isAsked);
  if (asked === undefined) return PLAIN_PLAN;
  const depths = encoderDepths(model);
  if (depths === undefined) {
    throw new ConfigError(
      `training.${asked[0]}: ${model.name} has no pretrained encoder to treat differently (wav2vec2 and ssl-aasist have); leave it out`,
    );
  }
  const head = depths.nLayers + 1;
  return {
    firstEpochOf: (weight) => {
      const layer = layerOf(weight);
      const depth = depths.depthOf(layer);
      if (depth === head) return 1;
      if (freezeEncoder || (freezeFeatureEncoder && depths.isFeatureEncoder(layer))) return Number.POSITIVE_INFINITY;
      if (gradualUnfreezing === null) return 1;
      const { fromEpoch, layersPerEpoch } = gradualUnfreezing;
      // The layer under the head is the first.
      return fromEpoch + Math.floor((depths.nLayers - depth) / layersPerEpoch);
    },
    rateOf: (weight) => layerwiseLrDecay ** (head - depths.depthOf(layerOf(weight))),
  };
}

/** Weights are named `layer/role`. */
function layerOf(weight: string): string {
  return weight.slice(0, weight.lastIndexOf('/'));
}
