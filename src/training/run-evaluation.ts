/** The evaluation of a trained run, with the weights that it saved: scores, metrics, calibration and report. */
import { join } from 'node:path';
import type { Corpus } from '../data/corpus.js';
import { formatScores } from '../data/score-file.js';
import type { Trial } from '../data/trial.js';
import { fitScoreCalibration, writeCalibration } from '../experiment/calibration-file.js';
import { RUN_FILES, type RunConfig } from '../experiment/checkpoint.js';
import { evaluateScores, type Metrics, type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import { DataError, messageOf } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';
import type { Logger } from '../runtime/logger.js';
import type { EpochRecord } from './history.js';
import type { Batches } from './passes.js';
import { describeCorpus } from './run-corpus.js';
import { describeEngine } from './run-folder.js';

/** A set of trials with their scores, and what they amount to. */
export interface EvaluatedSet {
  readonly scored: readonly ScoredTrial[];
  readonly metrics: Metrics;
}

/** What is evaluated. */
export interface RunEvaluation {
  readonly directory: string;
  readonly corpus: Corpus;
  readonly seed: number;
  /** Epoch of the saved weights, which the model holds. */
  readonly epoch: number;
  /** Score from which on a clip counts as bona fide, saved with the weights. */
  readonly threshold: number;
  /** The dev set's batches, which are the caller's to close. */
  readonly devBatches: Batches;
  /** Opens the eval set's batches. */
  openEval(): Batches;
  score(label: string, trials: readonly Trial[], batches: Batches): Promise<{ scored: ScoredTrial[] }>;
  /** Called with each set. */
  onEvaluated(set: 'dev' | 'eval', evaluated: EvaluatedSet): Promise<void>;
  readonly logger: Logger;
}

/**
 * Scores dev and, once, eval; writes the scores of each, and what they mean by the dev set.
 *
 * @returns the sets; `eval` is undefined where the data has none
 */
export async function evaluateRun(run: RunEvaluation): Promise<{ dev: EvaluatedSet; eval?: EvaluatedSet }> {
  const { corpus } = run;
  const dev = await evaluateSet(run, 'dev', corpus.dev, run.devBatches);
  calibrateOn(dev.scored, run);
  await run.onEvaluated('dev', dev);
  if (corpus.eval.length === 0) return { dev };
  const batches = run.openEval();
  try {
    const final = await evaluateSet(run, 'eval', corpus.eval, batches);
    await run.onEvaluated('eval', final);
    return { dev, eval: final };
  } finally {
    await batches.close();
  }
}

async function evaluateSet(
  { directory, corpus, threshold, seed, score }: RunEvaluation,
  set: 'dev' | 'eval',
  trials: readonly Trial[],
  batches: Batches,
): Promise<EvaluatedSet> {
  const { scored } = await score(set, trials, batches);
  writeFileAtomic(join(directory, RUN_FILES.scores, `${set}.txt`), formatScores(scored, 'labelled'));
  const knownAttacks = [...new Set(corpus.train.flatMap(({ attackId }) => attackId ?? []))];
  const metrics = evaluateScores(scored, {
    ...(knownAttacks.length === 0 ? {} : { knownAttacks }),
    threshold,
    bootstrap: { seed },
  });
  return { scored, metrics };
}

/** Stores what the scores mean, by the dev set; a run that tells nothing apart goes without. */
function calibrateOn(scored: readonly ScoredTrial[], { directory, epoch, logger }: RunEvaluation): void {
  try {
    writeCalibration(directory, fitScoreCalibration('platt', scoresByClass(scored), 'dev', epoch));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    logger.warn(messageOf(error));
  }
}

/** What the report of a run is made of. */
export interface RunReport {
  readonly directory: string;
  /** What `config.json` holds. */
  readonly run: RunConfig;
  readonly corpus: Corpus;
  /** The model in words. */
  readonly model: string;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly sets: { readonly dev: EvaluatedSet; readonly eval?: EvaluatedSet };
}

/** Writes the report of the eval set, or of dev where there is none. */
export async function reportRun({ directory, run, corpus, sets, ...input }: RunReport): Promise<void> {
  const { name, config, environment } = run;
  const { writeReport } = await import('../report/report.js');
  await writeReport(directory, {
    ...input,
    name,
    description: config.description,
    date: new Date().toISOString().slice(0, 10),
    version: environment.version,
    commit: environment.commit,
    seed: config.seed,
    engine: describeEngine(environment),
    platform: `Node ${environment.node}, ${environment.platform}`,
    corpus: describeCorpus(corpus),
    set: sets.eval === undefined ? 'dev' : 'eval',
    trials: (sets.eval ?? sets.dev).scored,
    metrics: (sets.eval ?? sets.dev).metrics,
    devMetrics: sets.eval === undefined ? null : sets.dev.metrics,
    config,
  });
}
