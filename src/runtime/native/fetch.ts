/**
 * Brings the pinned library into the per-user cache: download, hash, unpack, publish, in a staging folder beside the
 * cache, which is renamed into place when whole. A process that is killed leaves staging only, and the next one
 * removes it.
 */
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { sha256Of } from '../download.js';
import { EngineError, messageOf, systemCodeOf } from '../errors.js';
import { writeJsonAtomic } from '../files.js';
import type { Logger } from '../logger.js';
import { engineFolder, isWhole, type Manifest, manifestPath } from './locate.js';
import { takeLock } from './lock.js';
import { downloadWheel, type Environment, NoPipError, REMEDY } from './pip.js';
import { isNeeded, type PinnedWheel, type WheelSet } from './wheels.js';

/** Where a library goes, and who is told. */
export interface FetchOptions {
  /** The per-user cache. */
  readonly cacheDirectory: string;
  readonly wheels: WheelSet;
  readonly logger: Logger;
  /** The environment that says where packages come from, and that of pip; our own by default. */
  readonly environment?: Environment;
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

/**
 * Makes sure that the cache holds the library, whole, and returns its folder. Several processes may do so at once:
 * one fetches and the others wait for it.
 *
 * @throws EngineError in one line that says what failed and what to do
 */
export async function fetchLibrary(options: FetchOptions): Promise<string> {
  const { cacheDirectory, wheels, logger } = options;
  const folder = engineFolder(cacheDirectory, wheels);
  const engines = dirname(folder);
  try {
    mkdirSync(engines, { recursive: true });
    const lock = await takeLock(
      `${folder}.lock`,
      (pid) =>
        logger.info(`Another process${pid === undefined ? '' : ` (${pid})`} is fetching TensorFlow; waiting for it.`),
      () => isWhole(folder, wheels),
    );
    if (lock === undefined) return folder;
    try {
      if (!isWhole(folder, wheels)) await build(options, folder);
    } finally {
      lock.release();
    }
    return folder;
  } catch (error) {
    // Whoever took the work over from us may have finished it.
    if (isWhole(folder, wheels)) return folder;
    throw explain(error, engines);
  }
}

async function build(options: FetchOptions, folder: string): Promise<void> {
  const { wheels, logger } = options;
  const stagingRoot = join(dirname(folder), 'staging');
  mkdirSync(stagingRoot, { recursive: true });
  // Whatever lies here for this library is the leftover of a process that was killed: the lock is ours.
  for (const entry of readdirSync(stagingRoot)) {
    if (entry.startsWith(`${wheels.id}.`)) removeFolder(join(stagingRoot, entry));
  }
  if (existsSync(folder)) logger.warn(`${folder} is damaged; fetching it anew`);
  await checkSpace(wheels, stagingRoot);
  const staging = join(stagingRoot, `${wheels.id}.${process.pid}`);
  const site = join(staging, 'site');
  mkdirSync(site, { recursive: true });
  try {
    const files = await fillSite(options, staging, site);
    const manifest: Manifest = {
      version: wheels.version,
      variant: wheels.variant,
      wheels: wheels.wheels.map(({ sha256 }) => sha256),
      files,
    };
    writeJsonAtomic(manifestPath(site), manifest);
    // A damaged folder makes room; processes that have its files open keep them.
    if (existsSync(folder)) renameSync(folder, join(staging, 'damaged'));
    renameSync(site, folder);
    logger.info(`TensorFlow ${wheels.version} is ready in ${folder}.`);
  } finally {
    removeFolder(staging);
  }
}

/** Fetches and unpacks one wheel after the other, so that at most one lies beside what it holds. */
async function fillSite(options: FetchOptions, staging: string, site: string): Promise<Manifest['files']> {
  const { wheels, logger, environment } = options;
  // Not in the staging: what came of a download that broke off is for the next process.
  const downloads = join(dirname(dirname(staging)), 'downloads');
  const total = wheels.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  const what = wheels.variant === 'cuda' ? "TensorFlow's CUDA 12 build and NVIDIA's libraries" : 'TensorFlow';
  logger.info(
    `Fetching ${what} (${wheels.version}, ${megabytes(total)} MB, ${megabytes(wheels.unpackedBytes)} MB on disk), once for this user.`,
  );
  const files: { path: string; bytes: number }[] = [];
  const progress = logger.progress('fetching the engine, MB', megabytes(total));
  try {
    let fetched = 0;
    for (const wheel of wheels.wheels) {
      const path = await obtainWheel(wheel, { downloads, staging, environment }, (bytes) =>
        progress.update(megabytes(fetched + Math.min(bytes, wheel.bytes)), wheel.project),
      );
      fetched += wheel.bytes;
      progress.update(megabytes(fetched), `unpacking ${wheel.project}`);
      files.push(
        ...(await unpackNeeded(path, site, (bytes) =>
          progress.update(megabytes(fetched), `unpacking ${wheel.project}: ${megabytes(bytes)} MB`),
        )),
      );
      removeFolder(path);
      removeFolder(join(staging, 'download'));
    }
  } finally {
    progress.end();
  }
  return files;
}

interface Places {
  /** Where our own downloads lie until they are unpacked. */
  readonly downloads: string;
  readonly staging: string;
  readonly environment: Environment;
}

/** Brings a wheel: ourselves, from the index that pip and uv are set to; else with one of them. */
async function obtainWheel(
  wheel: PinnedWheel,
  { downloads, staging, environment }: Places,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const { fetchFromIndex, IndexError } = await import('./package-index.js');
  const own = join(downloads, `${wheel.sha256}.whl`);
  try {
    await fetchFromIndex(wheel, own, environment ?? process.env, onBytes);
    return own;
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    if (error.isFinal)
      throw new EngineError(`${error.message}; check pip's index settings, or ${REMEDY}`, { cause: error });
    try {
      const path = await downloadWheel(wheel, join(staging, 'download'), environment, onBytes);
      await checkHash(path, wheel);
      return path;
    } catch (problem) {
      if (!(problem instanceof NoPipError)) throw problem;
      throw new EngineError(`${error.message}; go online once and run "voiceproof setup", or ${REMEDY}`, {
        cause: error,
      });
    }
  }
}

/** Retries, as a pip that outlived the process that started it may still write there. */
function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** The archive's hash, by us, whatever pip has or has not checked. */
async function checkHash(path: string, wheel: PinnedWheel): Promise<void> {
  const sha256 = await sha256Of(path);
  if (sha256 === wheel.sha256) return;
  throw new EngineError(
    `engine: ${wheel.project} ${wheel.version} as fetched is not the pinned file: expected sha256 ${wheel.sha256.slice(0, 12)}..., got ${sha256.slice(0, 12)}...; check pip's index settings, or ${REMEDY}`,
  );
}

/** Writes the needed files of a wheel beneath `site`, flushed to the disk, and returns what was written. */
async function unpackNeeded(
  wheel: string,
  site: string,
  onBytes: (bytes: number) => void,
): Promise<{ path: string; bytes: number }[]> {
  const files: { path: string; bytes: number }[] = [];
  let written = 0;
  const archive = await openPromise(wheel);
  try {
    for await (const entry of archive.eachEntry()) {
      // The reader refuses names that lead out of the folder.
      if (!isNeeded(entry.fileName)) continue;
      const target = join(site, entry.fileName);
      mkdirSync(dirname(target), { recursive: true });
      const mode = (entry.externalFileAttributes >>> 16) & 0o777;
      const count = new Transform({
        transform: (chunk: Buffer, _encoding, done) => {
          written += chunk.length;
          onBytes(written);
          done(null, chunk);
        },
      });
      await pipeline(
        await archive.openReadStreamPromise(entry),
        count,
        createWriteStream(target, { mode: mode === 0 ? 0o644 : mode, flush: true, highWaterMark: 1 << 20 }),
      );
      files.push({ path: entry.fileName, bytes: entry.uncompressedSize });
    }
  } finally {
    archive.close();
  }
  return files;
}

/** Says at once what would otherwise be found out after minutes. */
async function checkSpace(wheels: WheelSet, folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const largest = Math.max(...wheels.wheels.map(({ bytes }) => bytes));
  const needed = wheels.unpackedBytes + largest;
  if (bavail * bsize >= needed) return;
  throw new EngineError(
    `engine: TensorFlow needs ${megabytes(needed)} MB of disk under ${folder}, and ${megabytes(bavail * bsize)} MB are free; free some space, or ${REMEDY}`,
  );
}

function explain(error: unknown, folder: string): EngineError {
  if (error instanceof EngineError) return error;
  const code = systemCodeOf(error) ?? systemCodeOf(error instanceof Error ? error.cause : undefined);
  const problem =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full; free some space and run it again'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? `the cache can't be written; make it writable, or ${REMEDY}`
        : `the library can't be put into the cache (${messageOf(error)}); run it again, or ${REMEDY}`;
  return new EngineError(`engine: ${folder}: ${problem}`, { cause: error });
}
