/** The architectures there are. A new one is its file and a line here. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TypedOptions } from '../runtime/options.js';
import { Registry } from '../runtime/registry.js';
import { aasist, aasistL } from './aasist.js';
import { conformer } from './conformer.js';
import { dualBranch } from './dual-branch.js';
import { lcnn } from './lcnn.js';
import { lcnnSmall } from './lcnn-small.js';
import type { ModelType } from './model.js';
import { rawnet2 } from './rawnet2.js';
import { resnet2 } from './resnet2.js';
import { sslAasist } from './ssl-aasist.js';
import { wav2vec2 } from './wav2vec2.js';

const ours = {
  aasist,
  'aasist-l': aasistL,
  conformer,
  'dual-branch': dualBranch,
  lcnn,
  'lcnn-small': lcnnSmall,
  rawnet2,
  resnet2,
  'ssl-aasist': sslAasist,
  wav2vec2,
} as const satisfies Readonly<Record<string, ModelType>>;

/** Every architecture by the `type` that configs name it by. */
export const models = new Registry<ModelType, typeof ours, 'model'>('model', ours);

/**
 * The model that `{ type, ...options }` asks for, with fresh weights. Equal seeds give equal weights.
 *
 * @param inputShape shape of one example, `[frames, bins]` or `[samples]`; a `null` length is free
 * @throws ConfigError for an unknown type, and for options that can't be used, all at once; ShapeError where the
 *   architecture can't take such input
 */
export function buildModel(model: TypedOptions, inputShape: readonly (number | null)[], seed: number): LayersModel {
  const { entry, options } = models.resolve(model);
  return entry.build(options, inputShape, seed);
}
