/** How a run calls its model, and with what: clips, or embeddings of an encoder that is not trained. */
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Loader } from '../data/loader.js';
import type { Trial } from '../data/trial.js';
import { clipLength, type ExperimentConfig, longestClip, paddingKind } from '../experiment/config.js';
import type { CallArguments } from '../layers/layer-options.js';
import { frozenEncoder } from '../models/frozen-encoder.js';
import { trainingCall } from '../models/training-call.js';
import { createEmbedder, type Embedder } from './embedding-loader.js';
import { createExperimentLoader, type LoaderSurroundings } from './evaluation.js';

/** What training and evaluation need of a loader. */
export type Batches = Pick<Loader, 'nBatches' | 'batches' | 'close'>;

/** A model's calls and its batches, which belong together. */
export interface Passes {
  /** The model's outputs for the inputs of a batch, in training or at inference. */
  call(inputs: tf.Tensor, args: CallArguments): tf.Tensor | tf.Tensor[];
  /**
   * Batches of a set: `train` shuffles, crops at random and augments.
   *
   * @param label names the set to people
   */
  loader(label: string, trials: readonly Trial[], mode: 'train' | 'eval'): Batches;
  dispose(): void;
}

/**
 * The passes of an experiment. With `training.freezeEncoder` the encoder runs as at inference; without augmentation it does
 * so once for each clip, and batches hold embeddings; but not where clips are padded and the head takes their frames.
 *
 * @param isCompiled whether embeddings are computed by a program
 * @throws ConfigError where the model has nothing to compute again, and is to
 */
export function createPasses(
  model: LayersModel,
  config: ExperimentConfig,
  isCompiled: boolean,
  surroundings: LoaderSurroundings,
): Passes {
  const { training } = config;
  const trained = trainingCall(model, config.model.type, training.gradientCheckpointing);
  const clips = (trials: readonly Trial[], mode: 'train' | 'eval'): Loader => {
    const { attacks, ...others } = surroundings;
    return createExperimentLoader(config, trials, mode, mode === 'train' ? surroundings : others);
  };
  const encoder = training.freezeEncoder ? frozenEncoder(model) : undefined;
  if (encoder === undefined) {
    return {
      call: (x, args) =>
        args.training === true ? trained(x, args) : (model.apply(x, { ...args }) as tf.Tensor | tf.Tensor[]),
      loader: (_, trials, mode) => clips(trials, mode),
      dispose: () => {},
    };
  }
  const head = (embeddings: tf.Tensor, args: CallArguments) =>
    encoder.head(embeddings, { ...args, recompute: training.gradientCheckpointing });
  const kind = paddingKind(config);
  if (config.augment.length > 0 || (kind !== undefined && !encoder.isVector)) {
    return {
      call: (x, args) => head(encoder.embed(x, args.lengths), args),
      loader: (_, trials, mode) => clips(trials, mode),
      dispose: () => {},
    };
  }
  const { cacheDirectory, logger } = surroundings;
  const embedder: Embedder = createEmbedder({
    encoder,
    model: config.model,
    lengthRule: lengthRuleOf(config),
    cacheDirectory,
    // Few clips that keep their own lengths have the same, for which it would pay to record.
    isCompiled: isCompiled && kind !== 'seen',
    logger,
  });
  const single = { ...config, training: { ...training, perDeviceEvalBatchSize: 1 } };
  return {
    call: head,
    loader: (label, trials, mode) =>
      embedder.loader({
        label,
        trials,
        clipsOf: (missing) => createExperimentLoader(single, missing, 'eval', { logger }),
        batchSize: mode === 'train' ? training.perDeviceTrainBatchSize : training.perDeviceEvalBatchSize,
        shuffle: mode === 'train' && training.overfitBatches === 0,
        seed: config.seed,
      }),
    dispose: () => embedder.dispose(),
  };
}

/** Names how the clips of an experiment are brought to their length in evaluation. */
function lengthRuleOf(config: ExperimentConfig): string {
  const nSamples = clipLength(config);
  if (nSamples !== undefined) return `start ${nSamples}`;
  const kind = paddingKind(config);
  if (kind === undefined) return 'whole';
  const own = `at most ${longestClip(config)}`;
  return kind === 'masked' ? `${own}, padded to ${config.training.padToMultipleOf}` : own;
}
