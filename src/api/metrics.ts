/** What scores are worth. */
import { readAsvScores } from '../data/asv-score-file.js';
import { readScores } from '../data/score-file.js';
import { evaluateScores, type Metrics, type ScoredTrial } from '../metrics/summary.js';

/** How scores are measured. */
export interface MetricsOptions {
  /** Protocol or key file; needed where a score file has no labels. */
  readonly protocol?: string | undefined;
  /** Subset of the protocol: `eval`, `progress`, `hidden`, ... or `all`. Default `eval`, where it has one. */
  readonly subset?: string | undefined;
  /** Score file of a speaker verification system, for min t-DCF and t-EER. */
  readonly asvScores?: string | undefined;
  /** Key file of the ASV scores, where they hold no keys. Default `trial_metadata.txt` beside them. */
  readonly asvProtocol?: string | undefined;
  /** Score from which a trial counts as bona fide. Default: the EER threshold of these scores. */
  readonly threshold?: number | undefined;
  /** Attacks the detector was trained on, to measure known and unseen ones apart. */
  readonly knownAttacks?: readonly string[] | undefined;
  /** Bootstrap resamples behind the 95 % confidence intervals of EER; 0 leaves the intervals out. Default 1000. */
  readonly resamples?: number | undefined;
  /** Of the resamples. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Every metric of a set of scores: EER, min t-DCF, AUC and the rest. No engine is needed.
 *
 * @param scores a score file, or scores with their classes
 * @throws DataError where they can't be used
 */
export function computeMetrics(scores: string | readonly ScoredTrial[], options: MetricsOptions = {}): Metrics {
  const { protocol, subset, asvScores, asvProtocol, threshold, knownAttacks, resamples = 1000, seed = 0 } = options;
  const trials = typeof scores === 'string' ? readScores(scores, { protocol, subset }) : scores;
  return evaluateScores(trials, {
    threshold,
    knownAttacks: knownAttacks === undefined ? undefined : [...knownAttacks],
    asvScores: asvScores === undefined ? undefined : readAsvScores(asvScores, { keys: asvProtocol, protocol, subset }),
    bootstrap: resamples === 0 ? false : { resamples, seed },
  });
}
