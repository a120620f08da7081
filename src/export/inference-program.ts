/** A checkpoint's forward pass as one program for batches of any size: what every export is written from. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { SAMPLE_RATE } from '../data/audio.js';
import { type ModelMetadata, type RunConfig, readModel, readRunConfig } from '../experiment/checkpoint.js';
import { clipLength } from '../experiment/config.js';
import type { FeatureExtractor } from '../features/feature.js';
import { createFeature } from '../features/registry.js';
import { freeBatch } from '../graph/free-batch.js';
import { type Program, releaseProgram } from '../graph/program.js';
import { record } from '../graph/record.js';
import { createForward } from '../inference/forward.js';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { buildModel } from '../models/registry.js';
import { CheckpointError, ConfigError } from '../runtime/errors.js';
import { withComposedOps } from '../runtime/native/raw-op.js';
import { createFrontEnd } from './front-end.js';

/** What is to be recorded. */
export interface InferenceOptions {
  /** Whether the program takes the waveform where the model takes a feature. Default false. */
  readonly withFeatures?: boolean;
  /** Length of a clip in seconds, where the checkpoint leaves it free. Default 4. */
  readonly seconds?: number | undefined;
}

/** A forward pass, ready to be written. */
export interface InferenceProgram {
  readonly run: RunConfig;
  readonly metadata: ModelMetadata;
  readonly model: LayersModel;
  /** From {@link inputName} to `logits` `[batch, nLogits]` and `score` `[batch]`. Its captures are the weights. */
  readonly program: Program;
  /** What the input is called: `waveform` `[batch, samples]`, or `features` `[batch, frames, bins]`. */
  readonly inputName: 'waveform' | 'features';
  /** Shape of one input, without the batch. */
  readonly inputShape: readonly number[];
  /** Samples of a clip: shorter ones are to be repeated, longer ones cut. */
  readonly nSamples: number;
  /** What makes the features of a clip, where the model takes features. */
  readonly extractor: FeatureExtractor | undefined;
  /** Names of the captured weights, as in the checkpoint; of other captured tensors there are none. */
  readonly weightNames: ReadonlyMap<tf.Tensor, string>;
  /** Frees the model and what the program holds. */
  dispose(): void;
}

/** Two sizes of batch, neither of which is a length that anything else has by habit. */
const ROWS = [5, 7] as const;
const DEFAULT_SECONDS = 4;

/**
 * Records the forward pass of a checkpoint on the native engine, by tfjs's own ops, which every runtime has, rather than
 * TensorFlow's fused ones.
 *
 * @throws CheckpointError where the checkpoint can't be read, or has no logits; ConfigError where the options don't fit
 *   it; GraphError where the model can't be recorded
 */
export function recordInference(
  checkpoint: string,
  { withFeatures = false, seconds }: InferenceOptions = {},
): InferenceProgram {
  const run = readRunConfig(checkpoint);
  const { config } = run;
  const metadata = readModel(checkpoint);
  const fixed = clipLength(config);
  if (seconds !== undefined && fixed !== undefined) {
    throw new ConfigError(
      `export: ${checkpoint} was trained on clips of ${config.durationSeconds} s and takes these; leave \`seconds\` out`,
    );
  }
  const nSamples = fixed ?? Math.round((seconds ?? DEFAULT_SECONDS) * SAMPLE_RATE);
  const extractor = config.feature === null ? undefined : createFeature(config.feature, SAMPLE_RATE);
  const modelShape =
    extractor === undefined
      ? metadata.inputShape.map((length) => length ?? nSamples)
      : [extractor.nFrames(nSamples), extractor.nBins];
  const frontEnd =
    withFeatures && config.feature !== null && extractor !== undefined
      ? createFrontEnd(config.feature.type, extractor)
      : undefined;
  const inputName = extractor === undefined || frontEnd !== undefined ? 'waveform' : 'features';
  const inputShape = frontEnd === undefined ? modelShape : [nSamples];

  // Built for the one length: what depends on it is then a constant.
  const model = buildModel(config.model, modelShape, config.seed);
  const weights = variablesOf(namedWeights(model));
  const programs: Program[] = [];
  const forward = createForward(model, false);
  const dispose = (): void => {
    for (const program of programs) releaseProgram(program);
    forward.dispose();
    model.dispose();
  };
  try {
    if (model.outputs[0].shape.length !== 2) {
      throw new CheckpointError(`${checkpoint}: an encoder without a head has no score to export; train a head on it`);
    }
    metadata.assignTo(weights);
    const scored = (inputs: Readonly<Record<string, tf.Tensor>>) => {
      const given = inputs[inputName];
      const logits = forward.run(frontEnd === undefined ? given : frontEnd(given as tf.Tensor2D)) as tf.Tensor2D;
      const column = (index: number) => tf.reshape(tf.slice(logits, [0, index], [-1, 1]), [-1]);
      const score = logits.shape[1] === 1 ? column(0) : tf.sub(column(1), column(0));
      return { logits, score };
    };
    for (const nRows of ROWS) {
      const inputs = tf.zeros([nRows, ...inputShape]);
      try {
        programs.push(withComposedOps(() => record(scored, { [inputName]: inputs })));
      } finally {
        inputs.dispose();
      }
    }
    const program = freeBatch(programs[0], programs[1], inputName);
    const weightNames = new Map([...weights].map(([name, variable]) => [variable as tf.Tensor, name]));
    return { run, metadata, model, program, inputName, inputShape, nSamples, extractor, weightNames, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
