/** Decisions at a threshold: accuracy, confusion matrix, and precision, recall and F1 by class. */
import { DataError } from '../runtime/errors.js';
import { countBelow, type Scores, sortedScores } from './error-rates.js';

/** Precision, recall and F1 of one class, or an average over classes; fractions, 0 where undefined. */
export interface ClassReport {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Trials of the class, or of all classes for an average. */
  readonly support: number;
}

/** What a detector's decisions are worth at one threshold. */
export interface Classification {
  /** A trial counts as bona fide where its score is at least this. */
  readonly threshold: number;
  /** Share of right decisions. */
  readonly accuracy: number;
  /** Mean of both recalls. */
  readonly balancedAccuracy: number;
  /** Matthews correlation coefficient in [-1, 1]; 0 where all decisions are the same. */
  readonly matthewsCorrelation: number;
  /** Counts; rows are the truth, columns the decision, in the order spoof, bona fide. */
  readonly confusionMatrix: readonly [readonly [number, number], readonly [number, number]];
  readonly report: {
    readonly spoof: ClassReport;
    readonly bonafide: ClassReport;
    readonly macroAverage: ClassReport;
    readonly weightedAverage: ClassReport;
  };
}

/**
 * Decisions at `threshold`, as scikit-learn's `classification_report`, `confusion_matrix` and `matthews_corrcoef` count
 * them.
 *
 * @throws DataError where a class is empty, or a score or the threshold is not finite
 */
export function classify(bonafide: Scores, spoof: Scores, threshold: number): Classification {
  if (!Number.isFinite(threshold)) {
    throw new DataError(`metrics: the threshold must be a finite number, got ${threshold}; give a score`);
  }
  const nBonafide = bonafide.length;
  const nSpoof = spoof.length;
  const missed = countBelow(sortedScores(bonafide, 'bona fide'), threshold);
  const caught = countBelow(sortedScores(spoof, 'spoof'), threshold);
  const accepted = nBonafide - missed;
  const fooled = nSpoof - caught;
  const spoofReport = classReport(caught, caught + missed, nSpoof);
  const bonafideReport = classReport(accepted, accepted + fooled, nBonafide);
  const n = nBonafide + nSpoof;
  const spread = Math.sqrt((accepted + fooled) * (caught + missed)) * Math.sqrt(nBonafide * nSpoof);
  return {
    threshold,
    accuracy: (accepted + caught) / n,
    balancedAccuracy: (bonafideReport.recall + spoofReport.recall) / 2,
    matthewsCorrelation: spread === 0 ? 0 : (accepted * caught - missed * fooled) / spread,
    confusionMatrix: [
      [caught, fooled],
      [missed, accepted],
    ],
    report: {
      spoof: spoofReport,
      bonafide: bonafideReport,
      macroAverage: average(spoofReport, bonafideReport, 0.5),
      weightedAverage: average(spoofReport, bonafideReport, nSpoof / n),
    },
  };
}

function classReport(right: number, decided: number, support: number): ClassReport {
  return {
    precision: decided === 0 ? 0 : right / decided,
    recall: right / support,
    f1: (2 * right) / (decided + support),
    support,
  };
}

function average(a: ClassReport, b: ClassReport, weightOfA: number): ClassReport {
  const mix = (x: number, y: number): number => weightOfA * x + (1 - weightOfA) * y;
  return {
    precision: mix(a.precision, b.precision),
    recall: mix(a.recall, b.recall),
    f1: mix(a.f1, b.f1),
    support: a.support + b.support,
  };
}
