/** What a checkpoint's scores mean, by clips of one's own. */
import { readScores } from '../data/score-file.js';
import { fitScoreCalibration, type ScoreCalibration, writeCalibration } from '../experiment/calibration-file.js';
import { epochOf } from '../inference/open-scorer.js';
import type { CalibrationMethod } from '../metrics/calibration.js';
import { type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import { ConfigError } from '../runtime/errors.js';
import { cacheFolder } from './cache.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';
import { type ProtocolChoice, trialsOf } from './protocol.js';

/** How scores are calibrated: on `scores` that are there, or on the clips of `protocol` or `trials`, which are scored. */
export interface CalibrateOptions extends JobOptions, ProtocolChoice {
  /** A score file, read with `protocol` where it holds no labels; or the scores themselves. */
  readonly scores?: string | readonly ScoredTrial[] | undefined;
  /** `platt`: a line, for any number of clips; `pav`: any rising map, for some hundred clips and more. Default `platt`. */
  readonly method?: CalibrationMethod | undefined;
  /** Whether the model runs as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean | undefined;
}

/**
 * Fits log-likelihood ratios and operating points, and stores them in the checkpoint, as `calibration.json`. The clips should
 * be like those to be scored, and not those that the model was trained on.
 *
 * @param checkpoint a run folder, an ensemble, a cascade or an exported model
 * @throws CheckpointError, DataError, AudioError for what can't be used; ConfigError where there is nothing to fit on
 */
export async function calibrate(checkpoint: string, options: CalibrateOptions): Promise<ScoreCalibration> {
  const { method = 'platt', scores, protocol } = options;
  const epoch = await epochOf(checkpoint);
  const scored = await scoredTrials(checkpoint, options);
  const name = (typeof scores === 'string' ? scores : protocol) ?? 'clips of the caller';
  const calibration = fitScoreCalibration(method, scoresByClass(scored), name, epoch);
  writeCalibration(checkpoint, calibration);
  return calibration;
}

async function scoredTrials(checkpoint: string, options: CalibrateOptions): Promise<readonly ScoredTrial[]> {
  const { scores, protocol, protocolFormat: format, subset, compile = true, signal } = options;
  if (typeof scores === 'string') return readScores(scores, { protocol, format, subset });
  if (scores !== undefined) return scores;
  const trials = await trialsOf(options);
  if (trials === undefined) {
    throw new ConfigError('calibrate: expected `scores` or `protocol`, got neither; give one');
  }
  const logger = jobLogger(options);
  return withEngine({ ...options, logger }, 'inference', async () => {
    const { scoreWithCheckpoint } = await import('../training/evaluation.js');
    const cacheDirectory = cacheFolder(options, 'features');
    return (await scoreWithCheckpoint({ checkpoint, trials, cacheDirectory, compile, logger, signal })).scored;
  });
}
