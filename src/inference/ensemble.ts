/** Ensembles: one score from those of several models. */
import { relative, resolve } from 'node:path';
import { fitScoreCalibration, readCalibration, writeCalibration } from '../experiment/calibration-file.js';
import { type EnsembleFile, FUSED_EPOCH, readEnsemble, writeEnsemble } from '../experiment/fusion-file.js';
import { fitCalibration, type PlattCalibration } from '../metrics/calibration.js';
import { computeEer } from '../metrics/eer.js';
import { fitLogisticRegression } from '../metrics/logistic-regression.js';
import { type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import { ConfigError, DataError } from '../runtime/errors.js';
import type { OpenScorer } from './open-scorer.js';
import type { Scorer } from './scorer.js';

/** Pulls the weights of a fusion together where members say the same: of inputs of unit variance, per clip. */
const RIDGE = 1e-3;

/** A model of an ensemble to be, with its scores on the dev set. */
export interface EnsembleMember {
  readonly directory: string;
  readonly scores: readonly ScoredTrial[];
}

/** How members are fused. */
export interface FusionOptions {
  readonly fusion: EnsembleFile['fusion'];
  /** How much each member counts in a mean, at least 0; all alike where absent. */
  readonly weights?: readonly number[] | undefined;
}

/** What came of a fusion on the dev set. */
export interface FusedEnsemble {
  readonly eer: number;
  /** EER of each member alone. */
  readonly memberEers: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Loads an ensemble and its members.
 *
 * @throws CheckpointError where it or a member can't be read
 */
export async function loadEnsemble(directory: string, open: OpenScorer): Promise<Scorer> {
  const { members, bias, threshold, fusion } = readEnsemble(directory);
  const scorers: Scorer[] = [];
  try {
    for (const { path } of members) scorers.push(await open(resolve(directory, path)));
  } catch (error) {
    for (const scorer of scorers) scorer.dispose();
    throw error;
  }
  return {
    description: `${fusion} of ${members.length}: ${scorers.map(({ description }) => description).join('; ')}`,
    nSamples: Math.max(...scorers.map(({ nSamples }) => nSamples)),
    threshold,
    calibration: readCalibration(directory, FUSED_EPOCH),
    scoreAll: async (waveforms) => {
      const byMember: number[][] = [];
      for (const scorer of scorers) {
        byMember.push((await scorer.scoreAll(waveforms)).map(({ score }) => score));
      }
      return waveforms.map((_, clip) => {
        const logits = byMember.map((scores) => scores[clip]);
        return { score: fused(logits, members, bias), logits };
      });
    },
    dispose: () => {
      for (const scorer of scorers) scorer.dispose();
    },
  };
}

/**
 * Fits an ensemble on the members' scores of one set, and writes it with a calibration of its own.
 *
 * `mean`: the mean of the members' log-likelihood ratios, each by a Platt scaling of its own; `logistic`: the weights that
 * tell the classes best, by logistic regression. Both come down to a weighted sum of the scores.
 *
 * @throws DataError where the members' scores are of different clips; ConfigError for weights that are none
 */
export function fitEnsemble(
  directory: string,
  members: readonly EnsembleMember[],
  { fusion, weights }: FusionOptions,
): FusedEnsemble {
  if (members.length < 2) throw new ConfigError(`ensemble: expected at least two members, got ${members.length}`);
  const columns = alignScores(members);
  const trials = members[0].scores;
  const model = fusion === 'mean' ? fitMean(members, columns, weights) : fitLogistic(trials, columns, weights);
  const fusedTrials = trials.map((trial, i) => ({
    ...trial,
    score: columns.reduce((sum, scores, member) => sum + model.weights[member] * scores[i], model.bias),
  }));
  const classes = scoresByClass(fusedTrials);
  const { eer, threshold } = computeEer(classes.bonafide, classes.spoof);
  const calibration = fitScoreCalibration('platt', classes, 'dev', FUSED_EPOCH);
  writeEnsemble(directory, {
    format: 'voiceproof-ensemble-1',
    fusion,
    members: members.map((member, i) => ({
      path: relativePath(directory, member.directory),
      weight: model.weights[i],
    })),
    bias: model.bias,
    threshold,
  });
  writeCalibration(directory, calibration);
  const memberEers = members.map(({ scores }) => {
    const { bonafide, spoof } = scoresByClass(scores);
    return computeEer(bonafide, spoof).eer;
  });
  return { eer, memberEers, weights: model.weights };
}

/**
 * The scores of several models of the same clips, in the order of the first.
 *
 * @throws DataError where their clips differ
 */
export function alignScores(members: readonly EnsembleMember[]): number[][] {
  const [first] = members;
  return members.map(({ directory, scores }) => {
    const byUtterance = new Map(scores.map(({ utterance, score }) => [utterance, score]));
    const column = first.scores.map(({ utterance }) => byUtterance.get(utterance));
    const nMissing = column.filter((score) => score === undefined).length;
    if (nMissing > 0 || byUtterance.size !== first.scores.length) {
      throw new DataError(
        `${directory}: expected scores of the ${first.scores.length} clips that ${first.directory} scored, got ${byUtterance.size}, of which ${nMissing} are missing; score all models on one protocol`,
      );
    }
    return column as number[];
  });
}

/** The way from a checkpoint to a member, with `/` on every system. */
export function relativePath(from: string, to: string): string {
  return relative(resolve(from), resolve(to)).replaceAll('\\', '/');
}

/** A straight calibration of a model's scores. */
export function fitLine(scores: readonly ScoredTrial[]): PlattCalibration {
  const { bonafide, spoof } = scoresByClass(scores);
  return fitCalibration('platt', bonafide, spoof) as PlattCalibration;
}

function fitMean(
  members: readonly EnsembleMember[],
  columns: readonly (readonly number[])[],
  given: readonly number[] = columns.map(() => 1),
): { weights: number[]; bias: number } {
  const total = given.reduce((sum, weight) => sum + weight, 0);
  if (given.length !== columns.length || given.some((weight) => !(weight >= 0)) || !(total > 0)) {
    throw new ConfigError(
      `ensemble: expected ${columns.length} weights of at least 0, one a member and not all 0, got ${given.join(', ')}`,
    );
  }
  const lines = members.map(({ scores }) => fitLine(scores));
  return {
    weights: lines.map(({ slope }, i) => (slope * given[i]) / total),
    bias: lines.reduce((sum, { intercept }, i) => sum + (intercept * given[i]) / total, 0),
  };
}

function fitLogistic(
  trials: readonly ScoredTrial[],
  columns: readonly (readonly number[])[],
  weights: readonly number[] | undefined,
): { weights: readonly number[]; bias: number } {
  if (weights !== undefined) {
    throw new ConfigError('ensemble: logistic fusion finds the weights itself; leave them out, or choose mean');
  }
  const nBonafide = trials.filter(({ label }) => label === 'bonafide').length;
  const counts = { bonafide: nBonafide, spoof: trials.length - nBonafide };
  return fitLogisticRegression(
    trials.map(({ label }, i) => ({
      inputs: columns.map((scores) => scores[i]),
      target: label === 'bonafide' ? (counts.bonafide + 1) / (counts.bonafide + 2) : 1 / (counts.spoof + 2),
      weight: 0.5 / counts[label],
    })),
    { ridge: RIDGE },
  );
}

function fused(scores: readonly number[], members: EnsembleFile['members'], bias: number): number {
  return scores.reduce((sum, score, i) => sum + members[i].weight * score, bias);
}
