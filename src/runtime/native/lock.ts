/**
 * A lock between processes, as a file: the second of two processes that want the same library waits for the first
 * rather than fetch it twice. It saves work only; what keeps the cache whole is that results are published by one
 * atomic rename, so a lock wrongly taken over does no harm.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCodeOf } from '../errors.js';

/** A holder that has given no sign of life for this long is taken for dead. */
const STALE_MILLISECONDS = 20_000;
const HEARTBEAT_MILLISECONDS = 2_000;
const RETRY_MILLISECONDS = 200;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** Holds the lock until `release`. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the lock at `path`, whose folder must exist.
 *
 * @param onWait called once, with the holder's process id, where another process holds it
 * @param isSettled asked while waiting; true ends the wait without the lock
 * @returns the lock, or undefined where `isSettled` said that it is no longer wanted
 */
export async function takeLock(
  path: string,
  onWait: (pid: number | undefined) => void,
  isSettled: () => boolean,
): Promise<FileLock | undefined> {
  const own: Holder = { pid: process.pid, host: hostname(), token: randomBytes(8).toString('hex') };
  for (let told = false; ; ) {
    try {
      writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
      return hold(path, own);
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (isStale(path, holder)) {
      // Another waiter may have taken it over since: only the holder that was seen to be dead is removed.
      if (readHolder(path)?.token === holder?.token) rmSync(path, { force: true });
      continue;
    }
    if (isSettled()) return undefined;
    if (!told) onWait(holder?.pid);
    told = true;
    await sleep(RETRY_MILLISECONDS);
  }
}

function hold(path: string, own: Holder): FileLock {
  const heartbeat = setInterval(() => {
    if (readHolder(path)?.token === own.token) utimesSync(path, new Date(), new Date());
  }, HEARTBEAT_MILLISECONDS);
  heartbeat.unref();
  return {
    release: () => {
      clearInterval(heartbeat);
      if (readHolder(path)?.token === own.token) rmSync(path, { force: true });
    },
  };
}

/** Undefined where the lock is gone, or not yet written out. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isStale(path: string, holder: Holder | undefined): boolean {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > STALE_MILLISECONDS) return true;
  return holder !== undefined && holder.host === hostname() && !isRunning(holder.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}
