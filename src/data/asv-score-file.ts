/**
 * Scores of the speaker verification system (ASV) that a detector protects, for min t-DCF: `source key score` of
 * ASVspoof 2019, `speaker utterance score` with `trial_metadata.txt` of 2021, and the tables of ASVspoof 5, track 2.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AsvScores } from '../metrics/tdcf.js';
import { DataError } from '../runtime/errors.js';
import { type ProblemKind, ProblemList } from './problems.js';
import { subsetName } from './protocol.js';
import { checkedScore } from './score-file.js';
import { delimiterOf, readTable } from './table.js';
import { linesOf, readText, shortened } from './text.js';

/** Where the keys of the ASV trials come from. */
export interface AsvScoreOptions {
  /**
   * Key file, for score files without keys of their own. Left out, `trial_metadata.txt` is taken from the score file's
   * folder or the one above, as in the 2021 packages; then `protocol` is tried.
   */
  readonly keys?: string | undefined;
  /** The protocol of the detector's scores: of use where it holds the ASV keys too, as in ASVspoof 5, track 2. */
  readonly protocol?: string | undefined;
  /** `eval`, `progress`, `hidden` or `all`; left out, `eval` where the key file has it, and everything otherwise. */
  readonly subset?: string | undefined;
}

type AsvKey = keyof AsvScores;

const KEYS: ReadonlySet<string> = new Set<AsvKey>(['target', 'nontarget', 'spoof']);
const MALFORMED: ProblemKind = {
  one: 'malformed line',
  many: 'malformed lines',
  remedy:
    'expected "source key score" with key target, nontarget or spoof, or "speaker utterance score" with a key file',
};
const UNKNOWN_KEY: ProblemKind = {
  one: 'unknown key',
  many: 'unknown keys',
  remedy: 'write target, nontarget or spoof',
};
const UNSCORED: ProblemKind = { one: 'ASV trial without a score', many: 'ASV trials without a score' };
const UNLISTED: ProblemKind = {
  one: 'ASV score without a key',
  many: 'ASV scores without a key',
  remedy: 'check that the key file belongs to the scores',
};
const DUPLICATE: ProblemKind = { one: 'ASV trial given twice', many: 'ASV trials given twice' };

/** A line of an ASV score file. */
interface AsvLine {
  readonly line: number;
  /** Speaker and utterance, as far as the file says. */
  readonly trial: string;
  readonly key: AsvKey | undefined;
  readonly score: number;
}

/** A line of a key file. */
interface KeyLine {
  readonly line: number;
  readonly key: AsvKey;
  readonly subset: string | undefined;
}

/**
 * Reads ASV scores.
 *
 * @throws DataError that names every problem: lines that can't be read, scores that are not finite, trials without a key
 *   or without a score, and kinds of trial of which there are none
 */
export function readAsvScores(path: string, options: AsvScoreOptions = {}): AsvScores {
  const problems = new ProblemList();
  const lines = parseLines(readText(path, 'ASV score file'), path, problems);
  const scores: Record<AsvKey, number[]> = { target: [], nontarget: [], spoof: [] };
  if (options.keys === undefined && lines.every(({ key }) => key !== undefined)) {
    for (const { key, score } of lines) scores[key as AsvKey].push(score);
  } else {
    collectByKeys(path, lines, options, scores, problems);
  }
  problems.throwIfAny();
  for (const [key, values] of Object.entries(scores)) {
    if (values.length === 0) {
      throw new DataError(`ASV score file ${path}: holds no ${key} trial; min t-DCF needs target, nontarget and spoof`);
    }
  }
  return {
    target: Float64Array.from(scores.target),
    nontarget: Float64Array.from(scores.nontarget),
    spoof: Float64Array.from(scores.spoof),
  };
}

function collectByKeys(
  path: string,
  lines: readonly AsvLine[],
  options: AsvScoreOptions,
  scores: Record<AsvKey, number[]>,
  problems: ProblemList,
): void {
  const keyFile = findKeys(path, options);
  const keys = readKeys(keyFile, problems);
  const preferred = subsetName(options.subset ?? 'eval');
  const hasPreferred = [...keys.values()].some(({ subset }) => subset === preferred);
  if (options.subset !== undefined && options.subset !== 'all' && !hasPreferred) {
    throw new DataError(`ASV key file ${keyFile}: has no subset "${options.subset}"`);
  }
  const isWanted = ({ subset }: KeyLine) => options.subset === 'all' || !hasPreferred || subset === preferred;
  const seen = new Set<string>();
  for (const { line, trial, score } of lines) {
    const key = keys.get(trial);
    if (key === undefined) problems.add(path, UNLISTED, `line ${line} ${trial}`);
    else if (seen.has(trial)) problems.add(path, DUPLICATE, `line ${line} ${trial}`);
    else if (isWanted(key)) scores[key.key].push(score);
    seen.add(trial);
  }
  for (const [trial, key] of keys) {
    if (isWanted(key) && !seen.has(trial)) problems.add(path, UNSCORED, `${trial} of line ${key.line} in ${keyFile}`);
  }
}

function parseLines(text: string, path: string, problems: ProblemList): AsvLine[] {
  if (text.trim() === '') throw new DataError(`ASV score file ${path}: is empty; expected one score a line`);
  const delimiter = delimiterOf(text, ['asvScore']) ?? delimiterOf(text, ['score']);
  const lines: AsvLine[] = [];
  if (delimiter !== undefined) {
    const { columns, rows } = readTable(text, delimiter, `ASV score file ${path}`);
    for (const { line, cells } of rows) {
      const score = checkedScore(cells[(columns.asvScore ?? columns.score) as number] ?? '', path, line, problems);
      const key = columns.asvLabel === undefined ? undefined : asvKey(cells[columns.asvLabel]);
      if (score !== undefined) lines.push({ line, trial: trialOf(cells, columns), key, score });
    }
    return lines;
  }
  for (const { line, columns } of linesOf(text)) {
    const n = columns.length;
    if (n < 2) {
      problems.add(path, MALFORMED, `line ${line} "${shortened(columns.join(' '))}"`);
      continue;
    }
    const score = checkedScore(columns[n - 1], path, line, problems);
    const key = n >= 3 ? asvKey(columns[n - 2]) : undefined;
    // A file whose first line has a key has one in every line.
    if (lines[0]?.key !== undefined && key === undefined) {
      problems.add(path, UNKNOWN_KEY, `line ${line} "${columns[n - 2]}"`);
    } else if (score !== undefined) {
      lines.push({ line, trial: columns.slice(0, n - 1).join(' '), key, score });
    }
  }
  return lines;
}

/** The keys by trial: `speaker utterance`, or the utterance alone where the key file names no speaker. */
function readKeys(path: string, problems: ProblemList): Map<string, KeyLine> {
  const text = readText(path, 'ASV key file');
  const keys = new Map<string, KeyLine>();
  const add = (trial: string, key: AsvKey | undefined, given: string, line: number, subset: string | undefined) => {
    if (key === undefined) problems.add(path, UNKNOWN_KEY, `line ${line} "${given}"`);
    else if (keys.has(trial)) problems.add(path, DUPLICATE, `line ${line} ${trial}`);
    else keys.set(trial, { line, key, subset: subset === undefined ? undefined : subsetName(subset) });
  };
  const delimiter = delimiterOf(text, ['asvLabel']);
  if (delimiter !== undefined) {
    const { columns, rows } = readTable(text, delimiter, `ASV key file ${path}`);
    for (const { line, cells } of rows) {
      const given = cells[columns.asvLabel as number] ?? '';
      const subset = columns.subset === undefined ? undefined : cells[columns.subset];
      add(trialOf(cells, columns), asvKey(given), given, line, subset);
    }
    return keys;
  }
  let keyAt: number | undefined;
  for (const { line, columns } of linesOf(text)) {
    // LA and PA keys stand in different columns; speaker and utterance come first in both, the subset two after the key.
    keyAt ??= columns.findIndex((word, i) => i >= 2 && asvKey(word) !== undefined);
    if (keyAt < 0) {
      throw new DataError(`ASV key file ${path}: line ${line} holds none of target, nontarget and spoof`);
    }
    const given = columns[keyAt] ?? '';
    add(columns.slice(0, 2).join(' '), asvKey(given), given, line, columns[keyAt + 2]);
  }
  return keys;
}

function findKeys(path: string, { keys, protocol }: AsvScoreOptions): string {
  if (keys !== undefined) return keys;
  const folder = dirname(path);
  const beside = [folder, dirname(folder)].map((place) => join(place, 'trial_metadata.txt')).find(existsSync);
  if (beside !== undefined) return beside;
  if (protocol !== undefined && delimiterOf(readText(protocol, 'protocol'), ['asvLabel']) !== undefined)
    return protocol;
  throw new DataError(
    `ASV score file ${path}: holds no keys (target, nontarget, spoof), and neither its folder nor the one above has a ` +
      'trial_metadata.txt; name the ASV key file',
  );
}

function trialOf(cells: readonly string[], columns: { speaker?: number; utterance?: number; file?: number }): string {
  const utterance = cells[(columns.utterance ?? columns.file) as number] ?? '';
  return columns.speaker === undefined ? utterance : `${cells[columns.speaker]} ${utterance}`;
}

function asvKey(word: string | undefined): AsvKey | undefined {
  return word !== undefined && KEYS.has(word) ? (word as AsvKey) : undefined;
}
