/** Several systems on one corpus: runs what is not there yet, measures costs and differences, writes the comparison. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Corpus, openCorpus } from '../data/corpus.js';
import { formatScores, readScores } from '../data/score-file.js';
import type { Trial } from '../data/trial.js';
import { RUN_FILES, readRunConfig } from '../experiment/checkpoint.js';
import { differences, type ExperimentConfig, readExperiment } from '../experiment/config.js';
import type { BootstrapOptions } from '../metrics/bootstrap.js';
import { compareEers, holmCorrected, meanEer } from '../metrics/significance.js';
import { evaluateScores, type Metrics } from '../metrics/summary.js';
import {
  COMPARISON_FILES,
  type ComparedPair,
  type ComparedRun,
  type ComparedSystem,
  type ComparisonInput,
  writeComparison,
} from '../report/comparison.js';
import type { Engine } from '../runtime/engine.js';
import { ConfigError, TrainingError } from '../runtime/errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../runtime/files.js';
import type { Logger } from '../runtime/logger.js';
import { measureCosts } from './costs.js';
import { evaluateCheckpoint } from './evaluation.js';
import { type RunResult, runExperiment } from './experiment-run.js';
import { readHistory } from './history.js';
import type { RunListener } from './listener.js';
import { describeEngine, describeEnvironment } from './run-folder.js';

/** What a comparison is given. */
export interface Comparison {
  /** Names of experiments, paths of experiment files, or checkpoint folders, which are evaluated as they are. */
  readonly systems: readonly string[];
  /** Each experiment is run once for each. */
  readonly seeds: readonly number[];
  /** Options laid over every experiment, as `readExperiment` takes them. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Where runs and the comparison are written. */
  readonly directory: string;
  /** Folder whose run folders, named as their experiments, are reused too where config and seed are the same. */
  readonly checkpoints: string;
  readonly engine: Engine;
  readonly cacheDirectory?: string;
  readonly compile?: boolean;
  /** Told what happens in each run, one run after the other. */
  readonly listeners?: readonly RunListener[] | undefined;
  readonly logger: Logger;
  readonly signal?: AbortSignal;
}

/**
 * Compares systems on the eval set of their corpus, or on dev where there is none.
 *
 * @returns what was written, and the path of the page
 * @throws ConfigError where the systems are of different corpora, or none is named
 * @throws what `runExperiment` throws; finished runs stay, and are reused by the next call
 */
export async function compareSystems(comparison: Comparison): Promise<{ report: string; input: ComparisonInput }> {
  const { directory, engine, logger } = comparison;
  const corpus = await commonCorpus(comparison);
  const systems: ComparedSystem[] = [];
  for (const name of comparison.systems) {
    logger.info(`${name}: ${systems.length + 1} of ${comparison.systems.length} systems`);
    systems.push(
      await (isCheckpoint(name) ? evaluatedSystem(name, corpus, comparison) : trainedSystem(name, comparison)),
    );
  }
  const environment = describeEnvironment(engine);
  const input: ComparisonInput = {
    date: new Date().toISOString().slice(0, 10),
    version: environment.version,
    engine: describeEngine(environment),
    platform: `Node ${process.version}, ${process.platform}-${process.arch}`,
    corpus: corpus.name,
    set: corpus.eval.length === 0 ? 'dev' : 'eval',
    systems,
    pairs: comparePairs(systems),
  };
  const report = await writeComparison(directory, input);
  writeJsonAtomic(join(directory, COMPARISON_FILES.json), withoutTrials(input));
  return { report, input };
}

/** How intervals and tests are drawn: alike for all systems, so that the same command gives the same figures. */
const BOOTSTRAP: BootstrapOptions = { seed: 1 };

function isCheckpoint(name: string): boolean {
  return existsSync(join(name, RUN_FILES.config));
}

/** The corpus that all systems are measured on; checkpoints follow the experiments, or the first of their own. */
async function commonCorpus({ systems, seeds, overrides, cacheDirectory, logger }: Comparison): Promise<Corpus> {
  if (systems.length === 0)
    throw new ConfigError('compare: expected at least one system, got none; name an experiment');
  if (seeds.length === 0) throw new ConfigError('compare: expected at least one seed, got none; set `seeds: 1,2,3`');
  const configs = systems.map((name) =>
    isCheckpoint(name)
      ? { name, isTrained: false, config: readRunConfig(name).config }
      : { name, isTrained: true, config: readExperiment(name, overrides).config },
  );
  const first = configs.find(({ isTrained }) => isTrained) ?? configs[0];
  const other = configs.find(
    ({ isTrained, config }) => isTrained && differences(config.data, first.config.data).length > 0,
  );
  if (other !== undefined) {
    throw new ConfigError(
      `compare: expected one corpus, got others in ${first.name} and ${other.name}, which differ in ` +
        `data.${differences(other.config.data, first.config.data).join(', data.')}; give \`set: data.root=DIR\` for all`,
    );
  }
  return openCorpus(first.config.data, { logger, cacheDirectory });
}

/** An experiment with a run for each seed; what is finished is read, what was interrupted goes on. */
async function trainedSystem(nameOrPath: string, comparison: Comparison): Promise<ComparedSystem> {
  const { seeds, overrides, logger, directory } = comparison;
  const runs: { seed: number; folder: string; config: ExperimentConfig }[] = [];
  let system = nameOrPath;
  for (const seed of seeds) {
    if (comparison.signal?.aborted === true) throw new TrainingError('compare: interrupted; finished runs are kept');
    const { name, config } = readExperiment(nameOrPath, { ...overrides, seed });
    system = name;
    const own = join(directory, 'runs', `${name}-seed-${seed}`);
    const finished = [own, join(comparison.checkpoints, name)].find((folder) => isFinished(folder, config));
    if (finished === undefined) {
      logger.info(`${name}, seed ${seed}: training`);
      await runExperiment({ ...comparison, name, config, directory: own, resume: isStarted(own, config) });
    } else {
      logger.info(`${name}, seed ${seed}: finished before, in ${finished}`);
    }
    runs.push({ seed, folder: finished ?? own, config });
  }
  const seconds = runs.map(({ folder }) => readHistory(folder).reduce((sum, epoch) => sum + epoch.seconds, 0));
  const compared = runs.map(({ seed, folder }) => readRun(folder, seed));
  return describeSystem(system, runs[0].folder, runs[0].config, compared, {
    trainingSeconds: seconds.reduce((sum, value) => sum + value, 0) / seconds.length,
  });
}

/** A checkpoint as it is, on the dev and eval sets of the comparison's corpus. */
async function evaluatedSystem(checkpoint: string, corpus: Corpus, comparison: Comparison): Promise<ComparedSystem> {
  const { config } = readRunConfig(checkpoint);
  const name = checkpoint.replace(/\/+$/, '').split(/[\\/]/).at(-1) as string;
  const knownAttacks = [...new Set(corpus.train.flatMap(({ attackId }) => attackId ?? []))];
  const evaluate = async (set: 'dev' | 'eval', trials: readonly Trial[]) => {
    comparison.logger.info(`${name}: scoring ${set}`);
    const { scored, metrics } = await evaluateCheckpoint({ ...comparison, checkpoint, trials });
    writeFileAtomic(join(comparison.directory, 'scores', `${name}-${set}.txt`), formatScores(scored));
    const { threshold } = metrics;
    const grouped = evaluateScores(scored, {
      threshold,
      bootstrap: BOOTSTRAP,
      ...(knownAttacks.length === 0 ? {} : { knownAttacks }),
    });
    return { scored, metrics: grouped };
  };
  const dev = await evaluate('dev', corpus.dev);
  const final = corpus.eval.length === 0 ? dev : await evaluate('eval', corpus.eval);
  const run: ComparedRun = { seed: null, dev: dev.metrics, metrics: final.metrics, trials: final.scored };
  return describeSystem(name, checkpoint, config, [run], { trainingSeconds: null });
}

function describeSystem(
  name: string,
  folder: string,
  config: ExperimentConfig,
  runs: readonly ComparedRun[],
  { trainingSeconds }: { trainingSeconds: number | null },
): ComparedSystem {
  return {
    name,
    description: config.description,
    feature: config.feature?.type ?? 'waveform',
    ...measureCosts(folder),
    trainingSeconds,
    runs,
    eer: meanEer(
      runs.map(({ trials }) => trials),
      BOOTSTRAP,
    ),
  };
}

/** A finished run as its folder holds it. */
function readRun(folder: string, seed: number): ComparedRun {
  const result = readResult(folder);
  const set = result.eval === null ? 'dev' : 'eval';
  return {
    seed,
    dev: result.dev,
    metrics: result.eval ?? result.dev,
    trials: readScores(join(folder, RUN_FILES.scores, `${set}.txt`)),
  };
}

function readResult(folder: string): RunResult {
  return JSON.parse(readFileSync(join(folder, RUN_FILES.metrics), 'utf8')) as RunResult;
}

/** Whether the folder holds this very run, finished. */
function isFinished(folder: string, config: ExperimentConfig): boolean {
  return existsSync(join(folder, RUN_FILES.metrics)) && isStarted(folder, config);
}

function isStarted(folder: string, config: ExperimentConfig): boolean {
  return isCheckpoint(folder) && differences(readRunConfig(folder).config, config).length === 0;
}

function comparePairs(systems: readonly ComparedSystem[]): ComparedPair[] {
  const trialsOf = ({ runs }: ComparedSystem) => runs.map(({ trials }) => trials);
  const pairs = systems.flatMap((first, i) =>
    systems.slice(i + 1).map((second) => ({
      first: first.name,
      second: second.name,
      ...compareEers(trialsOf(first), trialsOf(second), BOOTSTRAP),
    })),
  );
  const corrected = holmCorrected(pairs.map(({ pValue }) => pValue));
  return pairs.map((pair, i) => ({ ...pair, correctedPValue: corrected[i] }));
}

/** The comparison as `comparison.json` holds it: the trials stand in the score files of the runs. */
function withoutTrials(input: ComparisonInput): unknown {
  const bare = ({
    seed,
    dev,
    metrics,
  }: ComparedRun): { seed: number | null; dev: Metrics | null; metrics: Metrics } => ({
    seed,
    dev,
    metrics,
  });
  return { ...input, systems: input.systems.map((system) => ({ ...system, runs: system.runs.map(bare) })) };
}
