/** Files of known content from the web: a download that broke off goes on where it stopped. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CheckpointError, messageOf, systemCodeOf } from './errors.js';
import type { Logger } from './logger.js';

/** A file whose content is known before it is fetched. */
export interface PinnedFile {
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What a server answers. */
export interface WebAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Asks a server for a URL. */
export type OpenUrl = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<WebAnswer>;

/** How a file is fetched. */
export interface DownloadOptions {
  /** Node's own `fetch` by default. */
  readonly open?: OpenUrl;
  /** How often a download that broke off goes on by itself. Default 0. */
  readonly retries?: number;
  /** Told the bytes that have come so far. */
  readonly onBytes?: (bytes: number) => void;
  /** Set to stop; the next attempt goes on from what came. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that can't be reached, refuses, breaks off, or sends something else. Not a full disk: that stays what it is. */
export class DownloadError extends Error {
  /** Whether something else came than was pinned. */
  readonly isOtherContent: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isOtherContent?: boolean } = {}) {
    super(message, options);
    this.isOtherContent = options.isOtherContent ?? false;
  }
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
/** Milliseconds before a download that broke off goes on, times the number of the attempt. */
const PAUSE = 500;

/**
 * Brings a file to `path`, unless it is there already, whole, and says how far it is. What came of a download that broke off
 * is kept beside it as `.part`, and the next attempt goes on from there.
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
  const progress = logger.progress(new URL(file.url).pathname.split('/').at(-1) ?? file.url, file.bytes);
  try {
    signal?.throwIfAborted();
    await downloadFile(file, path, { onBytes: (bytes) => progress.update(bytes), signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new CheckpointError(`${file.url}: ${messageOf(error)}; ${advice}`, { cause: error });
  } finally {
    progress.end();
  }
}

/**
 * Brings a file to `path`, in place of what is there, going on from the `.part` of an earlier attempt.
 *
 * @throws DownloadError in one line that does not name the URL; whatever the file system throws
 */
export async function downloadFile(file: PinnedFile, path: string, options: DownloadOptions = {}): Promise<void> {
  const part = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true });
  const hadPart = existsSync(part);
  await fetchWhole(file, part, options);
  let sha256 = await sha256Of(part);
  if (sha256 !== file.sha256 && hadPart) {
    // The old part may be what was wrong.
    rmSync(part);
    await fetchWhole(file, part, options);
    sha256 = await sha256Of(part);
  }
  if (sha256 !== file.sha256) {
    rmSync(part);
    throw new DownloadError(
      `expected sha256 ${file.sha256.slice(0, 12)}..., got ${sha256.slice(0, 12)}...: not the pinned file, or damaged on the way`,
      { isOtherContent: true },
    );
  }
  renameSync(part, path);
}

/** Fetches until all is there, as long as each attempt brings more, and a few that don't. */
async function fetchWhole(file: PinnedFile, part: string, options: DownloadOptions): Promise<void> {
  let idle = 0;
  for (;;) {
    const had = sizeOf(part);
    try {
      return await fetchRest(file, part, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isOfTheDisk(error)) throw error;
      idle = sizeOf(part) > had ? 0 : idle + 1;
      const isFinal = error instanceof DownloadError;
      if (isFinal || idle > (options.retries ?? 0) || (options.retries ?? 0) === 0) {
        const cause = error instanceof Error && error.cause !== undefined ? `, ${messageOf(error.cause)}` : '';
        throw isFinal ? error : new DownloadError(`can't be fetched (${messageOf(error)}${cause})`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE * (idle + 1)));
    }
  }
}

/** Appends to `part` what is missing of the file. */
async function fetchRest(
  { url, bytes }: PinnedFile,
  part: string,
  { open = openByFetch, onBytes, signal }: DownloadOptions,
): Promise<void> {
  const had = sizeOf(part);
  const wanted = had <= bytes ? had : 0;
  if (wanted === bytes) return;
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(new Error('no answer')), PATIENCE);
  try {
    const range: Record<string, string> = wanted > 0 ? { range: `bytes=${wanted}-` } : {};
    const answer = await open(
      url,
      { 'accept-encoding': 'identity', ...range },
      AbortSignal.any([abort.signal, ...(signal === undefined ? [] : [signal])]),
    );
    if (answer.status !== 200 && answer.status !== 206) {
      abort.abort();
      const said = `the server answered ${answer.status}`;
      // A server in trouble may be well again in a moment; one that refuses means it.
      throw answer.status >= 500 ? new Error(said) : new DownloadError(`can't be fetched (${said})`);
    }
    // A server that doesn't know ranges sends the whole.
    const start = answer.status === 206 ? wanted : 0;
    // Chunk by chunk, so that all that came is there for the next attempt, whatever ends this one.
    const target = await openFile(part, start === 0 ? 'w' : 'a');
    try {
      let done = start;
      for await (const chunk of answer.body) {
        patience.refresh();
        done += chunk.length;
        if (done > bytes) {
          throw new DownloadError(`can't be fetched (more than the ${bytes} bytes expected)`, { isOtherContent: true });
        }
        await target.appendFile(chunk);
        onBytes?.(done);
      }
      await target.sync();
    } finally {
      await target.close();
    }
    const came = sizeOf(part);
    if (came < bytes) throw new Error(`broke off after ${came} of ${bytes} bytes`);
  } finally {
    clearTimeout(patience);
  }
}

async function openByFetch(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<WebAnswer> {
  const { status, body } = await fetch(url, { headers, signal });
  return { status, body: body ?? noBytes() };
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

/** Whether it is the disk that failed, which no other attempt mends. */
function isOfTheDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO'].includes(systemCodeOf(error) ?? '');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The hash of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
