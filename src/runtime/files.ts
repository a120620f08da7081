/**
 * Files that are either whole or not there: every write goes to a neighbour first and takes its name when complete, so
 * that a killed process or a full disk never leaves half a file under a name that is read.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, systemCodeOf, VoiceproofError } from './errors.js';

/**
 * Writes `content` to `path` atomically, making the folder if need be.
 *
 * @param content the whole, or its parts in order, each asked for when the one before is written
 * @param options `durable` (default true) waits until the bytes are on the disk; without it a power cut may leave a
 *   torn file, so only for what is checked when read
 * @throws VoiceproofError where the disk is full or the place can't be written; nothing is left behind then
 */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array | Iterable<Uint8Array>,
  { durable = true }: { readonly durable?: boolean } = {},
): void {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, 'w');
    try {
      for (const part of parts) writeAll(file, typeof part === 'string' ? Buffer.from(part) : part);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (error instanceof VoiceproofError) throw error; // of who makes the parts
    const code = systemCodeOf(error);
    const remedy =
      code === 'ENOSPC'
        ? 'the disk is full; free some space'
        : code === 'EACCES' || code === 'EROFS' || code === 'EPERM'
          ? 'the place is not writable; choose another'
          : messageOf(error);
    throw new VoiceproofError(`${path}: can't write: ${remedy}`, { cause: error });
  }
}

/** `value` as a JSON file with two-space indentation and a final newline, written atomically. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
