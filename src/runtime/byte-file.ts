/** A file read at places of one's choice. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CheckpointError, messageOf, systemCodeOf } from './errors.js';

/** An open file. */
export interface ByteFile {
  readonly path: string;
  /** Bytes when it was opened. */
  readonly size: number;
  /**
   * `length` bytes from `position`, in memory of their own, which starts at a multiple of every item's size.
   *
   * @throws CheckpointError where the file ends before
   */
  read(position: number, length: number): Buffer;
  close(): void;
}

/**
 * Opens a weight file.
 *
 * @throws CheckpointError that names it where it is absent, a folder, or can't be read
 */
export function openByteFile(path: string): ByteFile {
  const file = open(path);
  const stats = fstatSync(file);
  if (!stats.isFile()) {
    closeSync(file);
    throw new CheckpointError(`${path}: expected a file, got a folder or device; name the file in it`);
  }
  return {
    path,
    size: stats.size,
    read: (position, length) => readBytes(file, position, length, path, stats.size),
    close: () => closeSync(file),
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const isAbsent = systemCodeOf(error) === 'ENOENT';
    const problem = isAbsent ? 'no such file; check the path' : `can't be read: ${messageOf(error)}`;
    throw new CheckpointError(`${path}: ${problem}`, { cause: error });
  }
}

function readBytes(file: number, position: number, length: number, path: string, size: number): Buffer {
  // Before any memory is taken: a damaged length may be anything.
  if (position + length > size) {
    throw new CheckpointError(`${path}: cut short: ${position + length} bytes needed, got ${size}; copy it again`);
  }
  // Not from Node's shared pool: the views made of these bytes must start at a multiple of their item's size.
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length; ) {
    // One read call takes less than 2 GiB.
    const got = readSync(file, bytes, done, Math.min(length - done, 1 << 30), position + done);
    if (got === 0) throw new CheckpointError(`${path}: cut short while it was read; something else is writing it`);
    done += got;
  }
  return bytes;
}
