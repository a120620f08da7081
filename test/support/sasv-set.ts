/** The tandem set of ASVspoof 5's track 2 layout in the reference material: ASV, countermeasure and joint scores. */
import { readFileSync } from 'node:fs';
import { readRows } from './metric-sets.js';
import { sharedPath } from './shared.js';

const FOLDER = 'reference/metrics/package5/';

/** Scores of one kind, by kind of trial. */
export interface TandemScores {
  target: number[];
  nontarget: number[];
  spoof: number[];
}

/** The set, and what the official package makes of it. */
export function loadSasvSet(): {
  asv: TandemScores;
  cm: TandemScores;
  sasv: TandemScores;
  expected: { a_dcf: number; min_tdcf: number; t_eer: number };
} {
  const table = (name: string): Record<string, string>[] => {
    const [header, ...rows] = readRows(sharedPath(FOLDER + name));
    return rows.map((row) => Object.fromEntries(row.map((cell, i) => [header[i], cell])));
  };
  const idOf = (row: Record<string, string>): string => `${row.spk} ${row.filename}`;
  const keys = new Map(table('track2_keys.tsv').map((row) => [idOf(row), row['asv-label']]));
  const rows = table('track2_scores.tsv');
  const scores = (column: string): TandemScores => {
    const of = (kind: string): number[] =>
      rows.filter((row) => keys.get(idOf(row)) === kind).map((row) => Number(row[column]));
    return { target: of('target'), nontarget: of('nontarget'), spoof: of('spoof') };
  };
  const all = JSON.parse(readFileSync(sharedPath('reference/metrics/expected.json'), 'utf8'));
  return {
    asv: scores('asv-score'),
    cm: scores('cm-score'),
    sasv: scores('sasv-score'),
    expected: all.package_asvspoof5.track2,
  };
}
