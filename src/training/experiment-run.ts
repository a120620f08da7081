/** One experiment from its config to its report. */
import { join } from 'node:path';
import { attacksOf } from '../data/attack-classes.js';
import { augmentations } from '../data/augment/registry.js';
import { type Corpus, loadCorpus } from '../data/corpus.js';
import { formatScores } from '../data/score-file.js';
import { SPLIT_NAMES } from '../data/split.js';
import { LABELS, type Trial } from '../data/trial.js';
import { fitScoreCalibration, writeCalibration } from '../experiment/calibration-file.js';
import { RUN_FILES, readModel, writeModel } from '../experiment/checkpoint.js';
import type { ExperimentConfig } from '../experiment/config.js';
import { startFromCheckpoint } from '../experiment/pretrained.js';
import { writeProfile } from '../graph/profile-report.js';
import { Profiler, type ProfileSchedule } from '../graph/profiler.js';
import { createForward } from '../inference/forward.js';
import { createLoss, decisionScore } from '../losses/registry.js';
import { evaluateScores, type Metrics, type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import { countParameters, type NamedWeight, namedWeights, variablesOf } from '../models/named-weights.js';
import { describeOutputs, namedOutputs, type OutputDescription } from '../models/outputs.js';
import { buildModel } from '../models/registry.js';
import type { Engine } from '../runtime/engine.js';
import { ConfigError, DataError, messageOf } from '../runtime/errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../runtime/files.js';
import type { Logger } from '../runtime/logger.js';
import { lookUp } from '../runtime/options.js';
import { createRandom, deriveSeed, shuffled } from '../runtime/random.js';
import { inputShapeOf, measureDev, scoreTrials } from './evaluation.js';
import { type EpochRecord, writeHistory } from './history.js';
import { type Batches, createPasses } from './passes.js';
import { precisionOf } from './precision.js';
import { profiledStep } from './profiled-step.js';
import { describeEngine, openRunFolder } from './run-folder.js';
import { hasState, loadState, saveState } from './run-state.js';
import type { StepCost } from './step-cost.js';
import { createScalarWriter } from './tensorboard.js';
import { train } from './trainer.js';
import { planTraining } from './training-plan.js';

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
  readonly logger: Logger;
  /** Set to save and stop. */
  readonly signal?: AbortSignal;
}

/** What a run ends with; `metrics.json` holds the same. */
export interface ExperimentResult {
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
export async function runExperiment(run: ExperimentRun): Promise<ExperimentResult> {
  const { config, directory, logger } = run;
  const { seed } = config;
  const training = config.training.fastDevRun > 0 ? { ...config.training, numTrainEpochs: 1 } : config.training;
  const isCompiled = (run.compile ?? true) && run.engine.kind === 'native';
  // What can't be is told before anything of an earlier run is moved.
  precisionOf(training, isCompiled);
  const profiler = profilerOf(run);
  const whole = loadCorpus(config.data, { logger });
  const corpus = limited(whole, config);
  const { environment } = openRunFolder(directory, run, logger);

  const surroundings = { ...run, noise: corpus.noise };
  const inputShape = inputShapeOf(config, corpus.dev, surroundings) as number[];
  const model = buildModel(config.model, inputShape, deriveSeed(seed, 'weights'));
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
  const inference = createForward({ apply: (inputs, args) => passes.call(inputs, args) }, isCompiled);
  const loss = createLoss(training, countClasses(corpus.train), outputs);
  const loaders = {
    train: passes.loader('train', corpus.train, 'train'),
    dev: passes.loader('dev', corpus.dev, 'eval'),
  };
  const scoreSet = (label: string, trials: readonly Trial[], loader: Batches) =>
    scoreTrials({
      forward: inference.run,
      trials,
      data: loader,
      label,
      logger,
      loss,
    });
  const measure = async () => {
    const { scored, loss: devLoss } = await scoreSet('dev', corpus.dev, loaders.dev);
    return measureDev(scored, devLoss, decisionScore(training.loss));
  };
  logger.info(`corpus: ${describeCorpus(corpus)}`);
  logger.info(`model: ${describeModel(config, named, inputShape)}`);

  const scalars = training.tensorboard ? createScalarWriter(join(directory, RUN_FILES.tensorboard)) : undefined;
  let history: readonly EpochRecord[] = [];
  let cost: StepCost | null = null;
  try {
    const progress = await train({
      forward: (inputs, stepSeed, momentum) => {
        return namedOutputs(passes.call(inputs, { training: true, seed: stepSeed, momentum }));
      },
      ...(profiler === undefined ? {} : { wrapStep: (step) => profiledStep(step, profiler) }),
      usesGpu: run.engine.usesGpu,
      onCost: (measured) => {
        cost = measured;
      },
      hasAttackTask: outputs.nAttackClasses !== null,
      isCompiled,
      weights,
      trainable: new Set([...named].filter(([, { trainable }]) => trainable).map(([name]) => name)),
      plan,
      loss,
      data: loaders.train,
      options: training,
      seed,
      logger,
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      measure,
      onBest: (epoch, { threshold }) => writeModel(directory, weights, { threshold, epoch, inputShape }),
      onState: (state, variables) => saveState(directory, variables, state, training.saveTotalLimit),
      onEpoch: (record) => {
        history = [...history, record];
        writeHistory(directory, history);
        logger.info(describeEpoch(record, training.numTrainEpochs));
        scalars?.write(record.step, {
          'train/loss': record.trainLoss,
          ...(record.trainAttackLoss === undefined ? {} : { 'train/attack_loss': record.trainAttackLoss }),
          'train/learning_rate': record.learningRate,
          'dev/loss': record.devLoss,
          'dev/eer': record.devEer,
          'dev/auc': record.devAuc,
          'dev/accuracy': record.devAccuracy,
        });
      },
      resume: (variables) => {
        if (!run.resume || !hasState(directory)) return undefined;
        const state = loadState(directory, variables);
        history = state.history;
        writeHistory(directory, history);
        const where = state.batch === 0 ? '' : `, batch ${state.batch}`;
        logger.info(`resumed after epoch ${state.epoch} of ${training.numTrainEpochs}${where}`);
        return state;
      },
    });

    if (!training.loadBestModelAtEnd) {
      const { threshold } = await measure();
      writeModel(directory, weights, { threshold, epoch: progress.epoch, inputShape });
    }
    // Always through the file: what is reported is what was saved.
    const saved = readModel(directory);
    saved.assignTo(weights);
    const knownAttacks = [...new Set(corpus.train.flatMap(({ attackId }) => attackId ?? []))];
    const evaluate = async (set: 'dev' | 'eval', trials: readonly Trial[], loader: Batches) => {
      const { scored } = await scoreSet(set, trials, loader);
      writeFileAtomic(join(directory, RUN_FILES.scores, `${set}.txt`), formatScores(scored, 'labelled'));
      const metrics = evaluateScores(scored, {
        ...(knownAttacks.length === 0 ? {} : { knownAttacks }),
        threshold: saved.threshold,
        bootstrap: { seed },
      });
      return { scored, metrics };
    };
    const dev = await evaluate('dev', corpus.dev, loaders.dev);
    calibrateOn(dev.scored, saved.epoch, run);
    const evalLoader = corpus.eval.length === 0 ? undefined : passes.loader('eval', corpus.eval, 'eval');
    const final = evalLoader === undefined ? undefined : await evaluate('eval', corpus.eval, evalLoader);
    await evalLoader?.close();

    const result: ExperimentResult = { bestEpoch: saved.epoch, cost, dev: dev.metrics, eval: final?.metrics ?? null };
    writeJsonAtomic(join(directory, RUN_FILES.metrics), result);
    const { writeReport } = await import('../report/report.js');
    await writeReport(directory, {
      name: run.name,
      description: config.description,
      date: new Date().toISOString().slice(0, 10),
      version: environment.version,
      commit: environment.commit,
      seed,
      engine: describeEngine(environment),
      platform: `Node ${environment.node}, ${environment.platform}`,
      corpus: describeCorpus(corpus),
      model: describeModel(config, named, inputShape),
      history,
      bestEpoch: saved.epoch,
      set: final === undefined ? 'dev' : 'eval',
      trials: (final ?? dev).scored,
      metrics: (final ?? dev).metrics,
      devMetrics: final === undefined ? null : dev.metrics,
      config,
    });
    return result;
  } finally {
    profiler?.dispose();
    scalars?.close();
    await Promise.all([loaders.train.close(), loaders.dev.close()]);
    inference.dispose();
    passes.dispose();
    model.dispose();
  }
}

/** Stores what the scores mean, by the dev set; a run that tells nothing apart goes without. */
function calibrateOn(scored: readonly ScoredTrial[], epoch: number, { directory, logger }: ExperimentRun): void {
  try {
    writeCalibration(directory, fitScoreCalibration('platt', scoresByClass(scored), 'dev', epoch));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    logger.warn(messageOf(error));
  }
}

/**
 * The attacks whose classes the model is trained to tell; undefined where it has no such task.
 *
 * @throws ConfigError where the training set has another number of attacks, or clips are mixed, which have no one attack
 */
function attackTask(
  { augment }: ExperimentConfig,
  corpus: Corpus,
  { nAttackClasses }: OutputDescription,
): readonly string[] | undefined {
  if (nAttackClasses === null) return undefined;
  const attacks = attacksOf(corpus.train);
  if (nAttackClasses !== attacks.length + 1) {
    throw new ConfigError(
      `model: expected attack logits for bona fide and ${attacks.length} attacks (${attacks.join(', ')}), got ` +
        `${nAttackClasses} classes; set model.nAttacks to ${attacks.length}, or to 0 for one task`,
    );
  }
  const mixing = augment.find(({ type }) => lookUp(augmentations, type, 'augment').stage === 'batch');
  if (mixing !== undefined) {
    throw new ConfigError(
      `augment: ${mixing.type} mixes clips, which then have no one attack to tell; remove it, or choose a model without attack logits`,
    );
  }
  return attacks;
}

/**
 * What measures the steps that the run asks for, and writes its tables once they are done.
 *
 * @throws ConfigError on engines that have no such times
 */
function profilerOf({ profile, engine, directory, logger }: ExperimentRun): Profiler | undefined {
  if (profile === undefined) return undefined;
  if (engine.kind !== 'native') {
    throw new ConfigError(`profile: needs the native engine, got ${engine.kind}; run with --engine native`);
  }
  const folder = join(directory, RUN_FILES.profile);
  return new Profiler(profile, (steps) => {
    writeProfile(folder, steps);
    logger.info(`profile of ${steps.length} steps: ${folder}`);
  });
}

/** The corpus cut to a few batches where the options ask for it. */
function limited(corpus: Corpus, { training, seed }: ExperimentConfig): Corpus {
  const { fastDevRun, overfitBatches, perDeviceTrainBatchSize } = training;
  const nBatches = overfitBatches || fastDevRun;
  if (nBatches === 0) return corpus;
  // Both classes in turn, so that a single batch already measures something.
  const few = (trials: readonly Trial[]): Trial[] => {
    const [bonafide, spoof] = LABELS.map((label) =>
      shuffled(
        trials.filter((trial) => trial.label === label),
        createRandom(seed, 'few'),
      ),
    );
    const inTurn = Array.from({ length: Math.max(bonafide.length, spoof.length) }, (_, i) => [bonafide[i], spoof[i]]);
    return inTurn
      .flat()
      .filter((trial) => trial !== undefined)
      .slice(0, nBatches * perDeviceTrainBatchSize);
  };
  const train = few(corpus.train);
  return { ...corpus, train, dev: overfitBatches > 0 ? train : few(corpus.dev), eval: few(corpus.eval) };
}

function countClasses(trials: readonly Trial[]): [number, number] {
  const nBonafide = trials.filter(({ label }) => label === 'bonafide').length;
  return [trials.length - nBonafide, nBonafide];
}

function describeCorpus(corpus: Corpus): string {
  const sets = SPLIT_NAMES.map((set) => {
    const [nSpoof, nBonafide] = countClasses(corpus[set]);
    return `${set} ${nBonafide} + ${nSpoof}`;
  });
  return `${corpus.name}; clips, bona fide + spoof: ${sets.join(', ')}`;
}

function describeModel(
  { model }: ExperimentConfig,
  weights: ReadonlyMap<string, NamedWeight>,
  inputShape: readonly number[],
): string {
  return `${model.type}, ${countParameters(weights).toLocaleString('en')} parameters, input [${inputShape.join(', ')}]`;
}

function describeEpoch(record: EpochRecord, nEpochs: number): string {
  const { epoch, trainLoss, trainAttackLoss, devLoss, devEer, devAuc, devAccuracy, seconds } = record;
  const width = String(nEpochs).length;
  return [
    `epoch ${String(epoch).padStart(width)}/${nEpochs}`,
    `loss ${trainLoss.toFixed(4)}`,
    ...(trainAttackLoss === undefined ? [] : [`attack loss ${trainAttackLoss.toFixed(4)}`]),
    `dev loss ${devLoss.toFixed(4)}`,
    `EER ${(100 * devEer).toFixed(2).padStart(5)} %`,
    `AUC ${devAuc.toFixed(4)}`,
    `accuracy ${(100 * devAccuracy).toFixed(1)} %`,
    `${seconds.toFixed(1)} s`,
  ].join('  ');
}
