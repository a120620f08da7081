import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateScores } from '../../src/metrics/summary.js';
import { type ReportInput, writeReport } from '../../src/report/report.js';
import { COLOURS } from '../../src/report/theme.js';
import { loadFixtureSet } from '../support/metric-sets.js';
import { history, reportInput, scoredTrials } from '../support/report-input.js';

const ALL_FIGURES = [
  'attacks.svg',
  'confusion-matrix.svg',
  'det.svg',
  'dev-eer.svg',
  'dev-quality.svg',
  'learning-rate.svg',
  'loss.svg',
  'roc.svg',
  'score-histogram.svg',
];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'report-'));
});
afterAll(() => rmSync(root, { recursive: true }));

let nReports = 0;
async function write(input: ReportInput): Promise<{ page: string; figures: Record<string, string> }> {
  const folder = join(root, String(nReports++));
  const path = await writeReport(folder, input);
  expect(path).toBe(join(folder, 'report.html'));
  const figures = readdirSync(join(folder, 'figures')).sort();
  return {
    page: readFileSync(path, 'utf8'),
    figures: Object.fromEntries(figures.map((name) => [name, readFileSync(join(folder, 'figures', name), 'utf8')])),
  };
}

describe('writeReport', () => {
  it('writes a page with every figure in it, and each figure as a file', async () => {
    const { page, figures } = await write(reportInput());
    expect(Object.keys(figures)).toEqual(ALL_FIGURES);
    expect(page.match(/<svg /g)).toHaveLength(ALL_FIGURES.length);
    expect(page.match(/<figcaption>/g)).toHaveLength(ALL_FIGURES.length);
  });

  it('says what was run and what came of it', async () => {
    const devTrials = scoredTrials(2);
    const input = reportInput({ devMetrics: evaluateScores(devTrials) });
    const { page } = await write(input);
    for (const text of [
      '<h1>lcnn</h1>',
      'What it is.',
      '2025-01-31',
      '1.2.3 (0123456789ab-dirty)',
      'TensorFlow 2.0',
      '248 train, 124 dev, 124 eval',
      'lcnn, 1,000 parameters',
      `${(100 * input.metrics.eer).toFixed(2)} %`,
      `${(100 * (input.devMetrics?.eer ?? Number.NaN)).toFixed(2)} %`,
      input.metrics.auc.toFixed(4),
      'EER, unseen attacks',
      '4 (best)',
      '&quot;type&quot;: &quot;lcnn&quot;',
      'Note: min t-DCF and t-EER need the scores of an ASV system.',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('shows t-DCF where there are ASV scores', async () => {
    const { trials, asv } = loadFixtureSet('gauss_100');
    const { page } = await write(reportInput({ trials, metrics: evaluateScores(trials, { asvScores: asv }) }));
    expect(page).toMatch(/min t-DCF, 2019<\/h3><p class="value">0\.0838/);
    expect(page).toMatch(/min t-DCF, 2021<\/h3><p class="value">0\.1709/);
  });

  it('needs nothing from anywhere else and runs no script', async () => {
    const { page, figures } = await write(reportInput());
    for (const text of [page, ...Object.values(figures)]) {
      const addresses = text.replaceAll(/ xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]*"/g, '');
      expect(addresses).not.toMatch(/https?:|src=|@import|url\((?!#)|<script|<link| on\w+=/);
    }
  });

  it('escapes whatever comes from outside', async () => {
    const evil = '<img src=x onerror="alert(1)">&\'';
    const trials = scoredTrials().map((trial) => (trial.label === 'spoof' ? { ...trial, attackId: evil } : trial));
    const { page, figures } = await write(
      reportInput({
        name: evil,
        description: evil,
        date: evil,
        version: evil,
        commit: evil,
        engine: evil,
        platform: evil,
        corpus: evil,
        model: evil,
        set: evil,
        trials,
        metrics: evaluateScores(trials, { knownAttacks: [evil] }),
        config: { [evil]: evil },
      }),
    );
    for (const text of [page, ...Object.values(figures)]) expect(text).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
  });

  it('uses only colours that the page defines in both modes, and writes them out in files', async () => {
    const { page, figures } = await write(reportInput());
    const used = new Set([...page.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name));
    expect(used.size).toBeGreaterThan(5);
    for (const name of used) {
      expect(Object.keys(COLOURS)).toContain(name);
      expect(page.match(new RegExp(`--${name}: #`, 'g'))).toHaveLength(2);
    }
    for (const svg of Object.values(figures)) {
      expect(svg).not.toContain('var(');
      expect(svg).toContain('<rect width="100%" height="100%" fill="#ffffff"/>');
      expect(svg.startsWith('<svg role="img" aria-label="')).toBe(true);
    }
  });

  it('is the same page again from the same input but for the numbers of clip paths', async () => {
    const strip = (text: string): string => text.replaceAll(/zr\d+-/g, 'zr-');
    const [first, second] = [await write(reportInput()), await write(reportInput())];
    expect(strip(second.page)).toBe(strip(first.page));
  });

  it('has no clip path number twice on a page', async () => {
    const { page } = await write(reportInput());
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leaves out what there is nothing to show for', async () => {
    const trials = scoredTrials().map(({ utterance, label, score }) => ({ utterance, label, score }));
    const { page, figures } = await write(
      reportInput({ trials, metrics: evaluateScores(trials), history: [], bestEpoch: null, commit: null }),
    );
    expect(Object.keys(figures)).toEqual(['confusion-matrix.svg', 'det.svg', 'roc.svg', 'score-histogram.svg']);
    expect(page).not.toMatch(/<h2>(Training|Attacks)|EER, (known|unseen)|null/);
  });

  it.each(['perfect', 'inverted', 'all_equal', 'one_each', 'large_magnitude', 'tiny_magnitude_scientific'])(
    'draws the scores of %s without a coordinate that is no number',
    async (name) => {
      const { trials } = loadFixtureSet(name);
      const metrics = evaluateScores(trials, { knownAttacks: [] });
      const { page } = await write(reportInput({ trials, metrics, history: history(1), bestEpoch: 1 }));
      expect(page).not.toMatch(/NaN|Infinity|undefined/);
    },
  );

  it('stays small for a large set', async () => {
    const trials = Array.from({ length: 400 }, (_, i) => scoredTrials(i)).flat();
    const { page } = await write(reportInput({ trials, metrics: evaluateScores(trials, { bootstrap: false }) }));
    expect(page.length).toBeLessThan(200_000);
  });

  it('leaves no half-written file beside the page', async () => {
    await write(reportInput());
    const folder = join(root, String(nReports - 1));
    expect(readdirSync(folder).sort()).toEqual(['figures', 'report.html']);
    expect(existsSync(join(folder, 'report.html'))).toBe(true);
  });
});
