/** A checkpoint and a waveform to a score. */
import * as tf from '@tensorflow/tfjs-core';
import { readCalibration } from '../experiment/calibration-file.js';
import { type ModelMetadata, type RunConfig, readModel, readRunConfig } from '../experiment/checkpoint.js';
import { clipLength, longestClip } from '../experiment/config.js';
import { bonafideIndexOf, inOrderOf } from '../experiment/label-names.js';
import { countParameters, namedWeights, variablesOf } from '../models/named-weights.js';
import { buildModel } from '../models/registry.js';
import { CheckpointError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { createClipInput } from './clip-input.js';
import { createForward } from './forward.js';
import { scoresOf } from './logits.js';
import type { ClipScore, Scorer } from './scorer.js';

export { scoresOf } from './logits.js';
export type { ClipScore } from './scorer.js';

/** A trained model with its front-end, ready to score. */
export interface Detector extends Scorer {
  readonly run: RunConfig;
  readonly metadata: ModelMetadata;
  /** Trained weights. */
  readonly nParameters: number;
  /** Maps a batch of inputs to logits, see `Forward`. */
  forward(inputs: tf.Tensor, lengths?: tf.Tensor): tf.Tensor;
  /**
   * Scores one clip.
   *
   * @param waveform mono, 16 kHz; shorter clips are repeated and longer ones cut, but where the model sees clips whole
   */
  score(waveform: Float32Array): ClipScore;
}

/** How a detector computes. */
export interface DetectorOptions {
  /** Whether the model runs as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean;
  /** Warned where a plugin has changed since the run; default: silent. */
  readonly logger?: Logger | undefined;
}

/**
 * Loads a run folder.
 *
 * @throws CheckpointError where it is absent, damaged, of another model, or of a model without logits
 */
export async function loadDetector(
  directory: string,
  { compile = true, logger }: DetectorOptions = {},
): Promise<Detector> {
  const run = await readRunConfig(directory, logger);
  const { config } = run;
  const stored = readModel(directory);
  const calibration = readCalibration(directory, stored.epoch);
  const model = buildModel(config.model, stored.inputShape, config.seed);
  const weights = namedWeights(model);
  if (model.outputs[0].shape.length !== 2) {
    model.dispose();
    throw new CheckpointError(
      `${directory}: an encoder without a head can't score; embed with it, or train a head on it`,
    );
  }
  stored.assignTo(variablesOf(weights));
  const fixedSamples = clipLength(config);
  const mostSamples = longestClip(config);
  const input = createClipInput({ feature: config.feature, fixedSamples, mostSamples, inputShape: stored.inputShape });
  const { labels } = stored;
  const bonafideIndex = labels === undefined ? 1 : bonafideIndexOf(labels, stored.bonafideLabel);
  const plain = createForward(model, false);
  const compiled = createForward(model, compile);
  // Recording takes longer than a clip: it pays from the second of a shape on.
  const seen = new Set<string>();
  const forward = (inputs: tf.Tensor, lengths?: tf.Tensor): tf.Tensor => {
    const { run: chosen } = seen.has(inputs.shape.join()) ? compiled : plain;
    seen.add(inputs.shape.join());
    return chosen(inputs, lengths);
  };
  const scoreNow = (waveforms: readonly Float32Array[]): ClipScore[] => {
    const scores = new Array<ClipScore>(waveforms.length);
    for (const { indices, values, shape } of input.batches(waveforms)) {
      const logits = tf.tidy(() => forward(tf.tensor(values, [...shape])).dataSync());
      const nLogits = logits.length / indices.length;
      for (const [row, score] of scoresOf(logits, nLogits).entries()) {
        const own = Array.from(logits.subarray(row * nLogits, (row + 1) * nLogits));
        scores[indices[row]] = { score, logits: inOrderOf(own, bonafideIndex) };
      }
    }
    return scores;
  };
  return {
    description: `${run.name}, epoch ${stored.epoch}`,
    run,
    metadata: stored,
    nSamples: input.nSamples,
    threshold: stored.threshold,
    calibration,
    labels,
    nParameters: countParameters(weights),
    forward,
    score: (waveform) => scoreNow([waveform])[0],
    scoreAll: async (waveforms) => scoreNow(waveforms),
    dispose: () => {
      compiled.dispose();
      model.dispose();
    },
  };
}

/** Whether a scorer is a checkpoint of its own. */
export function isDetector(scorer: Scorer): scorer is Detector {
  return 'run' in scorer;
}
