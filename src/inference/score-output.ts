/**
 * Files of scores that grow while clips are scored, so that an interrupted run loses one clip at most and goes on where it
 * stopped.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError, messageOf } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';

/** How scores are written: a JSON object a line, or `utterance attack key score` and `utterance score` of ASVspoof. */
export const SCORE_FORMATS = ['jsonl', 'asvspoof'] as const;

/** How scores are written. */
export type ScoreFormat = (typeof SCORE_FORMATS)[number];

/** A file that takes lines. */
export interface ScoreOutput {
  /** What is there already: files in `jsonl`, utterances in `asvspoof`. */
  readonly done: ReadonlySet<string>;
  /** Writes one line, whole, at the end. */
  write(line: string): void;
  close(): void;
}

/**
 * Opens a file of scores. Where it is resumed, a last line that was torn, and lines that tell of a failure, are taken out,
 * so that those clips are tried again.
 *
 * @throws DataError where the file is there and not to be resumed, or holds something else
 */
export function openScoreOutput(path: string, format: ScoreFormat, { resume }: { resume: boolean }): ScoreOutput {
  const isThere = existsSync(path);
  if (isThere && !resume) {
    throw new DataError(`${path}: is there already; go on with it by \`resume\`, or name another file`);
  }
  const done = new Set<string>();
  if (isThere) {
    const text = readFileSync(path, 'utf8');
    const lines = text.split('\n');
    // What follows the last newline is empty, or torn.
    lines.pop();
    const kept = lines.filter((line, i) => {
      const key = format === 'jsonl' ? keyOfJson(line, `${path}: line ${i + 1}`) : keyOfColumns(line);
      if (key !== undefined) done.add(key);
      return key !== undefined;
    });
    const healed = kept.map((line) => `${line}\n`).join('');
    if (healed !== text) writeFileAtomic(path, healed);
  }
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  return {
    done,
    write: (line) => {
      const bytes = Buffer.from(`${line}\n`);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    },
    close: () => {
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/** The file that a line tells the score of; undefined where it tells of a failure. */
function keyOfJson(line: string, where: string): string | undefined {
  let row: { readonly file?: unknown; readonly error?: unknown };
  try {
    row = JSON.parse(line);
  } catch (error) {
    throw new DataError(`${where}: expected a JSON object, got "${line.slice(0, 40)}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (typeof row?.file !== 'string') {
    throw new DataError(`${where}: expected a score with its file, got "${line.slice(0, 40)}"; name another file`);
  }
  return row.error === undefined ? row.file : undefined;
}

function keyOfColumns(line: string): string | undefined {
  const columns = line.trim().split(/\s+/);
  if (columns.length < 2 || !Number.isFinite(Number(columns[columns.length - 1]))) return undefined;
  // Names may hold spaces; labelled lines end in attack, key and score.
  const isLabelled = /^(bonafide|spoof)$/.test(columns[columns.length - 2]);
  return columns.slice(0, isLabelled ? -3 : -1).join(' ');
}
