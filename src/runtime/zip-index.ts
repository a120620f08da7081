/**
 * Where the files of a zip archive lie, for archives whose files are stored as they are. Format: PKWARE's APPNOTE 6.3.10. Every
 * number is checked before it is used, as the archive may be anybody's.
 */
import type { ByteFile } from './byte-file.js';
import { CheckpointError } from './errors.js';

/** A stored file of an archive. */
export interface StoredFile {
  /** Its first byte in the archive. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** Checksum of its bytes, as `zlib.crc32` computes it. */
  readonly crc32: number;
}

const SIGNATURE = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, entry: 0x02014b50, local: 0x04034b50 };
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** The longest comment, which stands behind the end record. */
const LONGEST_COMMENT = 0xffff;
/** Stands where a number is too large for its field, and is given in a zip64 one. */
const LARGE = 0xffffffff;
const ENCRYPTED = 1;
const ZIP64_EXTRA = 1;
const MOST_ENTRIES = 1_000_000;

/** Where the list of files lies. */
interface Directory {
  readonly start: number;
  readonly length: number;
  readonly nEntries: number;
}

/**
 * Lists an archive.
 *
 * @returns its files by name
 * @throws CheckpointError where it is damaged, cut short or too large, or a file in it is compressed, encrypted or there twice
 */
export function readZipIndex(file: ByteFile): Map<string, StoredFile> {
  const { start, length, nEntries } = findDirectory(file);
  if (nEntries > MOST_ENTRIES || nEntries * ENTRY_BYTES > length) throw damaged(file, `a list of ${nEntries} files`);
  const list = file.read(start, length);
  const files = new Map<string, StoredFile>();
  let at = 0;
  for (let i = 0; i < nEntries; i++) {
    if (at + ENTRY_BYTES > length || list.readUInt32LE(at) !== SIGNATURE.entry)
      throw damaged(file, 'its list ends early');
    const nameEnd = at + ENTRY_BYTES + list.readUInt16LE(at + 28);
    const extraEnd = nameEnd + list.readUInt16LE(at + 30);
    const end = extraEnd + list.readUInt16LE(at + 32);
    if (end > length) throw damaged(file, 'its list ends early');
    const name = list.toString('utf8', at + ENTRY_BYTES, nameEnd);
    if ((list.readUInt16LE(at + 8) & ENCRYPTED) !== 0 || list.readUInt16LE(at + 10) !== 0) {
      throw damaged(file, `${JSON.stringify(name)} is compressed or encrypted, which torch.save does not do`);
    }
    if (name.startsWith('/') || name.split(/[\\/]/).includes('..')) {
      throw damaged(file, `${JSON.stringify(name)} leads out of it`);
    }
    if (files.has(name)) throw damaged(file, `${JSON.stringify(name)} is there twice`);
    const sizes = sizesOf(list, at, list.subarray(nameEnd, extraEnd));
    files.set(name, { ...placeOf(file, sizes), crc32: list.readUInt32LE(at + 16) });
    at = end;
  }
  return files;
}

function findDirectory(file: ByteFile): Directory {
  const tailStart = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT);
  const tail = file.read(tailStart, file.size - tailStart);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    const isEnd =
      tail.readUInt32LE(at) === SIGNATURE.end && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length;
    if (!isEnd) continue;
    const nEntries = tail.readUInt16LE(at + 10);
    const length = tail.readUInt32LE(at + 12);
    const start = tail.readUInt32LE(at + 16);
    if (nEntries !== 0xffff && length !== LARGE && start !== LARGE) return { start, length, nEntries };
    return findDirectory64(file, tailStart + at - LOCATOR_BYTES);
  }
  throw damaged(file, 'it has no end record');
}

function findDirectory64(file: ByteFile, locatorStart: number): Directory {
  if (locatorStart < 0) throw damaged(file, 'it has no zip64 record');
  const locator = file.read(locatorStart, LOCATOR_BYTES);
  const at = Number(locator.readBigUInt64LE(8));
  if (locator.readUInt32LE(0) !== SIGNATURE.locator64 || at + END64_BYTES > file.size) {
    throw damaged(file, 'it has no zip64 record');
  }
  const end = file.read(at, END64_BYTES);
  if (end.readUInt32LE(0) !== SIGNATURE.end64) throw damaged(file, 'it has no zip64 record');
  const [nEntries, length, start] = [32, 40, 48].map((offset) => Number(end.readBigUInt64LE(offset)));
  return { start, length, nEntries };
}

/** Bytes of a file, and where its own header is. */
function sizesOf(list: Buffer, at: number, extra: Buffer): { readonly length: number; readonly header: number } {
  const narrow = { length: list.readUInt32LE(at + 20), header: list.readUInt32LE(at + 42) };
  const wide = [list.readUInt32LE(at + 24), narrow.length, narrow.header].map((value) => value === LARGE);
  for (let p = 0; p + 4 <= extra.length; ) {
    const fieldEnd = p + 4 + extra.readUInt16LE(p + 2);
    if (extra.readUInt16LE(p) === ZIP64_EXTRA) {
      // The field holds only those that are too large, in this order: size, compressed size, place.
      const numbers: number[] = [];
      for (let q = p + 4; q + 8 <= Math.min(fieldEnd, extra.length); q += 8)
        numbers.push(Number(extra.readBigUInt64LE(q)));
      const next = (isWide: boolean, value: number) => (isWide ? (numbers.shift() ?? value) : value);
      next(wide[0], 0);
      return { length: next(wide[1], narrow.length), header: next(wide[2], narrow.header) };
    }
    p = fieldEnd;
  }
  return narrow;
}

function placeOf(file: ByteFile, { length, header }: { readonly length: number; readonly header: number }) {
  const local = file.read(header, LOCAL_BYTES);
  if (local.readUInt32LE(0) !== SIGNATURE.local) throw damaged(file, 'a file in it has no header');
  const start = header + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + length > file.size) throw damaged(file, 'a file in it ends beyond it');
  return { start, length };
}

function damaged({ path }: ByteFile, problem: string): CheckpointError {
  return new CheckpointError(`${path}: the zip can't be used: ${problem}; copy it again`);
}
