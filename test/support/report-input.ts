/** Reports to draw, from seeded scores. */
import { evaluateScores, type ScoredTrial } from '../../src/metrics/summary.js';
import type { ReportInput } from '../../src/report/report.js';
import type { HistoryRow } from '../../src/report/training-charts.js';
import { createRandom } from '../../src/runtime/random.js';

/** A run of `nEpochs` epochs that gets better. */
export function history(nEpochs: number): HistoryRow[] {
  return Array.from({ length: nEpochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 0.7 / (i + 1),
    devLoss: 0.7 / (i + 1) + 0.1,
    devEer: 0.3 / (i + 1),
    devAuc: 1 - 0.3 / (i + 1),
    devAccuracy: 1 - 0.4 / (i + 1),
    learningRate: 3e-4 / (i + 1),
    seconds: 12.5,
  }));
}

/** Scored trials of seven attacks. */
export function scoredTrials(seed = 1): ScoredTrial[] {
  const random = createRandom(seed, 'report');
  return Array.from({ length: 124 }, (_, i) =>
    i < 40
      ? { utterance: `b${i}`, label: 'bonafide', score: 2 + random.normal() }
      : { utterance: `s${i}`, label: 'spoof', attackId: `A0${(i % 7) + 1}`, score: random.normal() },
  );
}

/** A whole report. */
export function reportInput(changes: Partial<ReportInput> = {}): ReportInput {
  const trials = changes.trials ?? scoredTrials();
  return {
    name: 'lcnn',
    description: 'What it is.',
    date: '2025-01-31',
    version: '1.2.3',
    commit: '0123456789abcdef0123456789abcdef01234567-dirty',
    seed: 42,
    engine: 'TensorFlow 2.0',
    platform: 'Node v22.0.0, linux-x64',
    corpus: '248 train, 124 dev, 124 eval',
    model: 'lcnn, 1,000 parameters',
    history: history(5),
    bestEpoch: 4,
    set: 'eval',
    trials,
    metrics: evaluateScores(trials, { knownAttacks: ['A01', 'A02'], bootstrap: { resamples: 50 } }),
    devMetrics: null,
    config: { seed: 42, model: { type: 'lcnn' } },
    ...changes,
  };
}
