/** Several checkpoints as one: ensembles and cascades. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readScores } from '../data/score-file.js';
import type { CascadeFile } from '../experiment/fusion-file.js';
import { fitCascade, measureSecondsPerClip } from '../inference/cascade.js';
import { type EnsembleMember, type FusedEnsemble, type FusionOptions, fitEnsemble } from '../inference/ensemble.js';
import { needsEngine, openScorer } from '../inference/open-scorer.js';
import { ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { cacheFolder } from './cache.js';
import { type JobOptions, jobLogger, startEngine } from './engine.js';
import { type ProtocolChoice, trialsOf } from './protocol.js';

/** On which clips models are put together. Default: those of the dev set whose scores the runs left, where they are of one set. */
interface FittingOptions extends JobOptions, ProtocolChoice {
  /** The folder to write. */
  readonly output: string;
  /** Whether models run as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean | undefined;
}

/** How an ensemble is made. */
export interface EnsembleOptions extends FittingOptions {
  /** `mean` of calibrated log-likelihood ratios, or weights by `logistic` regression. Default `mean`. */
  readonly fusion?: FusionOptions['fusion'] | undefined;
  /** With `mean`: how much each member counts. Default: all alike. */
  readonly weights?: readonly number[] | undefined;
}

/** An ensemble that was made. */
export interface Ensemble extends FusedEnsemble {
  /** Clips that it was fitted on. */
  readonly nClips: number;
}

/**
 * Makes one checkpoint of several, whose scores are fused. Its folder refers to them by relative path.
 *
 * @param members run folders, exported models or other ensembles; they stay where they are
 * @throws ConfigError where there is nothing to fit on; DataError where the members scored different clips
 */
export async function createEnsemble(members: readonly string[], options: EnsembleOptions): Promise<Ensemble> {
  if (members.length === 0) throw new ConfigError('ensemble: expected at least one of `members`, got none; name some');
  const { output, fusion = 'mean', weights } = options;
  const isScored = trialsAreGiven(options);
  const logger = jobLogger(options);
  const engine = isScored ? await startEngine({ ...options, logger }) : undefined;
  try {
    const scored = await scoreMembers(members, options, logger);
    return { ...fitEnsemble(output, scored, { fusion, weights }), nClips: scored[0].scores.length };
  } finally {
    engine?.close();
  }
}

/** How a cascade is made. */
export interface CascadeOptions extends FittingOptions {
  /** The quick checkpoint. */
  readonly light: string;
  /** The good one. */
  readonly heavy: string;
  /** Share of each class that the light one may get wrong by itself. Default 0.01. */
  readonly statedError?: number | undefined;
}

/** A cascade that was made, with what it saves. */
export interface Cascade extends Readonly<CascadeFile['measured']> {
  /** Clips that it was fitted on. */
  readonly nClips: number;
}

/** Clips that each model is timed on. */
const N_ROUNDS = 5;

/**
 * Makes one checkpoint of two: a light model decides when it is sure, a heavy one otherwise. Both are timed here, on a clip of
 * four seconds. Its folder refers to them by relative path.
 *
 * @throws ConfigError where there is nothing to fit on, or the error is no share; DataError where the two scored different clips
 */
export async function createCascade(options: CascadeOptions): Promise<Cascade> {
  const { light, heavy, output, statedError = 0.01, compile = true, threads, signal } = options;
  const logger = jobLogger(options);
  const isNeeded = trialsAreGiven(options) || needsEngine(light) || needsEngine(heavy);
  const engine = isNeeded ? await startEngine({ ...options, logger }) : undefined;
  try {
    const members = await scoreMembers([light, heavy], options, logger);
    const seconds: number[] = [];
    for (const directory of [light, heavy]) {
      signal?.throwIfAborted();
      const scorer = await openScorer(directory, { compile, threads, logger });
      try {
        seconds.push(await measureSecondsPerClip(scorer, N_ROUNDS));
      } finally {
        scorer.dispose();
      }
    }
    const secondsPerClip = { light: seconds[0], heavy: seconds[1] };
    const parts = { light: members[0], heavy: members[1], statedError, secondsPerClip };
    return { ...fitCascade(output, parts), nClips: members[0].scores.length };
  } finally {
    engine?.close();
  }
}

function trialsAreGiven({ protocol, trials }: ProtocolChoice): boolean {
  return protocol !== undefined || trials !== undefined;
}

/**
 * The members with their scores: those that their runs left, or new ones.
 *
 * @throws ConfigError where there are neither clips nor the scores of a run
 */
async function scoreMembers(
  directories: readonly string[],
  options: FittingOptions,
  logger: Logger,
): Promise<EnsembleMember[]> {
  const trials = await trialsOf(options);
  if (trials === undefined) {
    return directories.map((directory) => {
      const path = join(directory, 'scores', 'dev.txt');
      if (existsSync(path)) return { directory, scores: readScores(path) };
      throw new ConfigError(
        `${path}: expected the dev scores of a run, got none; name clips to fit on with \`protocol\``,
      );
    });
  }
  const { scoreWithCheckpoint } = await import('../training/evaluation.js');
  const { compile = true, signal } = options;
  const cacheDirectory = cacheFolder(options, 'features');
  const members: EnsembleMember[] = [];
  for (const checkpoint of directories) {
    logger.info(`scoring with ${checkpoint}`);
    const { scored } = await scoreWithCheckpoint({ checkpoint, trials, cacheDirectory, compile, logger, signal });
    members.push({ directory: checkpoint, scores: scored });
  }
  return members;
}
