/** The architectures there are. A new one is its file and a line here. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { lookUp, parseOptions, type TypedOptions } from '../runtime/options.js';
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

/** Every architecture by the `type` that configs name it by. */
export const models = {
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

/**
 * The model that `{ type, ...options }` asks for, with fresh weights. Equal seeds give equal weights.
 *
 * @param inputShape shape of one example, `[frames, bins]` or `[samples]`; a `null` length is free
 * @throws ConfigError for an unknown type, and for options that can't be used, all at once; ShapeError where the
 *   architecture can't take such input
 */
export function buildModel(
  { type, ...options }: TypedOptions,
  inputShape: readonly (number | null)[],
  seed: number,
): LayersModel {
  const entry: ModelType = lookUp<ModelType>(models, type, 'model');
  return entry.build(parseOptions(entry.schema, options, type), inputShape, seed);
}
