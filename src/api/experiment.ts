/** Experiments: from a few options to a trained, evaluated and reported model. */
import { basename, join } from 'node:path';
import type { z } from 'zod';
import type { CorpusOptions, corpusOptions } from '../data/corpus-options.js';
import { type ExperimentConfig, mergeOptions, parseExperiment, readExperiment } from '../experiment/config.js';
import type { trainingOptions } from '../experiment/training-options.js';
import type { ProfileSchedule } from '../graph/profiler.js';
import { ConfigError } from '../runtime/errors.js';
import type { TypedOptions } from '../runtime/options.js';
import type { RunResult } from '../training/experiment-run.js';
import type { RunListener } from '../training/listener.js';
import { cacheFolder } from './cache.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';

/** A part by its name, or by its type with options, which the part itself checks. */
export type PartChoice = TypedOptions | ({ readonly type: string } & Readonly<Record<string, unknown>>);

/** An experiment as people write it: only what departs from the defaults. */
export interface ExperimentInput {
  readonly description?: string;
  /** Names every random draw of the run. Default 42. */
  readonly seed?: number;
  /** Length that clips are repeated or cropped to; null where each keeps its own. Default 4. */
  readonly durationSeconds?: number | null;
  /** Which clips. Default: the corpus that comes with the package. */
  readonly data?: z.input<typeof corpusOptions> | CorpusOptions;
  /** Null where the model takes the waveform, which is the default. */
  readonly feature?: PartChoice | null;
  readonly augment?: readonly PartChoice[];
  readonly model: PartChoice;
  /** Checkpoint whose weights the run starts from. */
  readonly pretrained?: string | null;
  readonly ignoreMismatchedSizes?: boolean;
  readonly training?: Partial<z.input<typeof trainingOptions>>;
}

/** A resolved experiment and what it is called. */
export interface NamedExperiment {
  readonly name: string;
  readonly config: ExperimentConfig;
}

/** How an experiment is run. */
export interface ExperimentOptions extends JobOptions {
  /** What the run is called. Default: the name of the experiment, or the last part of `directory`. */
  readonly name?: string | undefined;
  /** Options laid over the experiment's: objects are merged, everything else is replaced. */
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  /** Wins over the experiment's. */
  readonly seed?: number | undefined;
  /** Run folder; an earlier run there is moved to `archive/` beside it. Default `checkpoints/NAME`. */
  readonly directory?: string | undefined;
  /** Whether to go on with the run that the folder holds, bit for bit. Default false. */
  readonly resume?: boolean | undefined;
  /** Whether steps run as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean | undefined;
  /** Measures these training steps by op and by layer, into the folder `profile`; on the native engine alone. */
  readonly profile?: ProfileSchedule | undefined;
  /** Told what happens in the run. */
  readonly listeners?: readonly RunListener[] | undefined;
}

/** What a run ends with; its `metrics.json` holds the figures. */
export interface ExperimentResult extends RunResult {
  readonly name: string;
  /** The run folder: a checkpoint. */
  readonly directory: string;
}

/**
 * Trains a model, evaluates it once on the eval set, and writes the run folder: weights, scores, metrics, calibration, report.
 *
 * @param experiment the name of one that comes with the package, the path of a file, or the options themselves
 * @throws ConfigError, DataError, AudioError for what can't be used, before anything is trained where possible
 * @throws CheckpointError where the run to resume was made with another config
 * @throws TrainingError where the loss is not finite, or `signal` was set: after saving, so that the run can be resumed
 */
export async function runExperiment(
  experiment: string | ExperimentInput | NamedExperiment,
  options: ExperimentOptions = {},
): Promise<ExperimentResult> {
  const { name, config } = await resolveExperiment(experiment, options);
  const { directory = join('checkpoints', name), resume = false, compile = true } = options;
  const { profile, listeners, signal } = options;
  const logger = jobLogger(options);
  return withEngine({ ...options, logger }, 'training', async (engine) => {
    const { runExperiment: run } = await import('../training/experiment-run.js');
    const result = await run({
      ...{ name, config, directory, engine, resume, compile, profile, listeners, logger },
      cacheDirectory: cacheFolder(options, 'features'),
      ...(signal === undefined ? {} : { signal }),
    });
    return { name, directory, ...result };
  });
}

/**
 * Reads and checks an experiment without running it. One that is resolved already is taken as it is.
 *
 * @throws ConfigError where there is no such experiment (with the nearest name), or it has problems, all of which it lists
 */
export async function resolveExperiment(
  experiment: string | ExperimentInput | NamedExperiment,
  options: Pick<ExperimentOptions, 'name' | 'set' | 'seed' | 'directory'> = {},
): Promise<NamedExperiment> {
  const { seed, directory } = options;
  const overrides = { ...options.set, ...(seed === undefined ? {} : { seed }) };
  if (typeof experiment === 'string') {
    const { name, config } = await readExperiment(experiment, overrides);
    return { name: options.name ?? name, config };
  }
  if ('config' in experiment) {
    if (Object.keys(overrides).length === 0) return { ...experiment, name: options.name ?? experiment.name };
    throw new ConfigError(
      'experiment: one that is resolved has all its options; give `set` and `seed` when resolving it',
    );
  }
  const name = options.name ?? (directory === undefined ? 'experiment' : basename(directory));
  return { name, config: await parseExperiment(mergeOptions(experiment, overrides), name) };
}
