/**
 * Protocols: lists that say which clip is bona fide and which is spoofed, in the formats of the ASVspoof challenges and
 * as tables with a header. The format is told by the content, not by the file's name.
 */
import { DataError } from '../runtime/errors.js';
import { utteranceOf } from './audio-files.js';
import { checkedLabel, labelOf } from './label.js';
import { type ProblemKind, type ProblemList, withoutDuplicates } from './problems.js';
import type { ProtocolFormat } from './protocol-format.js';
import { delimiterOf, readTable } from './table.js';
import { known, linesOf, readText, shortened } from './text.js';
import type { Label } from './trial.js';

/** One line of a protocol. */
export interface ProtocolEntry {
  /** Number of the line, from 1. */
  readonly line: number;
  /** Name as written, without a known audio extension. */
  readonly utterance: string;
  /** How the clip is looked for: the name as written, perhaps with folders and extension. */
  readonly file: string;
  readonly label: Label;
  readonly speaker: string | undefined;
  /**
   * The attack; `undefined` for bona fide clips and where the protocol does not say. For replay: of ASVspoof 2017
   * environment, playback and recording device (`E01-P01-R01`), of 2021 PA replay device and attacker-to-talker
   * distance (`s4-c4`).
   */
  readonly attackId: string | undefined;
  /** `eval`, `progress` or `hidden` of the 2021 keys; `train`, `dev`, `eval` or as written in a table. */
  readonly subset: string | undefined;
}

const MALFORMED: ProblemKind = { one: 'malformed line', many: 'malformed lines' };
const DUPLICATE: ProblemKind = {
  one: 'duplicate utterance',
  many: 'duplicate utterances',
  remedy: 'list each clip once',
};

/** Where the columns of a whitespace-separated format stand. */
interface Layout {
  readonly nColumns: readonly number[];
  readonly file: number;
  readonly label: number;
  readonly speaker?: number;
  readonly subset?: number;
  readonly attack?: (columns: readonly string[]) => string | undefined;
  /** What a line should look like, for messages. */
  readonly shape: string;
}

const LAYOUTS: Readonly<Record<Exclude<ProtocolFormat, 'auto' | 'csv'>, readonly Layout[]>> = {
  asvspoof2015: [
    {
      nColumns: [4],
      speaker: 0,
      file: 1,
      attack: (columns) => columns[2],
      label: 3,
      shape: 'SPEAKER FILE METHOD KEY',
    },
  ],
  asvspoof2017: [
    {
      nColumns: [7],
      file: 0,
      label: 1,
      speaker: 2,
      attack: (columns) => joined(columns.slice(4, 7)),
      shape: 'FILE KEY SPEAKER PHRASE ENVIRONMENT PLAYBACK RECORDER',
    },
    { nColumns: [2], file: 0, label: 1, shape: 'FILE KEY' },
  ],
  asvspoof2019: [
    {
      nColumns: [5],
      speaker: 0,
      file: 1,
      attack: (columns) => columns[3],
      label: 4,
      shape: 'SPEAKER FILE ENVIRONMENT ATTACK KEY',
    },
  ],
  asvspoof2021: [
    {
      nColumns: [8, 13],
      speaker: 0,
      file: 1,
      attack: (columns) => columns[4],
      label: 5,
      subset: 7,
      shape: 'SPEAKER FILE CODEC SOURCE ATTACK KEY TRIM SUBSET',
    },
    {
      nColumns: [12],
      speaker: 0,
      file: 1,
      attack: (columns) => joined(columns.slice(7, 9)),
      label: 9,
      subset: 11,
      shape: 'SPEAKER FILE ROOM MICROPHONE d r m s c KEY TRIM SUBSET',
    },
  ],
  asvspoof5: [
    {
      nColumns: [10],
      speaker: 0,
      file: 1,
      attack: (columns) => columns[7],
      label: 8,
      shape: 'SPEAKER FILE GENDER CODEC CODEC_Q CODEC_SEED ATTACK_TAG ATTACK_LABEL KEY TMP',
    },
  ],
};

/** How many lines may be odd at the start of a file before we give up telling its format. */
const LINES_TO_TELL_BY = 50;

/**
 * Reads a protocol. Lines that can't be used, unknown labels and duplicates are noted in `problems`, with line numbers;
 * the lines that can be used are returned, in the order of the file.
 *
 * @throws DataError where the file can't be read, is empty, or is of no known format
 */
export function readProtocol(path: string, format: ProtocolFormat, problems: ProblemList): ProtocolEntry[] {
  return parseProtocol(readText(path, 'protocol'), path, format, problems);
}

/** What `readProtocol` does, on the text of a file called `source`. */
export function parseProtocol(
  text: string,
  source: string,
  format: ProtocolFormat,
  problems: ProblemList,
): ProtocolEntry[] {
  if (text.trim() === '') throw new DataError(`protocol ${source}: is empty; expected one clip a line`);
  const told = format === 'auto' ? tellFormat(text, source) : format;
  const entries = told === 'csv' ? parseTable(text, source, problems) : parseColumns(text, source, told, problems);
  return withoutDuplicates(entries, source, DUPLICATE, problems);
}

/**
 * The entries of a subset.
 *
 * @param subset `eval`, `progress`, `hidden`, `train`, `dev` or a word of the protocol; `all` keeps everything;
 *   `undefined` keeps `preferred` where the protocol has it, and everything otherwise
 * @throws DataError where a subset is asked for that the protocol does not have
 */
export function selectSubset(
  entries: readonly ProtocolEntry[],
  subset: string | undefined,
  preferred: string,
  source: string,
): readonly ProtocolEntry[] {
  if (subset === 'all') return entries;
  const wanted = subsetName(subset ?? preferred);
  const selected = entries.filter((entry) => entry.subset === wanted);
  if (selected.length > 0) return selected;
  if (subset === undefined) return entries;
  const subsets = [...new Set(entries.map((entry) => entry.subset).filter((name) => name !== undefined))];
  throw new DataError(
    `protocol ${source}: has no subset "${subset}"; it has ${subsets.length > 0 ? `${subsets.join(', ')}, all` : 'none'}`,
  );
}

/** One spelling for the ways in which splits and subsets are called. */
export function subsetName(word: string): string {
  const lower = word.toLowerCase();
  if (['train', 'training', 'trn'].includes(lower)) return 'train';
  if (['dev', 'development', 'val', 'valid', 'validation'].includes(lower)) return 'dev';
  if (['eval', 'evaluation', 'test', 'testing'].includes(lower)) return 'eval';
  return lower === 'hidden_track' ? 'hidden' : lower;
}

function tellFormat(text: string, source: string): Exclude<ProtocolFormat, 'auto'> {
  if (delimiterOf(text, ['label']) !== undefined) return 'csv';
  let first: string | undefined;
  let nLines = 0;
  for (const { columns } of linesOf(text)) {
    first ??= columns.join(' ');
    for (const [format, layouts] of Object.entries(LAYOUTS) as [keyof typeof LAYOUTS, readonly Layout[]][]) {
      const layout = layouts.find(({ nColumns }) => nColumns.includes(columns.length));
      if (layout !== undefined && labelOf(columns[layout.label]) !== undefined) return format;
    }
    if (++nLines === LINES_TO_TELL_BY) break;
  }
  throw new DataError(
    `protocol ${source}: can't tell its format from "${shortened(first ?? '')}"; expected a line of ASVspoof 2015, 2017, ` +
      '2019, 2021 (with keys) or 5, or a table whose header names a file and a label column',
  );
}

function parseColumns(
  text: string,
  source: string,
  format: keyof typeof LAYOUTS,
  problems: ProblemList,
): ProtocolEntry[] {
  const layouts = LAYOUTS[format];
  const shapes = layouts.map(({ shape }) => shape).join(' or ');
  const malformed: ProblemKind = { ...MALFORMED, remedy: `expected ${shapes}` };
  const entries: ProtocolEntry[] = [];
  for (const { columns, line } of linesOf(text)) {
    const layout = layouts.find(({ nColumns }) => nColumns.includes(columns.length));
    if (layout === undefined) {
      problems.add(source, malformed, `line ${line} "${shortened(columns.join(' '))}"`);
      continue;
    }
    const label = checkedLabel(columns[layout.label], source, line, problems);
    if (label === undefined) continue;
    const file = columns[layout.file];
    entries.push({
      line,
      utterance: utteranceOf(file),
      file,
      label,
      speaker: layout.speaker === undefined ? undefined : known(columns[layout.speaker]),
      attackId: label === 'bonafide' ? undefined : known(layout.attack?.(columns)),
      subset: layout.subset === undefined ? undefined : subsetName(columns[layout.subset]),
    });
  }
  return entries;
}

function parseTable(text: string, source: string, problems: ProblemList): ProtocolEntry[] {
  const delimiter = delimiterOf(text, ['label']);
  if (delimiter === undefined) {
    const header = /[^\r\n]*/.exec(text.trimStart())?.[0] ?? '';
    throw new DataError(
      `protocol ${source}: expected a header line that names a file and a label column, got "${shortened(header)}"`,
    );
  }
  const { columns, header, rows } = readTable(text, delimiter, `protocol ${source}`);
  const malformed: ProblemKind = { ...MALFORMED, remedy: `expected ${header.length} columns: ${header.join(', ')}` };
  const entries: ProtocolEntry[] = [];
  for (const { line, cells } of rows) {
    const cell = (position: number | undefined) => (position === undefined ? undefined : known(cells[position]));
    const file = cell(columns.file ?? columns.utterance);
    if (cells.length !== header.length || file === undefined) {
      problems.add(source, malformed, `line ${line} "${shortened(cells.join(delimiter))}"`);
      continue;
    }
    const label = checkedLabel(cells[columns.label as number], source, line, problems);
    if (label === undefined) continue;
    const subset = cell(columns.subset);
    entries.push({
      line,
      utterance: cell(columns.utterance)?.normalize('NFC') ?? utteranceOf(file),
      file,
      label,
      speaker: cell(columns.speaker),
      attackId: label === 'bonafide' ? undefined : cell(columns.attack),
      subset: subset === undefined ? undefined : subsetName(subset),
    });
  }
  return entries;
}

function joined(cells: readonly string[]): string | undefined {
  const said = cells.filter((cell) => known(cell) !== undefined);
  return said.length === 0 ? undefined : said.join('-');
}
