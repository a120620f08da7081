/** Scores a set of trials with a model, and measures the result. */
import * as tf from '@tensorflow/tfjs-core';
import { readAudio } from '../data/audio.js';
import type { Batch } from '../data/batch.js';
import { createLoader, type Loader } from '../data/loader.js';
import type { Trial } from '../data/trial.js';
import { clipLength, type ExperimentConfig, longestClip, paddingKind } from '../experiment/config.js';
import { isDetector, scoresOf } from '../inference/detector.js';
import { openScorer } from '../inference/open-scorer.js';
import type { Scorer } from '../inference/scorer.js';
import type { Loss } from '../losses/loss.js';
import { targetsOf } from '../losses/reduction.js';
import { computeEer } from '../metrics/eer.js';
import { computeRocAuc } from '../metrics/roc-auc.js';
import { evaluateScores, type Metrics, type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import type { AsvScores } from '../metrics/tdcf.js';
import type { Logger } from '../runtime/logger.js';
import { inputTensors } from './input-tensors.js';

/** What is measured on the dev set after each epoch. Rates are fractions. */
export interface DevMeasurement {
  readonly loss: number;
  readonly eer: number;
  readonly auc: number;
  /** At the score where the loss finds both classes equally likely: 0 for most. */
  readonly accuracy: number;
  /** Score at the EER point. */
  readonly threshold: number;
}

/** Batches of a set in its own order, and how many. */
export interface EvaluationBatches {
  readonly nBatches: number;
  batches(epoch: number): AsyncIterable<Batch>;
}

/** What a loader needs beside its experiment. */
export interface LoaderSurroundings {
  /** Where features are cached; without it they are computed each time. */
  readonly cacheDirectory?: string | undefined;
  /** Absolute paths of the corpus's noise recordings. */
  readonly noise?: readonly string[];
  /** Attacks whose classes batches name; without them they name none. */
  readonly attacks?: readonly string[] | undefined;
  readonly logger: Logger;
}

/** The loader of a set as an experiment describes it: `train` shuffles, crops at random and augments. */
export function createExperimentLoader(
  config: ExperimentConfig,
  trials: readonly Trial[],
  mode: 'train' | 'eval',
  { cacheDirectory, noise, attacks, logger }: LoaderSurroundings,
): Loader {
  const { training, feature, seed } = config;
  const kind = paddingKind(config);
  // Where padding is seen, scores would depend on what else is in the batch.
  const isAlone = kind === 'seen' && mode === 'eval';
  const padding =
    kind === undefined ? undefined : { multipleOf: isAlone ? 1 : training.padToMultipleOf, isTold: kind === 'masked' };
  const { perDeviceTrainBatchSize, perDeviceEvalBatchSize } = training;
  return createLoader({
    trials,
    mode,
    seed,
    logger,
    nSamples: padding === undefined ? clipLength(config) : longestClip(config),
    padding,
    feature: feature ?? undefined,
    augment: mode === 'train' ? config.augment : [],
    noise,
    attacks,
    batchSize: mode === 'train' ? perDeviceTrainBatchSize : isAlone ? 1 : perDeviceEvalBatchSize,
    shuffle: mode === 'train' && training.overfitBatches === 0,
    workers: training.dataloaderNumWorkers ?? undefined,
    cacheDirectory,
  });
}

/** Shape of one example of an experiment: `[frames, bins]` or `[samples]`; `null` where clips stay whole. */
export function inputShapeOf(
  config: ExperimentConfig,
  trials: readonly Trial[],
  surroundings: LoaderSurroundings,
): readonly (number | null)[] {
  const single = { ...config, training: { ...config.training, perDeviceEvalBatchSize: 1 } };
  return createExperimentLoader(single, trials, 'eval', surroundings).inputShape;
}

/** What is scored, with what. */
export interface Scoring {
  /** Maps a batch to logits, without dropout. */
  readonly forward: (inputs: tf.Tensor, lengths?: tf.Tensor) => tf.Tensor;
  readonly trials: readonly Trial[];
  readonly data: EvaluationBatches;
  /** Names the set in the progress display. */
  readonly label: string;
  readonly logger: Logger;
  /** Measured too where given. */
  readonly loss?: Loss;
  /** Set to stop between batches. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores every trial.
 *
 * @returns the trials in their order with their scores, and the mean loss over the clips (NaN without a loss)
 */
export async function scoreTrials(scoring: Scoring): Promise<{ scored: ScoredTrial[]; loss: number }> {
  const { forward, trials, data, loss } = scoring;
  const scores = new Float64Array(trials.length);
  const bar = scoring.logger.progress(scoring.label, data.nBatches);
  let lossSum = loss === undefined ? Number.NaN : 0;
  let done = 0;
  try {
    for await (const batch of data.batches(1)) {
      scoring.signal?.throwIfAborted();
      const nRows = batch.labels.length;
      tf.tidy(() => {
        const { inputs, lengths } = inputTensors(batch);
        const logits = forward(inputs, lengths);
        const rows = scoresOf(logits.dataSync(), logits.size / nRows);
        for (const [row, index] of batch.indices.entries()) scores[index] = rows[row];
        if (loss !== undefined) lossSum += loss(logits, targetsOf(batch.labels)).dataSync()[0] * nRows;
      });
      done += 1;
      bar.update(done);
    }
  } finally {
    bar.end();
  }
  const scored = trials.map(({ utterance, label, attackId }, i) => ({ utterance, label, attackId, score: scores[i] }));
  return { scored, loss: lossSum / trials.length };
}

/**
 * The figures of a dev set.
 *
 * @param decision score above which a clip counts as bona fide in the accuracy
 */
export function measureDev(scored: readonly ScoredTrial[], loss: number, decision: number): DevMeasurement {
  const { bonafide, spoof } = scoresByClass(scored);
  const { eer, threshold } = computeEer(bonafide, spoof);
  const correct = scored.filter(({ label, score }) => score > decision === (label === 'bonafide')).length;
  return { loss, eer, threshold, auc: computeRocAuc(bonafide, spoof), accuracy: correct / scored.length };
}

/** What an evaluation of a checkpoint is given. */
export interface CheckpointEvaluation {
  /** A run folder, an ensemble, a cascade or an exported model. */
  readonly checkpoint: string;
  readonly trials: readonly Trial[];
  readonly asvScores?: AsvScores | undefined;
  readonly cacheDirectory?: string;
  /** Whether the model runs as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean;
  readonly logger: Logger;
  /** Set to stop between batches, or clips. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Evaluates a checkpoint on a set of trials, deciding at the threshold that travels with it.
 *
 * @throws CheckpointError, AudioError, DataError for what can't be used
 */
export async function evaluateCheckpoint(
  evaluation: CheckpointEvaluation,
): Promise<{ scored: ScoredTrial[]; metrics: Metrics }> {
  const { asvScores } = evaluation;
  const { scored, threshold, seed } = await scoreWithCheckpoint(evaluation);
  return { scored, metrics: evaluateScores(scored, { threshold, asvScores, bootstrap: { seed } }) };
}

/**
 * Scores a set of trials with a run folder, whose clips worker threads prepare, or with an ensemble, a cascade or an
 * exported model, clip by clip.
 *
 * @returns the trials in their order with their scores, the threshold that travels with the checkpoint, and its seed
 * @throws CheckpointError, AudioError, DataError for what can't be used
 */
export async function scoreWithCheckpoint({
  checkpoint,
  trials,
  cacheDirectory,
  compile = true,
  logger,
  signal,
}: Omit<CheckpointEvaluation, 'asvScores'>): Promise<{ scored: ScoredTrial[]; threshold: number; seed: number }> {
  const scorer = await openScorer(checkpoint, { compile });
  try {
    const { threshold } = scorer;
    if (!isDetector(scorer)) {
      const scored = await scoreOneByOne(scorer, trials, { logger, signal });
      const summary = scorer.summary?.();
      if (summary !== undefined) logger.info(summary);
      return { scored, threshold, seed: 0 };
    }
    const { config } = scorer.run;
    const loader = createExperimentLoader(config, trials, 'eval', { cacheDirectory, logger });
    try {
      const { forward } = scorer;
      const { scored } = await scoreTrials({ forward, trials, data: loader, label: 'evaluate', logger, signal });
      return { scored, threshold, seed: config.seed };
    } finally {
      await loader.close();
    }
  } finally {
    scorer.dispose();
  }
}

async function scoreOneByOne(
  scorer: Scorer,
  trials: readonly Trial[],
  { logger, signal }: Pick<CheckpointEvaluation, 'logger' | 'signal'>,
): Promise<ScoredTrial[]> {
  const bar = logger.progress('evaluate', trials.length);
  const scored: ScoredTrial[] = [];
  try {
    for (const { path, utterance, label, attackId } of trials) {
      signal?.throwIfAborted();
      const { waveform, warnings } = await readAudio(path);
      for (const warning of warnings) logger.warn(`${path}: ${warning}`);
      const [{ score }] = await scorer.scoreAll([waveform]);
      scored.push({ utterance, label, attackId, score });
      bar.update(scored.length);
    }
  } finally {
    bar.end();
  }
  return scored;
}
