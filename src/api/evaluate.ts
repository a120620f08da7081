/** Checkpoints on clips of known classes. */
import { join } from 'node:path';
import { readAsvScores } from '../data/asv-score-file.js';
import { formatScores } from '../data/score-file.js';
import type { Metrics, ScoredTrial } from '../metrics/summary.js';
import { ConfigError } from '../runtime/errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../runtime/files.js';
import { cacheFolder } from './cache.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';
import { type ProtocolChoice, trialsOf } from './protocol.js';

/** How a checkpoint is evaluated: on the clips of `protocol`, or on `trials`. */
export interface EvaluateOptions extends JobOptions, ProtocolChoice {
  /** Score file of a speaker verification system, for min t-DCF. */
  readonly asvScores?: string | undefined;
  /** Folder for `scores.txt` and `metrics.json`. Default: nothing is written. */
  readonly output?: string | undefined;
  /** Whether the model runs as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean | undefined;
}

/** What came of an evaluation. */
export interface Evaluation {
  /** At the threshold that travels with the checkpoint. */
  readonly metrics: Metrics;
  /** The trials in their order, with their scores. */
  readonly scored: readonly ScoredTrial[];
}

/**
 * Evaluates a checkpoint on a set of clips, deciding at the threshold that travels with it.
 *
 * @param checkpoint a run folder, an ensemble, a cascade or an exported model
 * @throws CheckpointError, AudioError, DataError for what can't be used; ConfigError where no clips are named
 */
export async function evaluateCheckpoint(checkpoint: string, options: EvaluateOptions): Promise<Evaluation> {
  const trials = await trialsOf(options);
  if (trials === undefined) throw new ConfigError('evaluate: expected `protocol` or trials, got neither; give one');
  const { protocol, output, compile = true, signal } = options;
  const asvScores = options.asvScores === undefined ? undefined : readAsvScores(options.asvScores, { protocol });
  const logger = jobLogger(options);
  return withEngine({ ...options, logger }, 'inference', async () => {
    const { evaluateCheckpoint: evaluate } = await import('../training/evaluation.js');
    const cacheDirectory = cacheFolder(options, 'features');
    const { metrics, scored } = await evaluate({
      ...{ checkpoint, trials, asvScores, cacheDirectory, compile, logger, signal },
    });
    if (output !== undefined) {
      writeFileAtomic(join(output, 'scores.txt'), formatScores(scored, 'labelled'));
      writeJsonAtomic(join(output, 'metrics.json'), metrics);
    }
    return { metrics, scored };
  });
}
