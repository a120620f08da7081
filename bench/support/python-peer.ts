/** Peers in Python: an environment of pinned packages, made once per user, and processes in it that answer requests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { userCacheDirectory } from '../../src/runtime/cache-directory.js';
import { ConfigError, VoiceproofError } from '../../src/runtime/errors.js';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';

/** So that a process keeps to its core. */
const ONE_THREAD = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  NUMBA_NUM_THREADS: '1',
};

/** A process that does one request after the other. */
export interface PythonPeer {
  /** Sends a request, and resolves with its answer. */
  ask<Answer>(request: Readonly<Record<string, unknown>>): Promise<Answer>;
  close(): void;
}

/**
 * The Python of an environment that holds what `bench/requirements-<name>.txt` pins; makes it where it is not there yet.
 *
 * @param say takes a line of progress
 * @throws VoiceproofError where there is no Python, or pip fails
 */
export function preparePython(name: string, say: (line: string) => void): string {
  const requirements = join(PROJECT_ROOT, `bench/requirements-${name}.txt`);
  const identity = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(userCacheDirectory(), 'bench', `${name}-${identity}`);
  const python = process.platform === 'win32' ? join(folder, 'Scripts/python.exe') : join(folder, 'bin/python');
  // Written last: an environment that was interrupted in the making has none.
  const seal = join(folder, 'complete');
  if (existsSync(seal) && existsSync(python)) return python;
  rmSync(folder, { recursive: true, force: true });
  say(`making the peer's environment in ${folder} ...`);
  run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(seal, '');
  return python;
}

/** Starts `bench/peers/<script>`. */
export function startPeer(python: string, script: string): PythonPeer {
  const child: ChildProcess = spawn(python, [join(PROJECT_ROOT, 'bench/peers', script)], {
    env: { ...process.env, ...ONE_THREAD },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new VoiceproofError(`${script}: expected pipes, got none`);
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface(stdout).on('line', (line) => waiting.shift()?.resolve(line));
  const fail = (why: string): void => {
    for (const { reject } of waiting.splice(0)) reject(new VoiceproofError(`${script}: the peer ${why}`));
  };
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code) => fail(`ended with code ${code}`));
  return {
    async ask<Answer>(request: Readonly<Record<string, unknown>>): Promise<Answer> {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        stdin.write(`${JSON.stringify(request)}\n`);
      });
      return JSON.parse(line) as Answer;
    },
    close: () => stdin.end(),
  };
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (error !== undefined) throw new ConfigError(`bench: expected ${command} to run, got: ${error.message}`);
  if (status !== 0) {
    throw new VoiceproofError(
      `bench: ${command} ${args.join(' ')} failed: ${stderr.trim().split('\n').slice(-3).join(' ')}`,
    );
  }
}
