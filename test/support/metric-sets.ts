/**
 * The score sets whose metrics are known from the official scripts and from scikit-learn: the small ones in
 * `test/fixtures/metrics`, and all of them where the reference material is present. Read by hand rather than by our own
 * score file reader, so that the two can't be wrong together.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AsvScores } from '../../src/metrics/tdcf.js';
import { createRandom } from '../../src/runtime/random.js';
import { hasShared, sharedPath } from './shared.js';

/** A value with its threshold, or the refusal of the official script. */
export type ExpectedCost =
  | { value: number; threshold: number; C0?: number; C1?: number; C2?: number }
  | { error: string };

/** One row of scikit-learn's report. */
export interface ExpectedReport {
  precision: number;
  recall: number;
  'f1-score': number;
  support: number;
}

/** Decisions at a threshold, by scikit-learn. */
export interface ExpectedClassification {
  threshold: number;
  accuracy: number;
  balanced_accuracy: number;
  mcc: number;
  confusion_matrix_rows_true_cols_pred: number[][];
  report: Record<'spoof' | 'bonafide' | 'macro avg' | 'weighted avg', ExpectedReport>;
}

/** What the reference says about a set. */
export interface ExpectedMetrics {
  n_bonafide: number;
  n_spoof: number;
  eer: number;
  eer_threshold: number;
  asv: { eer: number; threshold: number; Pfa: number; Pmiss: number; Pfa_spoof: number };
  min_tdcf_legacy_2019: ExpectedCost;
  min_tdcf_revised_2021: ExpectedCost;
  cllr_bits: number;
  minDCF_asvspoof5: { value: number; threshold: number };
  actDCF_asvspoof5: { value: number; threshold: number };
  auc: number;
  average_precision: number;
  classification_threshold_0?: ExpectedClassification;
  classification_threshold_eer?: ExpectedClassification;
  det_curve?: { frr: number[]; far: number[]; thresholds: number[] };
  eer_per_attack?: Record<string, number>;
}

/** One scored trial of a set. */
export interface SetTrial {
  utterance: string;
  attackId?: string;
  label: 'bonafide' | 'spoof';
  score: number;
}

/** A set with its scores and what the reference says. */
export interface MetricSet {
  name: string;
  trials: SetTrial[];
  bonafide: number[];
  spoof: number[];
  asv: AsvScores;
  expected: ExpectedMetrics;
}

const fixtures = fileURLToPath(new URL('../fixtures/metrics/', import.meta.url));

/** Every set that is here: all of the reference's where that is present, the fixtures' otherwise. */
export function loadMetricSets(): MetricSet[] {
  return hasShared
    ? loadSets(sharedPath('reference/metrics/expected.json'), sharedPath('reference/'))
    : loadFixtureSets();
}

/** The sets that travel with the project. */
export function loadFixtureSets(): MetricSet[] {
  return loadSets(`${fixtures}expected.json`, fixtures);
}

/** One of the sets that travel with the project. */
export function loadFixtureSet(name: string): MetricSet {
  const set = loadFixtureSets().find((candidate) => candidate.name === name);
  if (set === undefined) throw new Error(`no fixture set ${name}`);
  return set;
}

/** Whitespace-separated fields of every line. */
export function readRows(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
}

function loadSets(path: string, folder: string): MetricSet[] {
  const { sets } = JSON.parse(readFileSync(path, 'utf8')) as {
    sets: Record<string, ExpectedMetrics & { cm_scores: string; asv_scores: string }>;
  };
  const asvByFile = new Map<string, AsvScores>();
  return Object.entries(sets).map(([name, expected]) => {
    const trials = readRows(folder + expected.cm_scores).map(
      ([utterance, source, key, score]): SetTrial => ({
        utterance,
        label: key === 'bonafide' ? 'bonafide' : 'spoof',
        score: Number(score),
        ...(source === '-' ? {} : { attackId: source }),
      }),
    );
    let asv = asvByFile.get(expected.asv_scores);
    if (asv === undefined) {
      const rows = readRows(folder + expected.asv_scores);
      const kind = (wanted: string): number[] => rows.filter((row) => row[1] === wanted).map((row) => Number(row[2]));
      asv = { target: kind('target'), nontarget: kind('nontarget'), spoof: kind('spoof') };
      asvByFile.set(expected.asv_scores, asv);
    }
    const scores = (label: string): number[] => trials.filter((t) => t.label === label).map((t) => t.score);
    return { name, trials, bonafide: scores('bonafide'), spoof: scores('spoof'), asv, expected };
  });
}

/**
 * Tolerances of the comparison, for values and for thresholds: float64 on both sides, and only the order of additions
 * may differ.
 */
export const TOLERANCE = { value: 1e-9, threshold: 1e-6 } as const;

/** Names and sets for `it.each`. */
export function namedSets(): (readonly [string, MetricSet])[] {
  return loadMetricSets().map((set) => [set.name, set] as const);
}

/** Scores drawn from two normal distributions, of odd and unequal number so that no two error rates tie. */
export function randomSet(seed: number, nBonafide = 37, nSpoof = 53): { bonafide: number[]; spoof: number[] } {
  const random = createRandom(seed, 'metric set');
  return {
    bonafide: Array.from({ length: nBonafide }, () => random.normal() + 1.2),
    spoof: Array.from({ length: nSpoof }, () => random.normal()),
  };
}
