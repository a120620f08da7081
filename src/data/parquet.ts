/**
 * Hugging Face audio datasets in parquet: a column with the bytes or the path of each clip, and one with its label, whose
 * names stand in the schema that `datasets` writes, or in the column itself.
 *
 * The bytes are unpacked once, row group by row group, to files beside the other caches: from then on the clips are read in
 * any order and by any thread, as any others are.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { z } from 'zod';
import { ConfigError, DataError, messageOf } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';
import type { Logger } from '../runtime/logger.js';
import { isFolder, utteranceOf } from './audio-files.js';
import { checkedLabel } from './label.js';
import { columnsOf, type ParquetColumns } from './parquet-columns.js';
import { type ProblemKind, ProblemList } from './problems.js';
import { subsetName } from './protocol.js';
import { SPLIT_NAMES } from './split.js';
import { LABELS, type Trial } from './trial.js';

/** Raise it whenever the layout of what is unpacked changes. */
const VERSION = 1;
const INDEX = 'index.json';
const MISSING: ProblemKind = { one: 'missing audio file', many: 'missing audio files', remedy: 'check the paths' };
const EMPTY: ProblemKind = { one: 'row without audio', many: 'rows without audio', remedy: 'expected bytes or a path' };

/** The clips of a dataset. */
export interface ParquetClips {
  /** Where they come from, for messages. */
  readonly source: string;
  readonly trials: readonly Trial[];
  /** `train`, `dev` or `eval` of each trial where the names of all files say so, else undefined. */
  readonly subsets: readonly string[] | undefined;
}

/** What is kept of a row. */
const rowSchema = z.object({
  name: z.string(),
  path: z.string(),
  label: z.enum(LABELS),
  speaker: z.string().optional(),
  attackId: z.string().optional(),
});
type Row = z.output<typeof rowSchema>;
const indexSchema = z.array(rowSchema);

/** A row as the library gives it. */
type RawRow = Readonly<Record<string, unknown>>;

/**
 * Reads a dataset, and unpacks what is not yet unpacked. Memory holds one row group.
 *
 * @param paths absolute: parquet files, or folders that hold them anywhere beneath
 * @param cacheDirectory where clips are unpacked to
 * @throws DataError where a file can't be read, has no such columns, or has rows that can't be used, all at once;
 *   ConfigError where there are no files, or no place to unpack to
 */
export async function readParquet(
  paths: readonly string[],
  { cacheDirectory, logger }: { readonly cacheDirectory: string | undefined; readonly logger: Logger },
): Promise<ParquetClips> {
  const files = paths.flatMap(listParquet);
  const source = paths.join(', ');
  if (files.length === 0) throw new ConfigError(`data.parquet: expected .parquet files, got none in ${source}`);
  const problems = new ProblemList();
  const rows: (Row & { readonly file: string; readonly position: number })[] = [];
  for (const file of files) {
    const found = await rowsOf(file, cacheDirectory, problems, logger);
    for (const [position, row] of found.entries()) rows.push({ ...row, file, position });
  }
  problems.throwIfAny();
  const subsetOf = new Map(files.map((file) => [file, splitOf(file, paths)]));
  const isSplit = files.every((file) => subsetOf.get(file) !== undefined);
  // A name is taken from the dataset where it is the only one of its kind in its split.
  const nameIn = (row: (typeof rows)[number]) => `${subsetOf.get(row.file)}/${row.name}`;
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(nameIn(row), (counts.get(nameIn(row)) ?? 0) + 1);
  const trials = rows.map((row): Trial => {
    const { name, path, label, speaker, attackId, file, position } = row;
    const isPlain = name !== '' && counts.get(nameIn(row)) === 1;
    return {
      utterance: isPlain ? name : `${basename(file, '.parquet')}-${position}`,
      ...{ path, label },
      ...(speaker === undefined ? {} : { speaker }),
      ...(attackId === undefined || label === 'bonafide' ? {} : { attackId }),
    };
  });
  return { source, trials, subsets: isSplit ? rows.map(({ file }) => subsetOf.get(file) as string) : undefined };
}

function listParquet(path: string): string[] {
  if (!existsSync(path)) throw new DataError(`data.parquet: ${path}: no such file or folder; check the path`);
  if (!isFolder(path)) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet') && !basename(name).startsWith('.'))
    .sort()
    .map((name) => join(path, name));
}

/** `train-00000-of-00002.parquet`, or `train/0000.parquet` below the path given. */
function splitOf(file: string, paths: readonly string[]): string | undefined {
  const below = paths.map((path) => relative(path, file)).find((path) => path !== '' && !path.startsWith('..'));
  const words = [
    ...(below === undefined ? [] : dirname(below).split('/')),
    basename(file, '.parquet').split(/[-_.]/)[0],
  ];
  return words.map(subsetName).find((name) => (SPLIT_NAMES as readonly string[]).includes(name));
}

/** The rows of a file, from its index where it has been unpacked before. */
async function rowsOf(
  file: string,
  cacheDirectory: string | undefined,
  problems: ProblemList,
  logger: Logger,
): Promise<readonly Row[]> {
  const { size, mtimeMs } = statSync(file);
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, file, size, mtimeMs]))
    .digest('hex');
  const folder = cacheDirectory === undefined ? undefined : join(cacheDirectory, 'parquet', key.slice(0, 32));
  const known = folder === undefined ? undefined : readIndex(join(folder, INDEX));
  if (known?.every(({ path }) => existsSync(path))) return known;
  const { rows, isWhole } = await unpack(file, folder, problems, logger);
  if (folder !== undefined && isWhole) writeFileAtomic(join(folder, INDEX), JSON.stringify(rows));
  return rows;
}

function readIndex(path: string): readonly Row[] | undefined {
  try {
    return indexSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Not there, or not whole: the file is unpacked anew.
    return undefined;
  }
}

async function unpack(
  file: string,
  folder: string | undefined,
  problems: ProblemList,
  logger: Logger,
): Promise<{ rows: Row[]; isWhole: boolean }> {
  const { buffer, metadata, columns } = await open(file);
  const rows: Row[] = [];
  const nRows = Number(metadata.num_rows);
  const bar = logger.progress(`unpack ${basename(file)}`, nRows);
  let first = 0;
  try {
    for (const group of metadata.row_groups) {
      const end = first + Number(group.num_rows);
      for (const [i, raw] of (await readRows(file, buffer, metadata, columns, first, end)).entries()) {
        const row = toRow(raw, first + i, { file, folder, columns, problems });
        if (row !== undefined) rows.push(row);
      }
      first = end;
      bar.update(first);
    }
  } finally {
    bar.end();
  }
  return { rows, isWhole: rows.length === nRows };
}

async function open(file: string) {
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    return { buffer, metadata, columns: columnsOf(metadata, file) };
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${file}: expected a parquet file: ${messageOf(error)}; download it again`, { cause: error });
  }
}

async function readRows(
  file: string,
  buffer: AsyncBuffer,
  metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>,
  { audio, label, speaker, attack }: ParquetColumns,
  rowStart: number,
  rowEnd: number,
): Promise<RawRow[]> {
  const columns = [audio, label.column, speaker, attack?.column].filter((name) => name !== undefined);
  try {
    // Bytes are bytes; what the schema says to be text is text all the same.
    return await parquetReadObjects({ file: buffer, metadata, columns, rowStart, rowEnd, compressors, utf8: false });
  } catch (error) {
    throw new DataError(`${file}: rows ${rowStart} to ${rowEnd}: ${messageOf(error)}; download the file again`, {
      cause: error,
    });
  }
}

function toRow(
  raw: RawRow,
  position: number,
  {
    file,
    folder,
    columns,
    problems,
  }: {
    readonly file: string;
    readonly folder: string | undefined;
    readonly columns: ParquetColumns;
    readonly problems: ProblemList;
  },
): Row | undefined {
  const { bytes, path } = audioOf(raw[columns.audio]);
  const label = checkedLabel(wordOf(raw[columns.label.column], columns.label.names) ?? '', file, position, problems);
  const name = path === undefined ? '' : utteranceOf(basename(path.replaceAll('\\', '/')));
  const found =
    bytes === undefined ? externalPath(path, position, file, problems) : keep(bytes, name, position, file, folder);
  if (label === undefined || found === undefined) return undefined;
  const speaker = columns.speaker === undefined ? undefined : wordOf(raw[columns.speaker], undefined);
  const attackId = columns.attack === undefined ? undefined : wordOf(raw[columns.attack.column], columns.attack.names);
  return {
    ...{ name, path: found, label },
    ...(speaker === undefined ? {} : { speaker }),
    ...(attackId === undefined || attackId === '-' ? {} : { attackId }),
  };
}

/** Bytes with or without a name, a path, or both in a struct. */
function audioOf(value: unknown): { bytes?: Uint8Array; path?: string } {
  if (value instanceof Uint8Array) return { bytes: value };
  if (typeof value === 'string') return { path: value };
  const { bytes, path } = (value ?? {}) as { bytes?: unknown; path?: unknown };
  return {
    ...(bytes instanceof Uint8Array ? { bytes } : {}),
    ...(typeof path === 'string' && path !== '' ? { path } : {}),
  };
}

/** The word of a cell: text as it is, a number by the names of its classes. */
function wordOf(value: unknown, names: readonly string[] | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
  return names === undefined ? text : (names[Number(text)] ?? text);
}

/** Writes a clip's bytes, under a name that a person may know. */
function keep(bytes: Uint8Array, name: string, position: number, file: string, folder: string | undefined): string {
  if (folder === undefined) {
    throw new ConfigError(`data.parquet: ${file} holds the clips themselves, and there is no cache to unpack them to`);
  }
  const safe = name.replace(/[^\w.-]/g, '_').slice(-80);
  const path = join(folder, String(Math.floor(position / 1000)), `${position}${safe === '' ? '' : `-${safe}`}`);
  const known = statSync(path, { throwIfNoEntry: false });
  if (known?.size !== bytes.length) writeFileAtomic(path, bytes, { durable: false });
  return path;
}

function externalPath(
  path: string | undefined,
  position: number,
  file: string,
  problems: ProblemList,
): string | undefined {
  if (path === undefined) {
    problems.add(file, EMPTY, `row ${position}`);
    return undefined;
  }
  const absolute = resolve(dirname(file), path);
  if (existsSync(absolute)) return absolute;
  problems.add(file, MISSING, `row ${position} ${path}`);
  return undefined;
}
