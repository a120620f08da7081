/**
 * The training loop: epochs of steps, a measurement on the dev set after each, the best weights kept, and a state saved
 * from which the run goes on bit for bit.
 */
import { availableMemory } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import type { Loss } from '../losses/loss.js';
import type { ModelOutputs } from '../models/outputs.js';
import { TrainingError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { deriveSeed } from '../runtime/random.js';
import type { DevMeasurement } from './evaluation.js';
import type { EpochRecord } from './history.js';
import { LossScale } from './loss-scale.js';
import { createOptimizer } from './optimizers.js';
import { precisionOf } from './precision.js';
import type { Progress, StateVariables } from './run-state.js';
import { createSchedule, type Schedule, withAveragingRate } from './schedules.js';
import { createTrainingStep, type ForwardPass, type TrainingStep } from './step.js';
import { reportCost, type StepCost } from './step-cost.js';
import { PLAIN_PLAN, type TrainingPlan } from './training-plan.js';
import { plannedCoefficients, Stages } from './training-stages.js';
import {
  createExponentialAverage,
  createStochasticAverage,
  type WeightAverage,
  withAverages,
} from './weight-average.js';

/** A source of training batches in an order that depends on the epoch alone. */
export interface TrainingBatches {
  readonly nBatches: number;
  batches(epoch: number, fromBatch: number): AsyncIterable<Batch>;
}

/** What the trainer works on, and whom it tells. */
export interface TrainerParts {
  /** Maps a batch to logits in training. */
  readonly forward: ForwardPass<ModelOutputs>;
  /** Every variable of the model by name, trained or not. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Names of those that are trained. */
  readonly trainable: ReadonlySet<string>;
  /** When each of them is, and how fast; default: all from the first epoch, at one rate. */
  readonly plan?: TrainingPlan;
  readonly loss: Loss;
  /** Whether the model also tells attacks, whose loss then counts by `attackLossWeight`. Default false. */
  readonly hasAttackTask?: boolean;
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
  /** May put something around the steps, as a profiler does. */
  readonly wrapStep?: (step: TrainingStep) => TrainingStep;
  /** Whether memory is that of a GPU, of which it is not known how much is free. Default false. */
  readonly usesGpu?: boolean;
  /** Called before the first step with what each costs, where that is known. */
  onCost?(cost: StepCost): void;
  /** Called with each new best model, before {@link onState}. */
  onBest(epoch: number, measurement: DevMeasurement): void;
  /** Called when the state should be saved. */
  onState(progress: Progress, variables: StateVariables): void;
  /** Called after each epoch. */
  onEpoch(record: EpochRecord): void;
  /** Loads a saved state into the variables, or returns undefined to start from the beginning. */
  resume(variables: StateVariables): Progress | undefined;
}

const START: Progress = {
  epoch: 0,
  batch: 0,
  step: 0,
  lossSum: 0,
  attackLossSum: 0,
  seconds: 0,
  best: null,
  patience: 0,
  history: [],
};

/**
 * Trains until the last epoch or early stopping. Where weights are averaged, the averages are what is measured and offered
 * as best: with `swa` from its start on, before which early stopping does not count.
 *
 * @returns the final counters with the history
 * @throws TrainingError where the loss or a gradient is not finite (with the files of the batch), or `signal` is set
 *   (after saving)
 */
export async function train(parts: TrainerParts): Promise<Progress> {
  const { options, data, logger } = parts;
  const { plan = PLAIN_PLAN } = parts;
  const trained = new Map(
    [...parts.weights].filter(([name]) => parts.trainable.has(name) && Number.isFinite(plan.firstEpochOf(name))),
  );
  const optimizer = createOptimizer(trained, options);
  const average = createAverage(parts, trained);
  const variables: StateVariables = {
    weights: parts.weights,
    moments: optimizer.moments,
    averages: average?.variables ?? new Map(),
  };
  const updatesPerEpoch = Math.ceil(data.nBatches / options.gradientAccumulationSteps);
  const schedule = scheduleOf(options, updatesPerEpoch);
  const precision = precisionOf(options, parts.isCompiled);
  const coefficientsOf = (updates: number, history: readonly EpochRecord[]) =>
    plannedCoefficients(trained.keys(), plan, history, (rate, nBefore) =>
      optimizer.coefficients(rate * schedule(updates), updates + 1 - nBefore),
    );
  const lossScale = options.fp16 ? new LossScale() : undefined;
  const stages = new Stages(trained, plan, (stage) => {
    const created = createTrainingStep({ ...parts, trained: stage, optimizer, precision, lossScale });
    return parts.wrapStep?.(created) ?? created;
  });
  try {
    let progress = parts.resume(variables) ?? START;
    lossScale?.restore(progress.lossScale);
    while (progress.epoch < options.numTrainEpochs && !shouldStop(progress, options)) {
      const epoch = progress.epoch + 1;
      const { step, isNew } = stages.stepIn(epoch);
      let isPriced = !isNew;
      // What is measured from here on is another thing than before.
      if (epoch === average?.firstEpoch && progress.batch === 0) progress = { ...progress, best: null, patience: 0 };
      const started = performance.now() - progress.seconds * 1000;
      const bar = logger.progress(`epoch ${epoch}/${options.numTrainEpochs}`, data.nBatches);
      let { batch, step: updates, lossSum, attackLossSum } = progress;
      const now = (): Progress => ({
        ...progress,
        batch,
        step: updates,
        lossSum,
        attackLossSum,
        seconds: (performance.now() - started) / 1000,
        ...(lossScale === undefined ? {} : { lossScale: lossScale.state }),
      });
      try {
        for await (const examples of data.batches(epoch, batch)) {
          if (!isPriced) {
            isPriced = true;
            tellCost(parts, step.cost(examples));
          }
          const seed = deriveSeed(parts.seed, 'step', epoch, batch);
          batch += 1;
          const pending = batch % options.gradientAccumulationSteps || options.gradientAccumulationSteps;
          const isUpdate = pending === options.gradientAccumulationSteps || batch === data.nBatches;
          const losses = isUpdate
            ? step.update(examples, seed, pending, ...coefficientsOf(updates, progress.history))
            : step.accumulate(examples, seed);
          // A batch that overflowed may have no loss that could be told.
          if (losses.isSkipped !== true || Number.isFinite(losses.loss + losses.attackLoss)) {
            lossSum += losses.loss;
            attackLossSum += losses.attackLoss;
          }
          if (!isUpdate) continue;
          if (losses.isSkipped !== true) {
            updates += 1;
            average?.afterUpdate(updates);
          }
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
      average?.afterEpoch(epoch);
      const { measurement, value, gain } = await withAverages(average, parts.weights, epoch, async () => {
        const measurement = await parts.measure();
        const value = measurement[options.metricForBestModel];
        const gain = progress.best === null ? Number.POSITIVE_INFINITY : gainOf(value, progress.best.value, options);
        if (gain > 0) parts.onBest(epoch, measurement);
        return { measurement, value, gain };
      });
      const record: EpochRecord = {
        epoch,
        step: updates,
        trainLoss: lossSum / data.nBatches,
        ...(parts.hasAttackTask === true ? { trainAttackLoss: attackLossSum / data.nBatches } : {}),
        learningRate: schedule(Math.max(0, updates - 1)),
        devLoss: measurement.loss,
        devEer: measurement.eer,
        devAuc: measurement.auc,
        devAccuracy: measurement.accuracy,
        seconds: (performance.now() - started) / 1000,
      };
      progress = {
        epoch,
        batch: 0,
        step: updates,
        lossSum: 0,
        attackLossSum: 0,
        seconds: 0,
        best: gain > 0 ? { epoch, value } : progress.best,
        patience: gain > options.earlyStoppingThreshold ? 0 : progress.patience + 1,
        history: [...progress.history, record],
        ...(lossScale === undefined ? {} : { lossScale: lossScale.state }),
      };
      parts.onState(progress, variables);
      parts.onEpoch(record);
      if (parts.signal?.aborted === true) throw new TrainingError(`interrupted after epoch ${epoch}; saved`);
    }
    // What is measured last without the best model: not the weights that training would go on from.
    if (!options.loadBestModelAtEnd && progress.epoch >= (average?.firstEpoch ?? Number.POSITIVE_INFINITY)) {
      await average?.adopt(progress.epoch);
    }
    return progress;
  } finally {
    average?.dispose();
    stages.dispose();
    optimizer.dispose();
  }
}

function tellCost({ options, logger, usesGpu, onCost }: TrainerParts, cost: StepCost | undefined): void {
  if (cost === undefined) return;
  const availableBytes = usesGpu === true ? undefined : availableMemory();
  reportCost(cost, { limitGigabytes: options.maxStepGigabytes, availableBytes, logger });
  onCost?.(cost);
}

/** By how much `value` is better than `best`; negative where it is worse. */
function gainOf(value: number, best: number, { metricForBestModel }: TrainingOptions): number {
  const isSmallerBetter = metricForBestModel === 'eer' || metricForBestModel === 'loss';
  return isSmallerBetter ? best - value : value - best;
}

function shouldStop({ epoch, patience }: Progress, options: TrainingOptions): boolean {
  const { earlyStoppingPatience } = options;
  return earlyStoppingPatience !== null && patience >= earlyStoppingPatience && epoch > nEpochsBeforeSwa(options);
}

/** Epochs before the first that is averaged. */
function nEpochsBeforeSwa({ swa, numTrainEpochs }: TrainingOptions): number {
  return swa === null ? 0 : Math.floor(swa.startRatio * numTrainEpochs);
}

/** The course of the learning rate, with that of stochastic weight averaging after its start. */
function scheduleOf(options: TrainingOptions, updatesPerEpoch: number): Schedule {
  const schedule = createSchedule(options, updatesPerEpoch * options.numTrainEpochs);
  const { swa } = options;
  if (swa === null || swa.learningRate === null) return schedule;
  return withAveragingRate(
    schedule,
    { ...swa, learningRate: swa.learningRate },
    nEpochsBeforeSwa(options),
    updatesPerEpoch,
  );
}

function createAverage(parts: TrainerParts, trained: ReadonlyMap<string, tf.Variable>): WeightAverage | undefined {
  const { options, weights, isCompiled } = parts;
  if (options.emaDecay !== null) return createExponentialAverage(weights, options.emaDecay, isCompiled);
  if (options.swa === null) return undefined;
  const statistics = [...weights].flatMap(([name, variable]) => (trained.has(name) ? [] : [variable]));
  return createStochasticAverage(trained, nEpochsBeforeSwa(options) + 1, { ...parts, statistics });
}
