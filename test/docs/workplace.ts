/**
 * Where the documents' blocks run: a folder with the packed package installed, in which each document has a folder of its
 * own, and a copy of the repository for what is said to be run in a clone. Made once for all suites.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

/** The repository. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** Folders made for a run of the suites. */
export interface Workplace {
  /** Has `node_modules/voiceproof`, as npm installed it, and a folder for each document and each example. */
  readonly project: string;
  /** A copy of the repository's files, with its dependencies. */
  readonly clone: string;
  /** The packed package. */
  readonly tarball: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    workplace: Workplace;
  }
}

/** Vitest's global set-up. */
export default function setup(vitest: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'voiceproof-docs-'));
  const project = join(folder, 'project');
  const clone = join(folder, 'clone');
  run('npm', ['run', '--silent', 'build'], REPOSITORY);
  copyRepository(clone);
  const packed = run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], REPOSITORY);
  const tarball = join(folder, packed.trim().split('\n').at(-1) as string);
  mkdirSync(project);
  const packages = ['examples', 'packages'].flatMap((parent) => copyPackages(parent, project, tarball));
  writeJson(join(project, 'package.json'), {
    name: 'documents',
    private: true,
    type: 'module',
    // One installation for all: each gets what its package.json names, and the packed package.
    workspaces: packages,
    dependencies: {
      voiceproof: `file:${tarball}`,
      'onnxruntime-node': versionOf('onnxruntime-node'),
      'playwright-core': versionOf('playwright-core'),
    },
    devDependencies: { '@types/node': versionOf('@types/node') },
  });
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'], project);
  vitest.provide('workplace', { project, clone, tarball });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** What npm tells its scripts about the script's own package, which would mislead the npm of another. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(npm_(package|lifecycle)_|npm_config_(local_prefix|prefix)$|npm_(command|execpath)$|INIT_CWD$|VITEST|NODE_ENV$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    env: cleanEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function copyRepository(clone: string): void {
  const listed = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], REPOSITORY);
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(REPOSITORY, name)))) {
    const to = join(clone, file);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(REPOSITORY, file), to);
  }
  cpSync(join(REPOSITORY, 'dist'), join(clone, 'dist'), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'));
}

/** Copies packages of the repository's, asking for the packed package where they ask for a published one. */
function copyPackages(parent: string, to: string, tarball: string): string[] {
  const from = join(REPOSITORY, parent);
  return readdirSync(from).map((name) => {
    const listed = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', name], from);
    for (const file of listed.split('\0').filter((each) => each !== '')) {
      mkdirSync(dirname(join(to, parent, file)), { recursive: true });
      copyFileSync(join(from, file), join(to, parent, file));
    }
    const path = join(to, parent, name, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Record<string, string> };
    manifest.dependencies.voiceproof = `file:${tarball}`;
    writeJson(path, manifest);
    return `${parent}/${name}`;
  });
}

function versionOf(name: string): string {
  const path = join(REPOSITORY, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
