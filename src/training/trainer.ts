/**
 * The training loop: epochs of steps, a measurement on the dev set after each, the best weights kept, and a state saved
 * from which the run goes on bit for bit.
 */
import { setImmediate } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import type { Loss } from '../losses/loss.js';
import { TrainingError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { deriveSeed } from '../runtime/random.js';
import type { DevMeasurement } from './evaluation.js';
import type { EpochRecord } from './history.js';
import { createOptimizer } from './optimizers.js';
import type { Progress, StateVariables } from './run-state.js';
import { createSchedule } from './schedules.js';
import { createTrainingStep } from './step.js';

/** A source of training batches in an order that depends on the epoch alone. */
export interface TrainingBatches {
  readonly nBatches: number;
  batches(epoch: number, fromBatch: number): AsyncIterable<Batch>;
}

/** What the trainer works on, and whom it tells. */
export interface TrainerParts {
  /** Maps a batch to logits; `seed` feeds the random layers: an int32 scalar where the step is compiled. */
  readonly forward: (inputs: tf.Tensor, seed: number | tf.Tensor) => tf.Tensor;
  /** Every variable of the model by name, trained or not. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Names of those that are trained. */
  readonly trainable: ReadonlySet<string>;
  readonly loss: Loss;
  readonly data: TrainingBatches;
  readonly options: TrainingOptions;
  readonly seed: number;
  /** Whether steps run as one program of the native engine, or op by op, with the same results. */
  readonly isCompiled: boolean;
  readonly logger: Logger;
  /** Set when the run should save and stop. */
  readonly signal?: AbortSignal;
  /** Measures the model on the dev set. */
  measure(): Promise<DevMeasurement>;
  /** Called with each new best model, before {@link onState}. */
  onBest(epoch: number, measurement: DevMeasurement): void;
  /** Called when the state should be saved. */
  onState(progress: Progress, variables: StateVariables): void;
  /** Called after each epoch. */
  onEpoch(record: EpochRecord): void;
  /** Loads a saved state into the variables, or returns undefined to start from the beginning. */
  resume(variables: StateVariables): Progress | undefined;
}

const START: Progress = { epoch: 0, batch: 0, step: 0, lossSum: 0, seconds: 0, best: null, patience: 0, history: [] };

/**
 * Trains until the last epoch or early stopping.
 *
 * @returns the final counters with the history
 * @throws TrainingError where the loss or a gradient is not finite (with the files of the batch), or `signal` is set
 *   (after saving)
 */
export async function train(parts: TrainerParts): Promise<Progress> {
  const { options, data, logger } = parts;
  const trained = new Map([...parts.weights].filter(([name]) => parts.trainable.has(name)));
  const optimizer = createOptimizer(trained, options);
  const variables: StateVariables = { weights: parts.weights, moments: optimizer.moments };
  const updatesPerEpoch = Math.ceil(data.nBatches / options.gradientAccumulationSteps);
  const schedule = createSchedule(options, updatesPerEpoch * options.numTrainEpochs);
  const step = createTrainingStep({ ...parts, trained, optimizer });
  try {
    let progress = parts.resume(variables) ?? START;
    while (progress.epoch < options.numTrainEpochs && !shouldStop(progress, options)) {
      const epoch = progress.epoch + 1;
      const started = performance.now() - progress.seconds * 1000;
      const bar = logger.progress(`epoch ${epoch}/${options.numTrainEpochs}`, data.nBatches);
      let { batch, step: updates, lossSum } = progress;
      const now = (): Progress => ({
        ...progress,
        batch,
        step: updates,
        lossSum,
        seconds: (performance.now() - started) / 1000,
      });
      try {
        for await (const examples of data.batches(epoch, batch)) {
          const seed = deriveSeed(parts.seed, 'step', epoch, batch);
          batch += 1;
          const pending = batch % options.gradientAccumulationSteps || options.gradientAccumulationSteps;
          const isUpdate = pending === options.gradientAccumulationSteps || batch === data.nBatches;
          lossSum += isUpdate
            ? step.update(examples, seed, pending, optimizer.coefficients(schedule(updates), updates + 1))
            : step.accumulate(examples, seed);
          if (!isUpdate) continue;
          updates += 1;
          bar.update(batch, `loss ${(lossSum / batch).toFixed(4)}`);
          // Batches that are ready leave no turn of the event loop, in which a Ctrl-C or the terminal could be heard.
          await setImmediate();
          if (batch === data.nBatches) continue;
          if (parts.signal?.aborted === true) {
            parts.onState(now(), variables);
            throw new TrainingError(`interrupted in epoch ${epoch} after ${batch} of ${data.nBatches} batches; saved`);
          }
          if (options.saveSteps !== null && updates % options.saveSteps === 0) parts.onState(now(), variables);
        }
      } finally {
        bar.end();
      }
      const measurement = await parts.measure();
      const record: EpochRecord = {
        epoch,
        step: updates,
        trainLoss: lossSum / data.nBatches,
        learningRate: schedule(updates - 1),
        devLoss: measurement.loss,
        devEer: measurement.eer,
        devAuc: measurement.auc,
        devAccuracy: measurement.accuracy,
        seconds: (performance.now() - started) / 1000,
      };
      const value = measurement[options.metricForBestModel];
      const gain = progress.best === null ? Number.POSITIVE_INFINITY : gainOf(value, progress.best.value, options);
      const isBest = gain > 0;
      if (isBest) parts.onBest(epoch, measurement);
      progress = {
        epoch,
        batch: 0,
        step: updates,
        lossSum: 0,
        seconds: 0,
        best: isBest ? { epoch, value } : progress.best,
        patience: gain > options.earlyStoppingThreshold ? 0 : progress.patience + 1,
        history: [...progress.history, record],
      };
      parts.onState(progress, variables);
      parts.onEpoch(record);
      if (parts.signal?.aborted === true) throw new TrainingError(`interrupted after epoch ${epoch}; saved`);
    }
    return progress;
  } finally {
    step.dispose();
    optimizer.dispose();
  }
}

/** By how much `value` is better than `best`; negative where it is worse. */
function gainOf(value: number, best: number, { metricForBestModel }: TrainingOptions): number {
  const isSmallerBetter = metricForBestModel === 'eer' || metricForBestModel === 'loss';
  return isSmallerBetter ? best - value : value - best;
}

function shouldStop({ patience }: Progress, { earlyStoppingPatience }: TrainingOptions): boolean {
  return earlyStoppingPatience !== null && patience >= earlyStoppingPatience;
}
