/**
 * Score files of detectors as the ASVspoof challenges write them, with or without labels of their own. A higher score
 * always means more bona fide.
 */
import type { ScoredTrial } from '../metrics/summary.js';
import { ConfigError, DataError } from '../runtime/errors.js';
import { utteranceOf } from './audio-files.js';
import { checkedLabel, labelOf } from './label.js';
import { type ProblemKind, ProblemList, withoutDuplicates } from './problems.js';
import { type ProtocolEntry, readProtocol, selectSubset } from './protocol.js';
import type { ProtocolFormat } from './protocol-format.js';
import { delimiterOf, readTable } from './table.js';
import { known, linesOf, readText, shortened } from './text.js';
import type { Label } from './trial.js';

/** Where the labels of a score file come from. */
export interface ScoreOptions {
  /** Protocol or key file; may be left out where the score file holds labels. */
  readonly protocol?: string | undefined;
  /** Format of the protocol; `auto` where left out. */
  readonly format?: ProtocolFormat | undefined;
  /** Subset of the protocol (see `selectSubset`); `eval` where left out and the protocol has one. */
  readonly subset?: string | undefined;
}

const MALFORMED: ProblemKind = {
  one: 'malformed line',
  many: 'malformed lines',
  remedy: 'expected "utterance source key score" or "utterance score" throughout',
};
const NOT_FINITE: ProblemKind = { one: 'score that is no finite number', many: 'scores that are no finite number' };
const DUPLICATE: ProblemKind = {
  one: 'utterance scored twice',
  many: 'utterances scored twice',
  remedy: 'keep one score a clip',
};
const UNSCORED: ProblemKind = {
  one: 'utterance of the protocol without a score',
  many: 'utterances of the protocol without a score',
  remedy: 'score all of it, or choose the subset that was scored',
};
const UNLISTED: ProblemKind = {
  one: 'scored utterance that the protocol does not list',
  many: 'scored utterances that the protocol does not list',
  remedy: 'check that the two files belong together',
};
const CONTRADICTED: ProblemKind = {
  one: 'label other than that of the protocol',
  many: 'labels other than those of the protocol',
  remedy: 'check that the two files belong together',
};

/** A line of a score file before it meets a protocol. */
interface ScoreLine {
  readonly line: number;
  readonly utterance: string;
  readonly score: number;
  readonly label: Label | undefined;
  readonly attackId: string | undefined;
}

/**
 * Reads the scores of a detector: `utterance source key score`, `utterance key score`, `utterance score` with a protocol,
 * or a table with a header (`filename`, `cm-score`, …). Trials come in the order of the score file.
 *
 * @throws DataError that names every problem: lines that can't be read, scores that are not finite, duplicates, and
 *   utterances that only one of the two files has
 */
export function readScores(path: string, options: ScoreOptions = {}): ScoredTrial[] {
  const { protocol, format = 'auto', subset } = options;
  const problems = new ProblemList();
  const given = parseScores(readText(path, 'score file'), path, problems);
  const lines = withoutDuplicates(given, path, DUPLICATE, problems);
  if (protocol === undefined) {
    if (subset !== undefined) {
      throw new ConfigError(`score file ${path}: a subset is a part of a protocol; name the protocol too`);
    }
    if (lines.some(({ label }) => label === undefined)) {
      throw new DataError(`score file ${path}: holds no labels; name the protocol or key file that does`);
    }
    problems.throwIfAny();
    return lines.map(({ utterance, score, label, attackId }) => scored(utterance, score, label as Label, attackId));
  }
  const entries = readProtocol(protocol, format, problems);
  const wanted = selectSubset(entries, subset, 'eval', protocol);
  const trials = joined(path, lines, entries, new Set(wanted), problems);
  problems.throwIfAny();
  return trials;
}

/**
 * Scores as a file: `labelled` gives `utterance attack key score`, as ASVspoof 2019 (`-` where there is no attack);
 * `plain` gives `utterance score`. Scores keep the digits that tell any two apart.
 */
export function formatScores(trials: readonly ScoredTrial[], form: 'labelled' | 'plain' = 'labelled'): string {
  const lines = trials.map(({ utterance, attackId, label, score }) =>
    form === 'plain' ? `${utterance} ${score}\n` : `${utterance} ${attackId ?? '-'} ${label} ${score}\n`,
  );
  return lines.join('');
}

/** Each scored line with the protocol's label; the order is that of the score file. */
function joined(
  path: string,
  lines: readonly ScoreLine[],
  entries: readonly ProtocolEntry[],
  wanted: ReadonlySet<ProtocolEntry>,
  problems: ProblemList,
): ScoredTrial[] {
  const byUtterance = new Map(entries.map((entry) => [entry.utterance, entry]));
  const byBaseName = uniqueByBaseName(entries);
  const missing = new Set(wanted);
  const trials: ScoredTrial[] = [];
  for (const { line, utterance, score, label, attackId } of lines) {
    // One of the two may have folders in front of its names.
    const entry = byUtterance.get(utterance) ?? byBaseName.get(baseNameOf(utterance));
    if (entry === undefined) {
      problems.add(path, UNLISTED, `line ${line} ${utterance}`);
    } else if (wanted.has(entry)) {
      missing.delete(entry);
      if (label !== undefined && label !== entry.label) {
        problems.add(path, CONTRADICTED, `line ${line} ${utterance} ${label}`);
      }
      trials.push(scored(utterance, score, entry.label, entry.attackId ?? attackId));
    }
  }
  for (const { utterance, line } of missing) {
    problems.add(path, UNSCORED, `${utterance} of line ${line} there`);
  }
  return trials;
}

/** Entries by their names without folders, but for those that share one. */
function uniqueByBaseName(entries: readonly ProtocolEntry[]): Map<string, ProtocolEntry> {
  const byName = new Map<string, ProtocolEntry>();
  const shared = new Set<string>();
  for (const entry of entries) {
    const name = baseNameOf(entry.utterance);
    if (byName.has(name)) shared.add(name);
    byName.set(name, entry);
  }
  for (const name of shared) byName.delete(name);
  return byName;
}

function baseNameOf(utterance: string): string {
  return utterance.slice(utterance.lastIndexOf('/') + 1);
}

function parseScores(text: string, path: string, problems: ProblemList): ScoreLine[] {
  if (text.trim() === '') throw new DataError(`score file ${path}: is empty; expected one score a line`);
  const delimiter = delimiterOf(text, ['score']);
  if (delimiter !== undefined) return parseTable(text, delimiter, path, problems);
  return parseColumns(isCommaSeparated(text) ? withoutCommas(text) : text, path, problems);
}

/** Whether lines without a header are parted by commas: `utterance,score`, or as below. */
function isCommaSeparated(text: string): boolean {
  const [first] = linesOf(text);
  return first !== undefined && /,\s*[-+.\d\w]+$/.test(first.columns.join(' '));
}

/**
 * Lines of commas as lines of columns. Of what the LFCC-LCNN baseline of ASVspoof 2021 prints, `Output, utterance, label, score`,
 * the label is 1 for bona fide.
 */
function withoutCommas(text: string): string {
  const lines = text.split('\n').map((line) => {
    const cells = line.split(',').map((cell) => cell.trim());
    if (cells[0] !== 'Output' || cells.length !== 4) return cells.join(' ');
    const [, utterance, label, score] = cells;
    return `${utterance} ${label === '1' ? 'bonafide' : label === '0' ? 'spoof' : label} ${score}`;
  });
  return lines.join('\n');
}

function parseColumns(text: string, path: string, problems: ProblemList): ScoreLine[] {
  const lines: ScoreLine[] = [];
  let isLabelled: boolean | undefined;
  for (const { line, columns } of linesOf(text)) {
    const n = columns.length;
    // File names may hold spaces, so the columns are told from the right.
    isLabelled ??= n >= 3 && labelOf(columns[n - 2]) !== undefined;
    const nAfterName = !isLabelled ? 1 : n === 3 ? 2 : 3;
    if (n <= nAfterName) {
      problems.add(path, MALFORMED, `line ${line} "${shortened(columns.join(' '))}"`);
      continue;
    }
    const label = isLabelled ? checkedLabel(columns[n - 2], path, line, problems) : undefined;
    const score = checkedScore(columns[n - 1], path, line, problems);
    if (score === undefined || (isLabelled && label === undefined)) continue;
    const utterance = utteranceOf(columns.slice(0, n - nAfterName).join(' '));
    const attackId = nAfterName === 3 && label === 'spoof' ? known(columns[n - 3]) : undefined;
    lines.push({ line, utterance, score, label, attackId });
  }
  return lines;
}

function parseTable(text: string, delimiter: string, path: string, problems: ProblemList): ScoreLine[] {
  const { columns, header, rows } = readTable(text, delimiter, `score file ${path}`);
  const malformed: ProblemKind = { ...MALFORMED, remedy: `expected ${header.length} columns: ${header.join(', ')}` };
  const lines: ScoreLine[] = [];
  for (const { line, cells } of rows) {
    const name = cells[(columns.utterance ?? columns.file) as number];
    if (cells.length !== header.length || name === undefined || name === '') {
      problems.add(path, malformed, `line ${line} "${shortened(cells.join(delimiter))}"`);
      continue;
    }
    const score = checkedScore(cells[columns.score as number], path, line, problems);
    const label = columns.label === undefined ? undefined : checkedLabel(cells[columns.label], path, line, problems);
    if (score === undefined || (columns.label !== undefined && label === undefined)) continue;
    const attackId = label === 'bonafide' || columns.attack === undefined ? undefined : known(cells[columns.attack]);
    lines.push({ line, utterance: utteranceOf(name), score, label, attackId });
  }
  return lines;
}

/** The score that `word` gives; one that is not a finite number is noted in `problems`. */
export function checkedScore(word: string, path: string, line: number, problems: ProblemList): number | undefined {
  const score = word === '' ? Number.NaN : Number(word);
  if (Number.isFinite(score)) return score;
  problems.add(path, NOT_FINITE, `line ${line} "${word}"`);
  return undefined;
}

function scored(utterance: string, score: number, label: Label, attackId: string | undefined): ScoredTrial {
  return attackId === undefined ? { utterance, label, score } : { utterance, label, attackId, score };
}
