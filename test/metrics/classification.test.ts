import { describe, expect, it } from 'vitest';
import { type Classification, classify } from '../../src/metrics/classification.js';
import { expectNear } from '../support/expect-near.js';
import { type ExpectedClassification, namedSets, TOLERANCE } from '../support/metric-sets.js';

function expectReport(got: Classification, want: ExpectedClassification): void {
  expectNear(got.accuracy, want.accuracy, TOLERANCE.value);
  expectNear(got.balancedAccuracy, want.balanced_accuracy, TOLERANCE.value);
  expectNear(got.matthewsCorrelation, want.mcc, TOLERANCE.value);
  expect(got.confusionMatrix).toEqual(want.confusion_matrix_rows_true_cols_pred);
  for (const [ours, theirs] of [
    ['spoof', 'spoof'],
    ['bonafide', 'bonafide'],
    ['macroAverage', 'macro avg'],
    ['weightedAverage', 'weighted avg'],
  ] as const) {
    expectNear(got.report[ours].precision, want.report[theirs].precision, TOLERANCE.value);
    expectNear(got.report[ours].recall, want.report[theirs].recall, TOLERANCE.value);
    expectNear(got.report[ours].f1, want.report[theirs]['f1-score'], TOLERANCE.value);
    expect(got.report[ours].support).toBe(want.report[theirs].support);
  }
}

describe('classify', () => {
  const cases = namedSets().flatMap(([name, set]) =>
    [set.expected.classification_threshold_0, set.expected.classification_threshold_eer].flatMap((want) =>
      want === undefined ? [] : [[name, want.threshold, set, want] as const],
    ),
  );

  it.each(cases)('reports %s at threshold %d as scikit-learn', (_, threshold, { bonafide, spoof }, want) => {
    expectReport(classify(bonafide, spoof, threshold), want);
  });

  it('has cases at both thresholds to compare', () => {
    expect(cases.length).toBeGreaterThanOrEqual(20);
  });

  it('accepts a score equal to the threshold', () => {
    expect(classify([1], [0], 1).accuracy).toBe(1);
  });

  it('gives 0, not NaN, where a class is never decided for', () => {
    const { report, matthewsCorrelation } = classify([1, 2], [3], 9);
    expect(report.bonafide).toEqual({ precision: 0, recall: 0, f1: 0, support: 2 });
    expect(matthewsCorrelation).toBe(0);
  });

  it('refuses a threshold that is not finite', () => {
    expect(() => classify([1], [0], Number.NaN)).toThrow(/threshold/);
  });
});
