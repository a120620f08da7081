/** Finds a pip, asks it for one pinned wheel, and puts what it says when it fails into one line. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import { type PinnedWheel, PYTHON_TAG_VERSION } from './wheels.js';

/** The environment of the programs that are started; undefined hands on our own, unread. */
export type Environment = NodeJS.ProcessEnv | undefined;

/** Where pips are looked for, in order. The last one lets uv bring its own. */
const PIP_COMMANDS: readonly (readonly string[])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['uv', 'run', '--quiet', '--no-project', '--with', 'pip', 'python', '-m', 'pip'],
];

const POLL_MILLISECONDS = 250;
/** uv may have to bring a Python first. */
const VERSION_TIMEOUT_MILLISECONDS = 120_000;
/** What a program said last is where it says why it failed. */
const KEPT_OUTPUT_CHARACTERS = 20_000;

/** A pip that answers: its words, and the first line it says about itself. */
export interface Pip {
  readonly command: readonly string[];
  readonly version: string;
}

/** There is neither a pip nor a uv. */
export class NoPipError extends EngineError {}

/** What a program that ran has left. `code` is undefined where it could not be started. */
export interface Ran {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without a shell. Never throws: a program that is not there has no code. */
export function runProgram(
  command: readonly string[],
  options: { environment?: Environment; cwd?: string; timeoutMilliseconds?: number } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const [program, ...parameters] = command;
    const child = spawn(program as string, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(options.environment === undefined ? {} : { env: options.environment }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    // Not the option of `spawn`, whose timer goes on, and keeps us alive, where the program is not there.
    const { timeoutMilliseconds } = options;
    const timer = timeoutMilliseconds === undefined ? undefined : setTimeout(() => child.kill(), timeoutMilliseconds);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout = (stdout + data.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
    });
    child.on('error', () => {
      clearTimeout(timer);
      resolve({ code: undefined, stdout, stderr });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}

/** Every pip that answers, the preferred one first. A generator, as asking costs a third of a second each. */
export async function* findPips(environment?: Environment): AsyncGenerator<Pip> {
  for (const command of PIP_COMMANDS) {
    const { code, stdout } = await runProgram([...command, '--version'], {
      environment,
      timeoutMilliseconds: VERSION_TIMEOUT_MILLISECONDS,
    });
    if (code === 0) yield { command, version: stdout.trim().split('\n')[0] ?? '' };
  }
}

/**
 * Downloads `wheel` into `folder` with the first pip that manages to, under the user's own pip configuration.
 *
 * @param folder an empty folder of this download's own; pip's temporary files go there too, beside the cache they are
 * meant for, as the system's temporary folder may be too small
 * @param onBytes told the bytes on disk so far, several times a second
 * @returns the path of the wheel; its hash has been checked by pip, and is checked again by the caller
 * @throws EngineError in one line that says whether it was the network, the disk or the hash; NoPipError
 */
export async function downloadWheel(
  wheel: PinnedWheel,
  folder: string,
  environment: Environment,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const temporary = join(folder, 'tmp');
  const destination = join(folder, 'wheel');
  const requirements = join(folder, 'requirements.txt');
  mkdirSync(temporary, { recursive: true });
  mkdirSync(destination, { recursive: true });
  writeFileSync(requirements, `${wheel.project}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const childEnvironment = {
    ...(environment ?? process.env),
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    // Nothing is installed, so a rule against installing outside a virtual environment does not apply.
    PIP_REQUIRE_VIRTUALENV: '0',
  };
  let failure: EngineError | undefined;
  for await (const pip of findPips(environment)) {
    const poll = setInterval(() => onBytes(largestFile(folder)), POLL_MILLISECONDS);
    const ran = await runProgram([...pip.command, ...downloadArguments(wheel, requirements, destination)], {
      environment: childEnvironment,
    }).finally(() => clearInterval(poll));
    const file = readdirSync(destination).find((name) => name.endsWith('.whl'));
    if (ran.code === 0 && file !== undefined) return join(destination, file);
    failure = explainFailure(wheel, pip, ran);
    // Another pip would go to the same network and the same disk.
    if (reasonFor(ran)?.stops === true) break;
  }
  throw failure ?? new NoPipError('engine: neither pip nor uv was found to fetch TensorFlow with');
}

function downloadArguments(wheel: PinnedWheel, requirements: string, destination: string): string[] {
  return [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--implementation=cp',
    `--python-version=${PYTHON_TAG_VERSION}`,
    `--platform=${wheel.platform}`,
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar=off',
    `--dest=${destination}`,
    '-r',
    requirements,
  ];
}

/** What to do where the library can't be fetched. */
export const REMEDY =
  'install Python\'s "tensorflow", name a library with --library PATH, or copy the cache of a machine that has it';

interface Reason {
  readonly pattern: RegExp;
  /** Whether asking another pip is no use. */
  readonly stops: boolean;
  message(project: string): string;
}

const REASONS: readonly Reason[] = [
  {
    pattern: /No space left on device|Errno 28|Disk quota exceeded|not enough space/i,
    stops: true,
    message: (project) => `the disk filled up while ${project} was fetched; free some space and run it again`,
  },
  {
    pattern: /do not match the hashes|hash mismatch/i,
    stops: true,
    message: (project) =>
      `${project} from the package index is not the pinned file (another hash); check pip's index settings, or ${REMEDY}`,
  },
  {
    pattern:
      /Failed to establish|Max retries|Temporary failure in name|getaddrinfo|timed out|ProxyError|SSLError|SSL:|Connection (refused|reset|aborted|broken)|Network is unreachable|NewConnectionError|HTTP error/i,
    stops: true,
    message: (project) =>
      `${project} can't be fetched: pip can't reach its package index; go online once and run "voiceproof setup", or ${REMEDY}`,
  },
  {
    pattern: /No matching distribution|Could not find a version/i,
    stops: false,
    message: (project) => `pip's package index has no ${project} for this platform, or can't be read; ${REMEDY}`,
  },
];

function reasonFor(ran: Ran): Reason | undefined {
  return REASONS.find(({ pattern }) => pattern.test(`${ran.stderr}\n${ran.stdout}`));
}

function explainFailure(wheel: PinnedWheel, pip: Pip, ran: Ran): EngineError {
  const said = `${ran.stderr}\n${ran.stdout}`;
  const project = `${wheel.project} ${wheel.version}`;
  const errorLine = said.match(/^ERROR: .*/gm)?.pop() ?? said.trim().split('\n').pop() ?? '';
  const cause = new Error(said.trim());
  const reason = reasonFor(ran);
  if (reason !== undefined) return new EngineError(`engine: ${reason.message(project)}`, { cause });
  return new EngineError(
    `engine: "${pip.command.join(' ')} download" failed for ${project} (exit code ${ran.code}): ${errorLine.slice(0, 200)}; ${REMEDY}`,
    { cause },
  );
}

/** Bytes of the largest file beneath `folder`: the download, wherever this pip keeps it and however often it copies. */
function largestFile(folder: string): number {
  let largest = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const found = statSync(join(folder, entry), { throwIfNoEntry: false });
      if (found?.isFile()) largest = Math.max(largest, found.size);
    }
  } catch {
    // A folder that pip removed in the meantime; the next look finds the truth.
  }
  return largest;
}
