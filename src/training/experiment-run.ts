/** One experiment from its config to its report. */
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { type Corpus, openCorpus } from '../data/corpus.js';
import type { Trial } from '../data/trial.js';
import { RUN_FILES, type RunConfig, readModel, writeModel } from '../experiment/checkpoint.js';
import { type ExperimentConfig, paddingKind } from '../experiment/config.js';
import { startFromCheckpoint } from '../experiment/pretrained.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import type { ProfileSchedule } from '../graph/profiler.js';
import { createForward } from '../inference/forward.js';
import type { Loss } from '../losses/loss.js';
import { createLoss, decisionScore } from '../losses/registry.js';
import type { Metrics, ScoredTrial } from '../metrics/summary.js';
import { countParameters, type NamedWeight, namedWeights, variablesOf } from '../models/named-weights.js';
import { describeOutputs, namedOutputs } from '../models/outputs.js';
import { buildModel } from '../models/registry.js';
import type { Engine } from '../runtime/engine.js';
import { ConfigError, TrainingError } from '../runtime/errors.js';
import { writeJsonAtomic } from '../runtime/files.js';
import type { Logger } from '../runtime/logger.js';
import { deriveSeed } from '../runtime/random.js';
import { inputShapeOf, measureDev, scoreTrials } from './evaluation.js';
import { type OwnListener, type RunListener, RunListeners, type StartEvent } from './listener.js';
import { type Batches, createPasses, type Passes } from './passes.js';
import { precisionOf } from './precision.js';
import { profiledStep } from './profiled-step.js';
import { attackTask, countClasses, describeCorpus, limitedCorpus } from './run-corpus.js';
import { evaluateRun, reportRun } from './run-evaluation.js';
import { openRunFolder } from './run-folder.js';
import { historyListener, logListener, profileListener, tensorboardListener } from './run-listeners.js';
import { hasState, loadState, type Progress, saveState } from './run-state.js';
import type { StepCost } from './step-cost.js';
import { train } from './trainer.js';
import { planTraining, type TrainingPlan } from './training-plan.js';

/** What a run is given. */
export interface ExperimentRun {
  readonly name: string;
  readonly config: ExperimentConfig;
  /** Run folder. */
  readonly directory: string;
  readonly engine: Engine;
  /** Whether to go on with the run that the folder holds. */
  readonly resume: boolean;
  /** Where features are cached; without it they are computed each time. */
  readonly cacheDirectory?: string;
  /** Whether steps run as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean;
  /** Measures these training steps by op and by layer, into the folder `profile`; on the native engine alone. */
  readonly profile?: ProfileSchedule | undefined;
  /** Told what happens. */
  readonly listeners?: readonly RunListener[] | undefined;
  readonly logger: Logger;
  /** Set to save and stop. */
  readonly signal?: AbortSignal;
}

/** What a run ends with; `metrics.json` holds the same. */
export interface RunResult {
  readonly bestEpoch: number;
  /** What a training step costs; null where that is not known: op by op. */
  readonly cost: StepCost | null;
  readonly dev: Metrics;
  /** Null where the data has no eval set. */
  readonly eval: Metrics | null;
}

/**
 * Trains, evaluates once on the eval set, and writes the run folder.
 *
 * @throws ConfigError, DataError, AudioError for input that can't be used, before anything is trained where possible
 * @throws CheckpointError where the run to resume was made with another config
 * @throws TrainingError where the loss is not finite, or the run was interrupted (after saving)
 */
export async function runExperiment(run: ExperimentRun): Promise<RunResult> {
  const { name, directory, signal, cacheDirectory, config } = run;
  const listeners = new RunListeners(ownListeners(run), run.listeners ?? []);
  const logger = listeners.listening(run.logger);
  const heard = { ...run, logger };
  const parts = prepareRun(heard, await openCorpus(config.data, { logger, cacheDirectory }));
  let end: { outcome: 'finished'; result: RunResult } | { outcome: 'interrupted' | 'failed'; error: unknown };
  try {
    end = { outcome: 'finished', result: await trainAndEvaluate(heard, parts, listeners) };
  } catch (error) {
    end = { outcome: signal?.aborted === true ? 'interrupted' : 'failed', error };
  } finally {
    await parts.dispose();
  }
  await listeners.tell('onEnd', { name, directory, ...end });
  if (end.outcome !== 'finished') throw end.error;
  listeners.throwIfFailed();
  return end.result;
}

async function trainAndEvaluate(run: ExperimentRun, parts: RunParts, listeners: RunListeners): Promise<RunResult> {
  const { config, directory, logger } = run;
  const { weights, corpus, passes } = parts;
  const { cost = null, history } = await trainModel(run, parts, listeners);
  // Always through the file: what is reported is what was saved.
  const { epoch, threshold, assignTo } = readModel(directory);
  assignTo(weights);
  const sets = await evaluateRun({
    directory,
    corpus,
    seed: config.seed,
    epoch,
    threshold,
    devBatches: parts.batches.dev,
    openEval: () => passes.loader('eval', corpus.eval, 'eval'),
    score: (label, trials, batches) => parts.score(label, trials, batches, run.signal),
    onEvaluated: async (set, evaluated) => {
      await listeners.tell('onEvaluated', { set, ...evaluated });
      listeners.throwIfFailed();
    },
    logger,
  });
  const result = { bestEpoch: epoch, cost, dev: sets.dev.metrics, eval: sets.eval?.metrics ?? null };
  writeJsonAtomic(join(directory, RUN_FILES.metrics), result);
  await reportRun({
    directory,
    run: { name: run.name, config, environment: parts.environment },
    corpus,
    model: parts.description,
    history,
    bestEpoch: epoch,
    sets,
  });
  return result;
}

/** What a run works with from its first step to its report. */
interface RunParts {
  /** The options with the number of epochs that is meant. */
  readonly training: TrainingOptions;
  readonly isCompiled: boolean;
  readonly environment: RunConfig['environment'];
  readonly corpus: Corpus;
  readonly inputShape: readonly (number | null)[];
  readonly named: ReadonlyMap<string, NamedWeight>;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** The model in words. */
  readonly description: string;
  readonly hasAttackTask: boolean;
  readonly plan: TrainingPlan;
  readonly passes: Passes;
  readonly loss: Loss;
  readonly batches: { readonly train: Batches; readonly dev: Batches };
  /**
   * Scores a set with the weights as they are.
   *
   * @throws TrainingError where `signal` is set
   */
  score(
    label: string,
    trials: readonly Trial[],
    batches: Batches,
    signal?: AbortSignal,
  ): Promise<{ scored: ScoredTrial[]; loss: number }>;
  dispose(): Promise<void>;
}

/** Builds the model and what feeds it, and opens the run folder. */
function prepareRun(run: ExperimentRun, whole: Corpus): RunParts {
  const { config, directory, logger } = run;
  const training = config.training.fastDevRun > 0 ? { ...config.training, numTrainEpochs: 1 } : config.training;
  const isCompiled = (run.compile ?? true) && run.engine.kind === 'native';
  precisionOf(training, isCompiled);
  const corpus = limitedCorpus(whole, config);
  const surroundings = { ...run, noise: corpus.noise };
  const inputShape = inputShapeOf(config, corpus.dev, surroundings);
  const model = buildModel(config.model, inputShape, deriveSeed(config.seed, 'weights'));
  const named = namedWeights(model);
  const weights = variablesOf(named);
  // A resumed run reads its own weights.
  if (config.pretrained !== null && !(run.resume && hasState(directory))) {
    const { pretrained, ignoreMismatchedSizes } = config;
    logger.info(startFromCheckpoint(pretrained, weights, { ignoreMismatchedSizes }));
  }
  const plan = planTraining(model, training);
  const outputs = describeOutputs(model);
  const attacks = attackTask(config, whole, outputs);
  const passes = createPasses(model, { ...config, training }, isCompiled, { ...surroundings, attacks });
  // Few clips that keep their own lengths have the same, for which it would pay to record.
  const isEvalCompiled = isCompiled && paddingKind(config) !== 'seen';
  const inference = createForward({ apply: (inputs, args) => passes.call(inputs, args) }, isEvalCompiled);
  const loss = createLoss(training, countClasses(corpus.train), outputs);
  const batches = {
    train: passes.loader('train', corpus.train, 'train'),
    dev: passes.loader('dev', corpus.dev, 'eval'),
  };
  const description = describeModel(config, named, inputShape);
  // What can't be was told by now, before anything of an earlier run is moved.
  const { environment } = openRunFolder(directory, run, logger);
  logger.info(`corpus: ${describeCorpus(corpus)}`);
  logger.info(`model: ${description}`);
  return {
    training,
    isCompiled,
    environment,
    corpus,
    inputShape,
    named,
    weights,
    description,
    hasAttackTask: outputs.nAttackClasses !== null,
    plan,
    passes,
    loss,
    batches,
    score: async (label, trials, data, signal) => {
      try {
        return await scoreTrials({ forward: inference.run, trials, data, label, logger, loss, signal });
      } catch (error) {
        if (signal?.aborted !== true) throw error;
        throw new TrainingError(`interrupted while scoring ${label}; the trained model is saved`, { cause: error });
      }
    },
    dispose: async () => {
      await Promise.all([batches.train.close(), batches.dev.close()]);
      inference.dispose();
      passes.dispose();
      model.dispose();
    },
  };
}

/**
 * Trains the model; the folder then holds the weights to evaluate.
 *
 * @returns the final counters
 */
async function trainModel(run: ExperimentRun, parts: RunParts, listeners: RunListeners): Promise<Progress> {
  const { directory, logger } = run;
  const { training, passes, weights, inputShape, isCompiled, batches, loss, plan, hasAttackTask } = parts;
  const nEpochs = training.numTrainEpochs;
  const measure = async () => {
    const dev = await parts.score('dev', parts.corpus.dev, batches.dev);
    return measureDev(dev.scored, dev.loss, decisionScore(training.loss));
  };
  const progress = await train({
    forward: (inputs, stepSeed, also) => {
      return namedOutputs(passes.call(inputs, { training: true, seed: stepSeed, ...also }));
    },
    wrapStep: (step) => listeners.around.reduce(profiledStep, step),
    usesGpu: run.engine.usesGpu,
    hasAttackTask,
    isCompiled,
    weights,
    trainable: new Set([...parts.named].filter(([, { trainable }]) => trainable).map(([name]) => name)),
    plan,
    loss,
    data: batches.train,
    options: training,
    seed: run.config.seed,
    logger,
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    measure,
    onStep: listeners.hearsSteps ? (step) => listeners.step({ ...step, nEpochs }) : undefined,
    onBest: async (epoch, measurement) => {
      writeModel(directory, weights, { threshold: measurement.threshold, epoch, inputShape });
      await listeners.tell('onBest', { epoch, measurement, directory });
    },
    onState: async (state, variables) => {
      saveState(directory, variables, state, training.saveTotalLimit);
      const { epoch, batch, step } = state;
      await listeners.tell('onSaved', { epoch, batch, step, directory });
    },
    onEpoch: (record) => listeners.tell('onEpoch', { record, nEpochs }),
    failure: () => listeners.failure,
    resume: async (variables) => {
      const state = run.resume && hasState(directory) ? loadState(directory, variables) : undefined;
      await listeners.tell('onStart', startEvent(run, parts, state));
      listeners.throwIfFailed();
      return state;
    },
  });
  if (!training.loadBestModelAtEnd) {
    const { threshold } = await measure();
    writeModel(directory, weights, { threshold, epoch: progress.epoch, inputShape });
  }
  return progress;
}

function startEvent({ name, directory, config }: ExperimentRun, parts: RunParts, state?: Progress): StartEvent {
  const { environment, corpus, description, named, training } = parts;
  return {
    ...{ name, directory, config, environment },
    corpus: describeCorpus(corpus),
    model: description,
    nParameters: countParameters(named),
    nEpochs: training.numTrainEpochs,
    resumed: state === undefined ? null : { epoch: state.epoch, batch: state.batch, step: state.step },
    history: state?.history ?? [],
  };
}

/**
 * The run's own record.
 *
 * @throws ConfigError where steps are to be measured on an engine that has no such times
 */
function ownListeners({ profile, engine, directory, config, logger }: ExperimentRun): readonly OwnListener[] {
  if (profile !== undefined && engine.kind !== 'native') {
    throw new ConfigError(`profile: needs the native engine, got ${engine.kind}; run with \`engine: native\``);
  }
  return [
    historyListener(),
    logListener(logger),
    ...(config.training.tensorboard ? [tensorboardListener()] : []),
    ...(profile === undefined ? [] : [profileListener(profile, directory, logger)]),
  ];
}

function describeModel(
  { model }: ExperimentConfig,
  weights: ReadonlyMap<string, NamedWeight>,
  inputShape: readonly (number | null)[],
): string {
  return `${model.type}, ${countParameters(weights).toLocaleString('en')} parameters, input [${inputShape.map((length) => length ?? 'any').join(', ')}]`;
}
