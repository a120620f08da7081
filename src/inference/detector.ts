/** A checkpoint and a waveform to a score. */
import * as tf from '@tensorflow/tfjs-core';
import { SAMPLE_RATE } from '../data/audio.js';
import { toFixedLength } from '../data/fixed-length.js';
import { type ModelMetadata, type RunConfig, readModel, readRunConfig } from '../experiment/checkpoint.js';
import { clipLength } from '../experiment/config.js';
import { bonafideIndexOf, inOrderOf } from '../experiment/label-names.js';
import { createFeature } from '../features/registry.js';
import { countParameters, namedWeights, variablesOf } from '../models/named-weights.js';
import { buildModel } from '../models/registry.js';
import { CheckpointError } from '../runtime/errors.js';
import { createForward } from './forward.js';

/** A trained model with its front-end, ready to score. */
export interface Detector {
  readonly run: RunConfig;
  readonly metadata: ModelMetadata;
  /** Samples that the model sees of a clip at most, from its start. */
  readonly nSamples: number;
  /** Trained weights. */
  readonly nParameters: number;
  /** Maps a batch of inputs to logits. */
  forward(inputs: tf.Tensor): tf.Tensor;
  /**
   * Scores one clip.
   *
   * @param waveform mono, 16 kHz; shorter clips are repeated and longer ones cut, but where the model sees clips whole
   */
  score(waveform: Float32Array): ClipScore;
  dispose(): void;
}

/** What a model says of a clip. */
export interface ClipScore {
  /**
   * Log odds of bona fide against spoof by the model: higher means more bona fide. Of a model with cosines their
   * difference, or the one cosine: the same order, but no odds.
   */
  readonly score: number;
  /**
   * The model's own outputs: `[spoof, bona fide]`, or the one logit of bona fide; of an imported model in its own order,
   * which is that of `metadata.labels`.
   */
  readonly logits: readonly number[];
}

/** How a detector computes. */
export interface DetectorOptions {
  /** Whether the model runs as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean;
}

/** Seconds of a clip that are seen where clips are whole: attention grows with their square. */
const WHOLE_SECONDS = 60;
/** Samples that a clip is repeated to at least, where clips are whole: those of one frame of Wav2Vec2. */
const LEAST_SAMPLES = 400;

/**
 * Loads a run folder.
 *
 * @throws CheckpointError where it is absent, damaged, of another model, or of a model without logits
 */
export function loadDetector(directory: string, { compile = true }: DetectorOptions = {}): Detector {
  const run = readRunConfig(directory);
  const { config } = run;
  const stored = readModel(directory);
  const model = buildModel(config.model, stored.inputShape, config.seed);
  const weights = namedWeights(model);
  if (model.outputs[0].shape.length !== 2) {
    model.dispose();
    throw new CheckpointError(
      `${directory}: an encoder without a head can't score; embed with it, or train a head on it`,
    );
  }
  stored.assignTo(variablesOf(weights));
  const extractor = config.feature === null ? undefined : createFeature(config.feature, SAMPLE_RATE);
  const fixed = clipLength(config);
  const nSamples = fixed ?? WHOLE_SECONDS * SAMPLE_RATE;
  const { labels } = stored;
  const bonafideIndex = labels === undefined ? 1 : bonafideIndexOf(labels, stored.bonafideLabel);
  const plain = createForward(model, false);
  const compiled = createForward(model, compile);
  // Recording takes longer than a clip: it pays from the second of a length on.
  const seen = new Set<number>();
  return {
    run,
    metadata: stored,
    nSamples,
    nParameters: countParameters(weights),
    forward: compiled.run,
    score: (waveform) => {
      const length = fixed ?? Math.min(Math.max(waveform.length, LEAST_SAMPLES), nSamples);
      const clip = toFixedLength(waveform, length);
      const values = extractor === undefined ? clip : extractor.compute(clip);
      const { run: forward } = seen.has(length) ? compiled : plain;
      seen.add(length);
      const shape = [1, ...stored.inputShape.map((each) => each ?? -1)];
      const logits = tf.tidy(() => Array.from(forward(tf.reshape(tf.tensor1d(values), shape)).dataSync()));
      return { logits: inOrderOf(logits, bonafideIndex), score: scoresOf(logits, logits.length)[0] };
    },
    dispose: () => {
      compiled.dispose();
      model.dispose();
    },
  };
}

/**
 * Scores of a batch of logits, row-major `[batch, nLogits]`: the difference bona fide minus spoof of two logits, or the
 * one logit itself. Both are the model's log odds of bona fide; of cosines, a measure in the same order.
 */
export function scoresOf(logits: ArrayLike<number>, nLogits: number): number[] {
  return Array.from({ length: logits.length / nLogits }, (_, row) =>
    nLogits === 1 ? logits[row] : logits[row * 2 + 1] - logits[row * 2],
  );
}
