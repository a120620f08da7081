/** Files of known content from the web: a download that broke off goes on where it stopped. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CheckpointError, messageOf } from './errors.js';
import type { Logger } from './logger.js';

/** A file whose content is known before it is fetched. */
export interface PinnedFile {
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What goes with a download. */
export interface DownloadContext {
  readonly logger: Logger;
  /** What to do where the file can't be fetched, for the message. */
  readonly advice: string;
  /** Set to stop; the next attempt goes on from what came. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds without a byte after which a server counts as gone. */
const PATIENCE = 30_000;

/**
 * Brings a file to `path`, unless it is there already, whole. What came of a download that broke off is kept beside it as
 * `.part`, and the next attempt goes on from there.
 *
 * @throws CheckpointError in one line where the server can't be reached, refuses, or sends other content; what `signal` was
 *   aborted with
 */
export async function downloadPinned(
  file: PinnedFile,
  path: string,
  { logger, advice, signal }: DownloadContext,
): Promise<void> {
  if (existsSync(path) && (await sha256Of(path)) === file.sha256) return;
  const part = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    signal?.throwIfAborted();
    await fetchRest(file, part, logger, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause !== undefined ? `, ${messageOf(error.cause)}` : '';
    throw new CheckpointError(`${file.url}: can't be fetched (${messageOf(error)}${cause}); ${advice}`, {
      cause: error,
    });
  }
  const sha256 = await sha256Of(part);
  if (sha256 !== file.sha256) {
    rmSync(part);
    throw new CheckpointError(
      `${file.url}: expected sha256 ${file.sha256.slice(0, 12)}..., got ${sha256.slice(0, 12)}...: not the pinned file, or damaged on the way; ${advice}`,
    );
  }
  renameSync(part, path);
}

/** Appends to `part` what is missing of the file. */
async function fetchRest(
  { url, bytes }: PinnedFile,
  part: string,
  logger: Logger,
  signal: AbortSignal | undefined,
): Promise<void> {
  const had = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const wanted = had < bytes ? had : 0;
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(new Error('no answer')), PATIENCE);
  const progress = logger.progress(new URL(url).pathname.split('/').at(-1) ?? url, bytes);
  try {
    const headers: Record<string, string> = wanted > 0 ? { range: `bytes=${wanted}-` } : {};
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.any([abort.signal, ...(signal === undefined ? [] : [signal])]),
    });
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    // A server that doesn't know ranges sends the whole.
    const start = response.status === 206 ? wanted : 0;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      let done = start;
      for await (const chunk of chunks) {
        patience.refresh();
        done += chunk.length;
        if (done > bytes) throw new Error(`more than the ${bytes} bytes expected`);
        progress.update(done);
        yield chunk;
      }
    };
    const target = createWriteStream(part, { flags: start === 0 ? 'w' : 'a', flush: true });
    await pipeline(Readable.fromWeb(response.body as never), counted, target);
    const came = statSync(part).size;
    if (came < bytes) throw new Error(`broke off after ${came} of ${bytes} bytes`);
  } finally {
    clearTimeout(patience);
    progress.end();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
