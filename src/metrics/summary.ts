/** Every metric of one scored set, as plain data: what `metrics.json`, the tables and the report are made of. */
import { DataError, messageOf } from '../runtime/errors.js';
import { computeAveragePrecision } from './average-precision.js';
import { type BootstrapOptions, bootstrapEer, type ConfidenceInterval } from './bootstrap.js';
import { type Classification, classify } from './classification.js';
import { computeCllr } from './cllr.js';
import { computeActDcf, findMinDcf } from './dcf.js';
import { computeEer, findEer } from './eer.js';
import { computeErrorRates } from './error-rates.js';
import { computeRocAuc } from './roc-auc.js';
import { computeTEer } from './t-eer.js';
import { type AsvScores, computeAsvErrorRates, findMinTdcf, type TandemCost, type TdcfVariant } from './tdcf.js';

/** One trial with what a detector made of it. */
export interface ScoredTrial {
  readonly utterance: string;
  readonly label: 'bonafide' | 'spoof';
  /** The attack, such as `A07`; absent for bona fide trials and where nobody said. */
  readonly attackId?: string | undefined;
  /** Finite; higher means more bona fide. */
  readonly score: number;
}

/** How a set is evaluated. */
export interface EvaluationOptions {
  /** Scores of an ASV system; without them the tandem metrics are null. */
  readonly asvScores?: AsvScores | undefined;
  /** Where decisions are taken; the set's own EER threshold where absent, which flatters accuracy a little. */
  readonly threshold?: number | undefined;
  /** Attacks that the detector was trained on; where absent, known and unseen attacks are not told apart. */
  readonly knownAttacks?: readonly string[] | undefined;
  /** How the intervals are drawn; `false` leaves them out, as wanted after each epoch of training. */
  readonly bootstrap?: BootstrapOptions | false | undefined;
}

/** The spoof trials of one attack, or of several, against all bona fide trials. */
export interface GroupMetrics {
  readonly nSpoof: number;
  /** A fraction. */
  readonly eer: number;
  readonly eerThreshold: number;
  readonly eerConfidenceInterval: ConfidenceInterval | null;
  readonly auc: number;
  /** Share of these spoof trials accepted at the set's decision threshold. */
  readonly falseAcceptRate: number;
}

/** One attack of the per-attack breakdown. */
export interface AttackMetrics extends GroupMetrics {
  readonly attackId: string;
  /** Whether the detector was trained on it; null where nobody said. */
  readonly known: boolean | null;
}

/** Everything measured on one set. Rates are fractions; null stands for what can't be computed, and `notes` says why. */
export interface Metrics extends Classification {
  readonly nBonafide: number;
  readonly nSpoof: number;
  readonly eer: number;
  readonly eerThreshold: number;
  readonly eerConfidenceInterval: ConfidenceInterval | null;
  readonly auc: number;
  readonly averagePrecision: number;
  /** In bits. */
  readonly cllr: number;
  readonly minDcf: number;
  readonly minDcfThreshold: number;
  readonly actDcf: number;
  readonly minTdcf2019: number | null;
  readonly minTdcf2019Threshold: number | null;
  readonly minTdcf2021: number | null;
  readonly minTdcf2021Threshold: number | null;
  /** Concurrent t-EER, a fraction. */
  readonly tEer: number | null;
  /** The ASV system's error rates, threshold and EER. */
  readonly asv: ReturnType<typeof computeAsvErrorRates> | null;
  /** By attack, in alphabetical order; empty where the trials name none. */
  readonly attacks: readonly AttackMetrics[];
  /** All spoof trials of known attacks; null where there are none or nobody said which are known. */
  readonly knownAttacks: GroupMetrics | null;
  readonly unseenAttacks: GroupMetrics | null;
  readonly notes: readonly string[];
  /** Metrics of plugins by name; absent where the detector has none. */
  readonly custom?: Readonly<Record<string, number>>;
}

/** The scores of each class, in the order of the trials. */
export function scoresByClass(trials: readonly ScoredTrial[]): Record<ScoredTrial['label'], Float64Array> {
  const of = (wanted: ScoredTrial['label']) => scoresOf(trials.filter(({ label }) => label === wanted));
  return { bonafide: of('bonafide'), spoof: of('spoof') };
}

/**
 * Evaluates a scored set: overall, by attack, and by known and unseen attacks.
 *
 * @throws DataError where a class is empty or a score is not finite
 */
export function evaluateScores(trials: readonly ScoredTrial[], options: EvaluationOptions = {}): Metrics {
  for (const { utterance, score } of trials) {
    if (!Number.isFinite(score)) {
      throw new DataError(
        `metrics: the score of ${utterance} must be a finite number, got ${score}; drop or re-score it`,
      );
    }
  }
  const notes: string[] = [];
  const { bonafide, spoof } = scoresByClass(trials);
  const spoofTrials = trials.filter(({ label }) => label === 'spoof');
  const rates = computeErrorRates(bonafide, spoof);
  const { eer, threshold: eerThreshold } = findEer(rates);
  const minDcf = findMinDcf(rates);
  const { asvScores } = options;
  const asv = asvScores === undefined ? null : computeAsvErrorRates(asvScores);
  if (asv === null) notes.push('min t-DCF and t-EER need the scores of an ASV system');
  const minTdcf = (variant: TdcfVariant): TandemCost | null =>
    asv === null ? null : valueOrNote(() => findMinTdcf(rates, asv, variant), notes);
  const minTdcf2019 = minTdcf('2019');
  const minTdcf2021 = minTdcf('2021');
  const threshold = options.threshold ?? eerThreshold;
  const groups = measureGroups(bonafide, spoofTrials, threshold, options, notes);
  return {
    nBonafide: bonafide.length,
    nSpoof: spoof.length,
    eer,
    eerThreshold,
    eerConfidenceInterval: intervalOf(bonafide, spoof, options.bootstrap),
    auc: computeRocAuc(bonafide, spoof),
    averagePrecision: computeAveragePrecision(bonafide, spoof),
    cllr: computeCllr(bonafide, spoof),
    minDcf: minDcf.value,
    minDcfThreshold: minDcf.threshold,
    actDcf: computeActDcf(bonafide, spoof).value,
    minTdcf2019: minTdcf2019?.value ?? null,
    minTdcf2019Threshold: minTdcf2019?.threshold ?? null,
    minTdcf2021: minTdcf2021?.value ?? null,
    minTdcf2021Threshold: minTdcf2021?.threshold ?? null,
    tEer: asvScores === undefined ? null : valueOrNote(() => computeTEer(asvScores, bonafide, spoof), notes),
    asv,
    ...classify(bonafide, spoof, threshold),
    ...groups,
    notes: [...new Set(notes)],
  };
}

/** The three breakdowns by attack. */
function measureGroups(
  bonafide: Float64Array,
  spoofTrials: readonly ScoredTrial[],
  threshold: number,
  { knownAttacks, bootstrap }: EvaluationOptions,
  notes: string[],
): Pick<Metrics, 'attacks' | 'knownAttacks' | 'unseenAttacks'> {
  const byAttack = new Map<string, ScoredTrial[]>();
  for (const trial of spoofTrials) {
    if (trial.attackId === undefined) continue;
    const group = byAttack.get(trial.attackId);
    if (group === undefined) byAttack.set(trial.attackId, [trial]);
    else group.push(trial);
  }
  const nNamed = [...byAttack.values()].reduce((sum, group) => sum + group.length, 0);
  if (nNamed < spoofTrials.length) {
    notes.push(`${spoofTrials.length - nNamed} of ${spoofTrials.length} spoof trials name no attack`);
  }
  const known = knownAttacks === undefined ? undefined : new Set(knownAttacks);
  const measure = (group: readonly ScoredTrial[]): GroupMetrics => {
    const spoof = scoresOf(group);
    const { eer, threshold: eerThreshold } = computeEer(bonafide, spoof);
    return {
      nSpoof: spoof.length,
      eer,
      eerThreshold,
      eerConfidenceInterval: intervalOf(bonafide, spoof, bootstrap),
      auc: computeRocAuc(bonafide, spoof),
      falseAcceptRate: spoof.filter((score) => score >= threshold).length / spoof.length,
    };
  };
  const attackIds = [...byAttack.keys()].sort();
  const measureAll = (isKnown: boolean): GroupMetrics | null => {
    if (known === undefined) return null;
    const group = attackIds.filter((id) => known.has(id) === isKnown).flatMap((id) => byAttack.get(id) ?? []);
    return group.length === 0 ? null : measure(group);
  };
  return {
    attacks: attackIds.map((attackId) => ({
      attackId,
      known: known?.has(attackId) ?? null,
      ...measure(byAttack.get(attackId) ?? []),
    })),
    knownAttacks: measureAll(true),
    unseenAttacks: measureAll(false),
  };
}

/** A set whose tandem metrics have no meaning still has an EER, so the reason becomes a note. */
function valueOrNote<Value>(compute: () => Value, notes: string[]): Value | null {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    notes.push(messageOf(error));
    return null;
  }
}

function intervalOf(
  bonafide: Float64Array,
  spoof: Float64Array,
  bootstrap: EvaluationOptions['bootstrap'],
): ConfidenceInterval | null {
  return bootstrap === false ? null : bootstrapEer(bonafide, spoof, bootstrap);
}

function scoresOf(trials: readonly ScoredTrial[]): Float64Array {
  return Float64Array.from(trials, ({ score }) => score);
}
