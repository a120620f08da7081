/**
 * The package as a stranger gets it: packed into a tarball, installed by npm into an empty project, and run there by a
 * Node of any version.
 */
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';

/** A tarball, as `npm pack` describes it. */
export interface PackedProject {
  readonly tarball: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Paths within the package. */
  readonly files: readonly string[];
}

/** A project that has the package among its modules. */
export interface InstalledProject {
  readonly folder: string;
  /** The package's own folder. */
  readonly packageFolder: string;
  readonly seconds: number;
}

/** What runs in a project, and how. */
export interface RunOptions {
  /** Node's executable; the one that runs the tests by default. */
  readonly node?: string | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where Nodes and npms for these tests are kept from run to run, until the modules are installed anew. */
const TOOLS = join(PROJECT_ROOT, 'node_modules/.cache/voiceproof-package-tests');

/** The npm that comes with a Node. */
const NPM_OF_NODE: Readonly<Record<string, string>> = { 20: '10', 22: '10', 24: '11' };

let packed: PackedProject | undefined;

/** Packs the clone, once for this process: `prepack` builds it. */
export function packProject(): PackedProject {
  if (packed !== undefined) return packed;
  const folder = mkdtempSync(join(tmpdir(), 'voiceproof-packed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // The clone's own setting keeps install scripts off, and would keep prepack off with them.
  const text = execFileSync('npm', ['pack', '--ignore-scripts=false', '--json', '--pack-destination', folder], {
    cwd: PROJECT_ROOT,
    env: cleanEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  // What prepack prints comes first.
  const [description] = JSON.parse(text.slice(text.search(/^\[/m))) as {
    filename: string;
    size: number;
    unpackedSize: number;
    files: { path: string }[];
  }[];
  if (description === undefined) throw new Error('npm pack described no package');
  packed = {
    tarball: join(folder, description.filename),
    packedBytes: description.size,
    unpackedBytes: description.unpackedSize,
    files: description.files.map(({ path }) => path),
  };
  return packed;
}

/**
 * Installs the package into an empty project with npm's own settings, so that install scripts run where there are any.
 *
 * @param folder is made where it is absent
 * @param options `node` is the major version whose Node and npm install it; ours by default. `packages` are installed too
 */
export function installPackage(
  folder: string,
  {
    tarball,
    node,
    packages = [],
    env = {},
  }: {
    readonly tarball: string;
    readonly node?: string;
    readonly packages?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
): InstalledProject {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "a-stranger", "version": "1.0.0", "private": true }\n');
  const words = ['install', '--no-audit', '--no-fund', tarball, ...packages];
  const [program, ...before] = node === undefined ? ['npm'] : [nodeBinary(node), npmOf(node)];
  const begun = performance.now();
  execFileSync(program as string, [...before, ...words], {
    cwd: folder,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return {
    folder,
    packageFolder: join(folder, 'node_modules/voiceproof'),
    seconds: (performance.now() - begun) / 1000,
  };
}

/** The packages of a project that npm would run a script for at installation. */
export function packagesWithInstallScripts(folder: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, object>;
  };
  return Object.keys(packages).filter((path) => {
    const text = readFileSync(join(folder, path, 'package.json'), 'utf8');
    const { scripts = {} } = JSON.parse(text) as { scripts?: Record<string, string> };
    const named = ['preinstall', 'install', 'postinstall'].some((name) => scripts[name] !== undefined);
    // npm builds an addon where it sees this file, asked or not.
    return named || existsSync(join(folder, path, 'binding.gyp'));
  });
}

/** Runs `voiceproof ...args` as `npx` does: the command that npm linked. */
export function runInstalled(project: InstalledProject, args: readonly string[], options: RunOptions = {}) {
  return runNode([join(project.folder, 'node_modules/voiceproof/bin/voiceproof.js'), ...args], {
    cwd: project.folder,
    ...options,
  });
}

/** Runs Node to its end. */
export function runNode(args: readonly string[], { node, cwd, env }: RunOptions = {}): SpawnSyncReturns<string> {
  return spawnSync(node ?? process.execPath, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...cleanEnvironment(), ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

/** Node's executable in a major version, such as `22`: npm has packages of it. */
export function nodeBinary(major: string): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  return join(tool(`node-${major}`, `${name}@${major}`), name, 'bin/node');
}

/** The script of the npm that comes with a Node. */
function npmOf(node: string): string {
  const major = NPM_OF_NODE[node];
  if (major === undefined) throw new Error(`which npm comes with Node ${node}?`);
  return join(tool(`npm-${major}`, `npm@${major}`), 'npm/bin/npm-cli.js');
}

/** The `node_modules` of a folder that holds one package, which is fetched at first. */
function tool(name: string, specification: string): string {
  const folder = join(TOOLS, name);
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  mkdirSync(dirname(folder), { recursive: true });
  const staging = mkdtempSync(`${folder}.`);
  writeFileSync(join(staging, 'package.json'), '{ "private": true }\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', specification], {
    cwd: staging,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  renameSync(staging, folder);
  return modules;
}

/** Our environment without what `npm run` has put there: the clone's settings are not a stranger's. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const isOurs = (name: string) =>
    /^npm_(lifecycle|package|command|execpath|node_execpath)/.test(name) ||
    /^npm_config_(ignore_scripts|local_prefix|omit_lockfile_registry_resolved)$/.test(name) ||
    name.startsWith('VITEST') ||
    name === 'NODE_ENV' ||
    name === 'INIT_CWD';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}
