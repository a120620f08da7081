/**
 * Tables with a header line: CSV, TSV and their kin, with quotes. The columns may stand in any order and go by any of
 * the names in use.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { DataError, messageOf } from '../runtime/errors.js';

/** Names in use for each column we read, lower case and without hyphens, underscores and spaces; the first wins. */
const NAMES = {
  file: [
    'path',
    'filepath',
    'audiopath',
    'relativepath',
    'wavpath',
    'file',
    'filename',
    'audio',
    'audiofile',
    'wav',
    'clip',
  ],
  utterance: ['utterance', 'utteranceid', 'uttid', 'utt', 'trial', 'trialid', 'name', 'id'],
  label: ['cmlabel', 'label', 'key', 'target', 'class', 'groundtruth'],
  asvLabel: ['asvlabel', 'asvkey'],
  speaker: ['speaker', 'speakerid', 'spk', 'spkid'],
  attack: ['attack', 'attackid', 'attacktype', 'source', 'system', 'algorithm', 'model'],
  subset: ['split', 'subset', 'partition', 'set', 'fold'],
  score: ['cmscore', 'score'],
  asvScore: ['asvscore'],
} as const;

/** A column that we read. */
export type Column = keyof typeof NAMES;

const COLUMNS = Object.keys(NAMES) as Column[];

/** A table, and which of its columns we know. */
export interface Table {
  /** Position of each known column; absent where the table has none. */
  readonly columns: Readonly<Partial<Record<Column, number>>>;
  /** The header as written. */
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
}

/** One row of a table. */
export interface TableRow {
  /** Number of its line in the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Whether the text opens with a header that names a clip and one of `wanted`; if so, by which delimiter.
 *
 * @returns `undefined` where the first line is no such header
 */
export function delimiterOf(text: string, wanted: readonly Column[]): string | undefined {
  const first = firstLineOf(text);
  return [',', '\t', ';', '|', ' '].find((delimiter) => {
    const cells = first.split(delimiter);
    const columns = knownColumns(cells.map((cell) => cell.replaceAll('"', '')));
    return hasClip(columns) && wanted.some((column) => columns[column] !== undefined);
  });
}

/**
 * Reads a table.
 *
 * @param where the file; opens the message
 * @throws DataError where the quotes don't match
 */
export function readTable(text: string, delimiter: string, where: string): Table {
  const needsParser = text.includes('"') || !text.includes('\n');
  const [header, ...rows] = needsParser ? quotedRows(text, delimiter, where) : plainRows(text, delimiter);
  const cells = header?.cells ?? [];
  return { header: cells, columns: knownColumns(cells), rows };
}

/** Rows without a quote, which need no parser: a million of them take a tenth of its time and memory. */
function plainRows(text: string, delimiter: string): TableRow[] {
  const rows: TableRow[] = [];
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    line++;
    const content = text.slice(start, end);
    start = end + 1;
    if (content.startsWith('#')) continue;
    const cells = content.split(delimiter).map((cell) => cell.trim());
    if (cells.some((cell) => cell !== '')) rows.push({ line, cells });
  }
  return rows;
}

function quotedRows(text: string, delimiter: string, where: string): TableRow[] {
  try {
    const records = parse(text, {
      delimiter,
      bom: true,
      comment: '#',
      comment_no_infix: true,
      trim: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    const line = error instanceof CsvError && typeof error.lines === 'number' ? ` line ${error.lines}:` : '';
    throw new DataError(`${where}:${line} ${messageOf(error)}; check the quotes there`, { cause: error });
  }
}

/** The first line that is neither blank nor a comment; empty where there is none. */
function firstLineOf(text: string): string {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end).trim();
    if (line !== '' && !line.startsWith('#')) return line;
    start = end < 0 ? text.length : end + 1;
  }
  return '';
}

function hasClip(columns: Partial<Record<Column, number>>): boolean {
  return columns.file !== undefined || columns.utterance !== undefined;
}

/** Where the columns that we know stand in a header. */
export function knownColumns(header: readonly string[]): Partial<Record<Column, number>> {
  const words = header.map((cell) => cell.toLowerCase().replace(/[-_\s]/g, ''));
  const columns: Partial<Record<Column, number>> = {};
  for (const column of COLUMNS) {
    const name = NAMES[column].find((candidate) => words.includes(candidate));
    if (name !== undefined) columns[column] = words.indexOf(name);
  }
  return columns;
}
