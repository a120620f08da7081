import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareEers, meanEer } from '../../src/metrics/significance.js';
import { evaluateScores } from '../../src/metrics/summary.js';
import { type ComparedSystem, formatComparisonTable, writeComparison } from '../../src/report/comparison.js';
import { scoredTrials } from '../support/report-input.js';

/** A system whose runs are the seeded trials of these seeds. */
function system(name: string, seeds: readonly number[], changes: Partial<ComparedSystem> = {}): ComparedSystem {
  const runs = seeds.map((seed) => {
    const trials = scoredTrials(seed);
    const metrics = evaluateScores(trials, { knownAttacks: ['A01', 'A02'], bootstrap: false });
    return { seed, dev: metrics, metrics, trials };
  });
  const eer = meanEer(
    runs.map(({ trials }) => trials),
    { resamples: 50 },
  );
  return {
    name,
    description: '',
    feature: 'lfcc',
    nParameters: 1234,
    flops: 2.5e9,
    latencySeconds: 0.0123,
    trainingSeconds: 61,
    runs,
    eer,
    ...changes,
  };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'comparison-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeComparison', () => {
  it('writes a page with each system, its charts and the table', async () => {
    const systems = [system('one', [1, 2, 3]), system('<two>', [4], { latencySeconds: 0.2, trainingSeconds: null })];
    const difference = compareEers([systems[0].runs[0].trials], [systems[1].runs[0].trials], { resamples: 50 });
    const page = readFileSync(
      await writeComparison(folder, {
        date: '2025-01-31',
        version: '1.2.3',
        engine: 'TensorFlow 2.0',
        platform: 'Node',
        corpus: 'a corpus',
        set: 'eval',
        systems,
        pairs: [{ first: 'one', second: '<two>', correctedPValue: 0.04, ...difference }],
      }),
      'utf8',
    );
    expect(readdirSync(join(folder, 'figures')).sort()).toEqual(['cost.svg', 'det.svg', 'eer-by-system.svg']);
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).not.toContain('<two>');
    for (const text of ['&lt;two&gt;', 'A07', 'A01 (known)', 'all unseen', '1,234', '2.50', '12.3', '61 s', '0.0400']) {
      expect(page).toContain(text);
    }
    expect(readFileSync(join(folder, 'table.md'), 'utf8')).toBe(formatComparisonTable(systems));
  });
});

describe('formatComparisonTable', () => {
  it('gives means with the deviation over the seeds, and plain figures of a single run', () => {
    const several = system('several', [1, 2, 3]);
    const single = system('single', [4], { trainingSeconds: null });
    const [, , first, second] = formatComparisonTable([several, single]).split('\n');
    const eers = several.runs.map(({ metrics }) => 100 * metrics.eer);
    const mean = (eers[0] + eers[1] + eers[2]) / 3;
    const deviation = Math.sqrt(eers.reduce((sum, eer) => sum + (eer - mean) ** 2, 0) / 2);
    expect(first).toContain(`| ${mean.toFixed(1)} (${deviation.toFixed(1)}) |`);
    expect(second).toContain(`| ${(100 * single.runs[0].metrics.eer).toFixed(1)} |`);
    expect(second.endsWith('| - |')).toBe(true);
  });
});
