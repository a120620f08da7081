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
import { createOptimizer, type Optimizer } from './optimizers.js';
import { precisionOf } from './precision.js';
import type { Progress, StateVariables } from './run-state.js';
import { createSchedule, type Schedule, withAveragingRate } from './schedules.js';
import { createTrainingStep, type ForwardPass, type StepLosses, type TrainingStep } from './step.js';
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
  /** Called after each batch. */
  readonly onStep?: ((step: TrainedStep) => void) | undefined;
  /** Called with each new best model, before {@link onState}. */
  onBest(epoch: number, measurement: DevMeasurement): void | Promise<void>;
  /** Called when the state should be saved. */
  onState(progress: Progress, variables: StateVariables): void | Promise<void>;
  /** Called after each epoch. */
  onEpoch(record: EpochRecord): void | Promise<void>;
  /** Asked where the run can save: an error with which it should, and end. */
  failure?(): Error | undefined;
  /** Loads a saved state into the variables, or gives undefined to start from the beginning. */
  resume(variables: StateVariables): Progress | undefined | Promise<Progress | undefined>;
}

/** A batch that was trained on. */
export interface TrainedStep {
  /** Of this batch, from 1. */
  readonly epoch: number;
  /** Of the epoch, from 1. */
  readonly batch: number;
  readonly nBatches: number;
  /** Optimizer updates so far. */
  readonly step: number;
  /** Whether the weights were updated: not while gradients are gathered, nor where they overflowed. */
  readonly isUpdate: boolean;
  /** Of this batch. */
  readonly loss: number;
  /** Of this batch's attack logits, before its weight; 0 in a model of one task. */
  readonly attackLoss: number;
  /** Mean over the epoch so far. */
  readonly meanLoss: number;
  /** Of the update that the batch belongs to. */
  readonly learningRate: number;
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

/** What a run trains with, made once. */
interface Training extends TrainerParts {
  readonly plan: TrainingPlan;
  readonly optimizer: Optimizer;
  readonly average: WeightAverage | undefined;
  /** All that a state holds. */
  readonly variables: StateVariables;
  /** Factor on the learning rate by the number of updates so far. */
  readonly schedule: Schedule;
  readonly lossScale: LossScale | undefined;
  readonly stages: Stages;
  /** Of the update after `updates` others. */
  coefficientsOf(updates: number, history: readonly EpochRecord[]): ReturnType<typeof plannedCoefficients>;
}

/**
 * Trains until the last epoch or early stopping. Where weights are averaged, the averages are what is measured and offered
 * as best: with `swa` from its start on, before which early stopping does not count.
 *
 * @returns the final counters with the history
 * @throws TrainingError where the loss or a gradient is not finite (with the files of the batch), or `signal` is set
 *   (after saving)
 */
export async function train(parts: TrainerParts): Promise<Progress> {
  const training = prepare(parts);
  const { options, average } = training;
  try {
    let progress = (await parts.resume(training.variables)) ?? START;
    training.lossScale?.restore(progress.lossScale);
    while (progress.epoch < options.numTrainEpochs && !shouldStop(progress, options)) {
      progress = await trainEpoch(training, progress);
    }
    // What is measured last without the best model: not the weights that training would go on from.
    if (!options.loadBestModelAtEnd && progress.epoch >= (average?.firstEpoch ?? Number.POSITIVE_INFINITY)) {
      await average?.adopt(progress.epoch);
    }
    return progress;
  } finally {
    average?.dispose();
    training.stages.dispose();
    training.optimizer.dispose();
  }
}

function prepare(parts: TrainerParts): Training {
  const { options, data, isCompiled, plan = PLAIN_PLAN } = parts;
  const trained = new Map(
    [...parts.weights].filter(([name]) => parts.trainable.has(name) && Number.isFinite(plan.firstEpochOf(name))),
  );
  const optimizer = createOptimizer(trained, options);
  const average = createAverage(parts, trained);
  const schedule = scheduleOf(options, Math.ceil(data.nBatches / options.gradientAccumulationSteps));
  const precision = precisionOf(options, isCompiled);
  const lossScale = options.fp16 ? new LossScale() : undefined;
  const stages = new Stages(trained, plan, (stage) => {
    const created = createTrainingStep({ ...parts, trained: stage, optimizer, precision, lossScale });
    return parts.wrapStep?.(created) ?? created;
  });
  return {
    ...parts,
    plan,
    optimizer,
    average,
    variables: { weights: parts.weights, moments: optimizer.moments, averages: average?.variables ?? new Map() },
    schedule,
    lossScale,
    stages,
    coefficientsOf: (updates, history) =>
      plannedCoefficients(trained.keys(), plan, history, (rate, nBefore) =>
        optimizer.coefficients(rate * schedule(updates), updates + 1 - nBefore),
      ),
  };
}

/** The rest of an epoch, its measurement on the dev set, and its saving. @returns the counters after it */
async function trainEpoch(training: Training, before: Progress): Promise<Progress> {
  const { average, weights, options, data } = training;
  const epoch = before.epoch + 1;
  // What is measured from here on is another thing than before.
  const isOtherMeasure = epoch === average?.firstEpoch && before.batch === 0;
  const from: Progress = isOtherMeasure ? { ...before, best: null, patience: 0 } : before;
  const clock = startClock(from.seconds);
  const trained = await trainBatches(training, from, clock);
  average?.afterEpoch(epoch);
  const { measurement, value, gain } = await withAverages(average, weights, epoch, async () => {
    const measurement = await training.measure();
    const value = measurement[options.metricForBestModel];
    const gain = from.best === null ? Number.POSITIVE_INFINITY : gainOf(value, from.best.value, options);
    if (gain > 0) await training.onBest(epoch, measurement);
    return { measurement, value, gain };
  });
  const { step, lossSum, attackLossSum } = trained;
  const record: EpochRecord = {
    epoch,
    step,
    trainLoss: lossSum / data.nBatches,
    ...(training.hasAttackTask === true ? { trainAttackLoss: attackLossSum / data.nBatches } : {}),
    learningRate: training.schedule(Math.max(0, step - 1)),
    devLoss: measurement.loss,
    devEer: measurement.eer,
    devAuc: measurement.auc,
    devAccuracy: measurement.accuracy,
    seconds: clock(),
  };
  const after: Progress = {
    ...trained,
    epoch,
    batch: 0,
    lossSum: 0,
    attackLossSum: 0,
    seconds: 0,
    best: gain > 0 ? { epoch, value } : from.best,
    patience: gain > options.earlyStoppingThreshold ? 0 : from.patience + 1,
    history: [...from.history, record],
  };
  await training.onState(after, training.variables);
  await training.onEpoch(record);
  const failure = training.failure?.();
  if (failure !== undefined) throw failure;
  if (training.signal?.aborted === true) throw new TrainingError(`interrupted after epoch ${epoch}; saved`);
  return after;
}

/** The batches that are left of an epoch. @returns the counters after the last */
async function trainBatches(training: Training, from: Progress, clock: () => number): Promise<Progress> {
  const { options, data, average, lossScale, stages } = training;
  const epoch = from.epoch + 1;
  const { step, isNew } = stages.stepIn(epoch);
  const bar = training.logger.progress(`epoch ${epoch}/${options.numTrainEpochs}`, data.nBatches);
  let isPriced = !isNew;
  let now = from;
  const save = async () => training.onState({ ...now, seconds: clock() }, training.variables);
  try {
    for await (const examples of data.batches(epoch, from.batch)) {
      if (!isPriced) {
        isPriced = true;
        const cost = tellCost(training, step.cost(examples));
        // A run that goes on keeps what it knew: the batch that it begins with may be a smaller one.
        const isFirst = now.cost === undefined || (from.batch === 0 && stages.beginsIn(epoch));
        if (cost !== undefined && isFirst) now = { ...now, cost };
      }
      const seed = deriveSeed(training.seed, 'step', epoch, now.batch);
      const batch = now.batch + 1;
      const pending = batch % options.gradientAccumulationSteps || options.gradientAccumulationSteps;
      const isUpdate = pending === options.gradientAccumulationSteps || batch === data.nBatches;
      const losses = isUpdate
        ? step.update(examples, seed, pending, ...training.coefficientsOf(now.step, now.history))
        : step.accumulate(examples, seed);
      const isTaken = isUpdate && losses.isSkipped !== true;
      now = { ...withLosses(now, losses), batch, step: now.step + (isTaken ? 1 : 0) };
      if (lossScale !== undefined) now = { ...now, lossScale: lossScale.state };
      tellStep(training, now, losses, isTaken);
      if (!isUpdate) continue;
      if (isTaken) average?.afterUpdate(now.step);
      bar.update(batch, `loss ${(now.lossSum / batch).toFixed(4)}`);
      // Batches that are ready leave no turn of the event loop, in which a Ctrl-C or the terminal could be heard.
      await setImmediate();
      if (batch === data.nBatches) continue;
      const failure = training.failure?.();
      if (failure !== undefined) {
        await save();
        throw failure;
      }
      if (training.signal?.aborted === true) {
        await save();
        throw new TrainingError(`interrupted in epoch ${epoch} after ${batch} of ${data.nBatches} batches; saved`);
      }
      if (options.saveSteps !== null && now.step % options.saveSteps === 0) await save();
    }
  } finally {
    bar.end();
  }
  return now;
}

function tellStep(training: Training, now: Progress, { loss, attackLoss }: StepLosses, isUpdate: boolean): void {
  if (training.onStep === undefined) return;
  const { epoch, batch, step } = now;
  training.onStep({
    epoch: epoch + 1,
    ...{ batch, step, isUpdate, loss, attackLoss },
    nBatches: training.data.nBatches,
    meanLoss: now.lossSum / batch,
    learningRate: training.schedule(isUpdate ? step - 1 : step),
  });
}

/** Seconds from now on, and `before`. */
function startClock(before: number): () => number {
  const started = performance.now();
  return () => before + (performance.now() - started) / 1000;
}

/** The counters with the losses of a batch; one that overflowed may have none that could be told. */
function withLosses(progress: Progress, { isSkipped, loss, attackLoss }: StepLosses): Progress {
  if (isSkipped === true && !Number.isFinite(loss + attackLoss)) return progress;
  return { ...progress, lossSum: progress.lossSum + loss, attackLossSum: progress.attackLossSum + attackLoss };
}

/** Tells what a step costs, where that is known, and refuses what memory can't hold. */
function tellCost({ options, logger, usesGpu }: TrainerParts, cost: StepCost | undefined): StepCost | undefined {
  if (cost === undefined) return undefined;
  const availableBytes = usesGpu === true ? undefined : availableMemory();
  reportCost(cost, { limitGigabytes: options.maxStepGigabytes, availableBytes, logger });
  return cost;
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
