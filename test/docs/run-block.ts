/** Runs one block of a document as its reader would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Block, changedCode } from './blocks.js';
import { cleanEnvironment, REPOSITORY } from './workplace.js';

/** Where a document's blocks run, and what they have left. */
export interface DocumentState {
  /** The document's own folder, in a project that has the package installed. */
  readonly folder: string;
  /** Where `npm` and `git` run, as the document's reader does: the folder, or a copy of the repository. */
  readonly home: string;
  /** What the last block printed. */
  printed: Printed;
  /** What has not ended yet: servers, and what a test lost patience with. */
  readonly running: Set<ChildProcess>;
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Names of the shell's language. */
const SHELLS = ['sh', 'bash'];

/** Languages of blocks that say nothing to run. */
const PROSE = ['text'];

/** As a strict project of a reader's has it. */
const COMPILER_OPTIONS = [
  ...['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable', '--types', 'node'],
  ...['--strict', '--exactOptionalPropertyTypes', '--verbatimModuleSyntax', '--skipLibCheck'],
  ...['--rewriteRelativeImportExtensions', '--pretty', 'false'],
];

/** What, in a document of the repository itself, says that a block is for a clone rather than for a reader's project. */
const FOR_CLONE = /^\s*(npm (ci|test|run)\b|git )/m;

/** The folder that a block runs in. */
export function placeOf({ language, code }: Block, { folder, home }: DocumentState): string {
  return SHELLS.includes(language) && FOR_CLONE.test(code) ? home : folder;
}

/**
 * Runs a block, or compares what it shows with what the one before it printed.
 *
 * @param later the blocks below it in the document, one of which uses it where it is a file
 * @throws Error where it fails, or where it is of a kind that this does not know
 */
export async function runBlock(block: Block, later: readonly Block[], state: DocumentState): Promise<void> {
  const { language, file, isOutput } = block;
  const code = changedCode(block);
  if (isOutput) compareOutput(block, state.printed);
  else if (file !== undefined) await writeFileOf(block, code, later, state);
  else if (SHELLS.includes(language)) {
    state.printed = await execute(
      'bash',
      ['-euo', 'pipefail', '-c', code],
      placeOf(block, state),
      block.background,
      state,
    );
  } else if (language === 'ts' || language === 'js') {
    const name = `block-${block.line}`;
    writeFileSync(join(state.folder, `${name}.${language}`), code);
    if (language === 'ts') await compile(`${name}.ts`, state);
    state.printed = await execute(process.execPath, [`${name}.js`], state.folder, undefined, state);
  } else if (!PROSE.includes(language)) {
    throw new Error(
      `the test does not know how to run ${language}: make it a file that a later block uses, or an output`,
    );
  }
}

async function writeFileOf(
  { file = '', language }: Block,
  code: string,
  later: readonly Block[],
  state: DocumentState,
) {
  const stem = file.replace(/^.*\//, '').replace(/\.\w+$/, '');
  if (!later.some((block) => block.code.includes(stem)))
    throw new Error(`no later block uses ${file}: nothing runs it`);
  const path = join(state.folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${code}\n`);
  if (language === 'json') JSON.parse(code);
  if (language === 'ts') await compile(file, state, ['--noEmit', '--allowImportingTsExtensions']);
}

async function compile(file: string, state: DocumentState, extra: readonly string[] = []): Promise<void> {
  const compiler = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  await execute(process.execPath, [compiler, ...COMPILER_OPTIONS, ...extra, file], state.folder, undefined, state);
}

async function execute(
  command: string,
  args: readonly string[],
  cwd: string,
  background: string | undefined,
  state: DocumentState,
): Promise<Printed> {
  const child = spawn(command, args, {
    cwd,
    // A newcomer's npm asks the registry again; here it has just been asked.
    env: { ...cleanEnvironment(), npm_config_prefer_offline: 'true', npm_config_audit: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, to be ended as one.
    detached: true,
  });
  state.running.add(child);
  child.on('close', () => state.running.delete(child));
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (background !== undefined) {
    await answering(background, ended, printed);
    return printed;
  }
  const code = await ended;
  if (code !== 0) throw new Error(`exit code ${code}\n${printed.stdout}\n${printed.stderr}`.trimEnd());
  return printed;
}

/** Waits until `url` answers. */
async function answering(url: string, ended: Promise<number | null>, printed: Printed): Promise<void> {
  let code: number | null | undefined;
  void ended.then((value) => {
    code = value;
  });
  for (;;) {
    if (code !== undefined)
      throw new Error(`ended with ${code} before ${url} answered\n${printed.stdout}\n${printed.stderr}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Numbers differ from machine to machine, and so do the widths of columns; words don't. */
const withoutNumbers = (text: string): string =>
  text
    .replace(/-?\d+(\.\d+)?(e-?\d+)?/g, '#')
    .replace(/[\s─-╿▁-█]+/g, ' ')
    .trim();

/** JSON lines are to have the same fields of the same types; other lines the same words, with … for what is left out. */
function compareOutput({ language, code }: Block, { stdout, stderr }: Printed): void {
  if (language === 'json') {
    const shown = code.trim().split('\n').map(fieldsOf);
    const printed = stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map(fieldsOf);
    expect(printed.slice(0, shown.length)).toEqual(shown);
    return;
  }
  const printed = `${stdout}\n${stderr}`.split('\n').map(withoutNumbers);
  for (const line of code.split('\n').filter((each) => each.trim() !== '' && each.trim() !== '…')) {
    expect(printed).toContain(withoutNumbers(line));
  }
}

const fieldsOf = (line: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(JSON.parse(line) as Record<string, unknown>).map(([name, value]) => [name, typeof value]),
  );
