/**
 * Keeps the engine's chatter from the user. TensorFlow's log level hides most of it; what its libraries print while
 * they load, before any level is read, needs the process's stderr to be elsewhere for that moment. Here, too, is the way
 * to the variables that TensorFlow reads when it loads.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { EngineError, messageOf } from '../errors.js';

const STDERR = 2;

/** TensorFlow's log level: 3 keeps only fatal lines. Must be set before the library loads. */
export function setLogLevel(level: 0 | 3): void {
  setEnvironment('TF_CPP_MIN_LOG_LEVEL', String(level));
}

/**
 * Sets a variable where C code sees it. In a worker thread Node's `process.env` is a copy, so the C library's own
 * function is called as well.
 */
export function setEnvironment(name: string, value: string): void {
  process.env[name] = value;
  if (process.platform === 'win32') {
    koffi.load('msvcrt.dll').func('_putenv', 'int', ['str'])(`${name}=${value}`);
  } else {
    koffi.load(null).func('setenv', 'int', ['str', 'str', 'int'])(name, value, 1);
  }
}

/** A variable as C code sees it, also where another thread has set it. */
export function readEnvironment(name: string): string | undefined {
  if (process.platform === 'win32') return process.env[name];
  return koffi.load(null).func('getenv', 'str', ['str'])(name) ?? undefined;
}

/**
 * Runs `start` with the process's stderr going to a file that is thrown away. What it said is added to the error if
 * `start` fails. On Windows, or where no file can be made, `start` just runs. Not for two threads at once.
 */
export function withStderrAside<Result>(start: () => Result): Result {
  const folder = temporaryFolder();
  if (process.platform === 'win32' || folder === undefined) return start();
  const libc = koffi.load(null);
  const dup: (file: number) => number = libc.func('dup', 'int', ['int']);
  const dup2: (from: number, to: number) => number = libc.func('dup2', 'int', ['int', 'int']);
  const path = join(folder, 'stderr');
  const aside = openSync(path, 'w');
  const real = dup(STDERR);
  if (real >= 0) dup2(aside, STDERR);
  try {
    return start();
  } catch (error) {
    const said = readFileSync(path, 'utf8')
      .replace(/\s*\n\s*/g, ' ')
      .trim();
    if (said === '') throw error;
    throw new EngineError(`${messageOf(error)} (the library said: ${said})`, { cause: error });
  } finally {
    // Where `real` is negative the process has no stderr to put back.
    if (real >= 0) {
      dup2(real, STDERR);
      // Not Node's `closeSync`: in a worker thread it warns, on stderr, of a file that Node did not open.
      libc.func('close', 'int', ['int'])(real);
    }
    closeSync(aside);
    rmSync(folder, { recursive: true, force: true });
  }
}

function temporaryFolder(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'voiceproof-engine-'));
  } catch {
    // A machine without a writable temporary folder loses the silence, not the engine.
    return undefined;
  }
}
