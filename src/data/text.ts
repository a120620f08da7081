/** Text files of lines and whitespace-separated columns, as the challenges write them. */
import { readFileSync } from 'node:fs';
import { DataError, messageOf, systemCodeOf } from '../runtime/errors.js';

/**
 * The text of a file, without byte order mark.
 *
 * @param what what it is to the reader: `protocol`; opens the message
 * @throws DataError where the file can't be read
 */
export function readText(path: string, what: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = systemCodeOf(error);
    const reason =
      code === 'ENOENT' ? 'no such file; check the path' : code === 'EISDIR' ? 'is a folder; name a file' : undefined;
    throw new DataError(`${what} ${path}: ${reason ?? messageOf(error)}`, { cause: error });
  }
  // What Windows calls Unicode is UTF-16 behind a byte order mark.
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes);
  if (bytes.subarray(0, 4096).includes(0)) {
    throw new DataError(`${what} ${path}: is not text (holds zero bytes); expected UTF-8 lines`);
  }
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** A line of whitespace-separated columns. */
export interface Line {
  /** Number of the line in the file, from 1. */
  readonly line: number;
  readonly columns: readonly string[];
}

/** The lines of a text that are neither blank nor comments, which begin with `#`. */
export function* linesOf(text: string): Generator<Line, void, undefined> {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    line++;
    const content = text.slice(start, end).trim();
    if (content !== '' && !content.startsWith('#')) yield { line, columns: content.split(/\s+/) };
    start = end + 1;
  }
}

/** The first 60 characters of a text, for messages. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What a cell says; `undefined` for one that is empty or `-`, which both mean "not known". */
export function known(cell: string | undefined): string | undefined {
  return cell === '' || cell === '-' ? undefined : cell;
}
