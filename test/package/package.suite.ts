/** The package, packed, installed in empty projects on every Node that it is for, and used there as a stranger does. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';
import {
  type InstalledProject,
  installPackage,
  nodeBinary,
  type PackedProject,
  packagesWithInstallScripts,
  packProject,
  runInstalled,
  runNode,
  runTool,
} from './installed-project.js';

/** The bars of the package. */
const MOST_PACKED_BYTES = 12e6;
const MOST_SECONDS = 30;

const CLIP = join(PROJECT_ROOT, 'corpus/ASVspoof2019_LA_dev/flac/DB_D_000002.flac');

let root: string;
let packed: PackedProject;
let elsewhere: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'voiceproof-package-'));
  elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  packed = packProject();
});
afterAll(() => {
  // What was made read-only is in the way of nobody but others than root.
  for (const { path } of entries(root)) if (!lstatSync(path).isSymbolicLink()) chmodSync(path, 0o755);
  rmSync(root, { recursive: true, force: true });
});

/** Every entry beneath a folder, with what would change if someone wrote there. */
function entries(folder: string): { path: string; bytes: number; modified: number }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const path = join(folder, name);
    const { size, mtimeMs } = lstatSync(path);
    return { path, bytes: size, modified: mtimeMs };
  });
}

/** The bar of an idle machine, on one that has other things to do. */
function patience(seconds: number): number {
  return seconds * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}

describe('the tarball', () => {
  it(`is smaller than ${MOST_PACKED_BYTES / 1e6} MB`, () => {
    process.stdout.write(
      `packed: ${(packed.packedBytes / 1e6).toFixed(2)} MB, ${(packed.unpackedBytes / 1e6).toFixed(1)} MB on disk, ${packed.files.length} files\n`,
    );
    expect(packed.packedBytes).toBeLessThan(MOST_PACKED_BYTES);
  });

  it('holds what is needed, and nothing that is not', () => {
    expect(packed.files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'THIRD_PARTY_NOTICES.md', 'dist/bundle/LICENSES.txt']),
    );
    const isOdd = (path: string) => /(^|\/)(test|bench|src|docs|scripts|\.ci)\/|tsbuildinfo|\.ts$/.test(path);
    // What `voiceproof init` writes is TypeScript.
    const isMeant = (path: string) => path.endsWith('.d.ts') || path.startsWith('templates/');
    const odd = packed.files.filter((path) => isOdd(path) && !isMeant(path));
    expect(odd).toEqual([]);
    expect(packed.files.filter((path) => path.startsWith('corpus/') && path.endsWith('.flac'))).toHaveLength(358);
  });

  it.each([
    ['publint', ['run', '--strict', packedPath]],
    ['attw', [packedPath, '--profile', 'esm-only', '--no-color', '--no-emoji']],
  ] as const)('is found faultless by %s', (tool, words) => {
    const { status, stdout, stderr } = runTool(
      tool,
      words.map((word) => (typeof word === 'string' ? word : word())),
    );
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});

function packedPath(): string {
  return packed.tarball;
}

describe.each(['20', '22', '24'])('installed on Node %s', (version) => {
  let project: InstalledProject;
  let node: string;
  let allowed: number;
  let before: ReturnType<typeof entries>;
  const run = (...args: string[]) => runInstalled(project, args, { node, cwd: elsewhere });

  beforeAll(async () => {
    node = nodeBinary(version);
    project = await installPackage(join(root, version), { tarball: packed.tarball, node: version });
    allowed = patience(MOST_SECONDS);
    for (const { path } of entries(project.packageFolder)) chmodSync(path, lstatSync(path).mode & 0o555);
    before = entries(project.packageFolder);
  });

  it('ran no install script, and took no half minute', () => {
    process.stdout.write(`installed on Node ${version} in ${project.seconds.toFixed(1)} s\n`);
    expect(packagesWithInstallScripts(project.folder)).toEqual([]);
    expect(project.seconds).toBeLessThan(allowed);
  });

  it('scores a clip from another folder', () => {
    const { stdout, stderr, status } = run('score', '--json', CLIP);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stderr).toContain('engine: TensorFlow ');
    expect(JSON.parse(stdout)).toMatchObject({ file: CLIP, label: expect.stringMatching(/^(bonafide|spoof)$/) });
  });

  it('scores without the native engine', () => {
    const { stdout, stderr, status } = run('score', '--json', '--engine', 'wasm', CLIP);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stderr).toContain('WebAssembly');
    expect(JSON.parse(stdout).score).toBeTypeOf('number');
  });

  it('trains, with worker threads, and exports to a web page', () => {
    const output = join(elsewhere, `lcnn-${version}`);
    const trained = run('experiment', 'lcnn', '--set', 'training.fastDevRun=1', '--output', output);
    expect({ status: trained.status, stderr: trained.status === 0 ? '' : trained.stderr }).toEqual({
      status: 0,
      stderr: '',
    });
    const exported = join(elsewhere, `page-${version}`);
    const page = run(
      'export',
      '--checkpoint',
      output,
      '--format',
      'tfjs-graph',
      '--with-features',
      '--output',
      exported,
    );
    expect({ status: page.status, stderr: page.status === 0 ? '' : page.stderr }).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(exported)).toContain('index.html');
  });

  it('can be imported from TypeScript, in the strictest terms', () => {
    writeFileSync(join(project.folder, 'package.json'), '{ "type": "module", "private": true }\n');
    writeFileSync(join(project.folder, 'use.ts'), PROGRAM);
    const compile = (skipsLibraries: boolean) =>
      runTool('tsc', [
        ...['--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', '--strict', '--noUncheckedIndexedAccess'],
        ...['--exactOptionalPropertyTypes', '--skipLibCheck', String(skipsLibraries), join(project.folder, 'use.ts')],
        ...['--types', 'node', '--typeRoots', join(PROJECT_ROOT, 'node_modules/@types')],
      ]);
    // TensorFlow.js's own declarations break these rules; ours do not.
    const { stdout: faults } = compile(false);
    expect(faults.split('\n').filter((line) => /^\S.*voiceproof\/dist\//.test(line))).toEqual([]);
    const compiled = compile(true);
    expect({ status: compiled.status, said: compiled.stdout }).toEqual({ status: 0, said: '' });
    const { stdout, stderr, status } = runNode([join(project.folder, 'use.js'), CLIP], { node, cwd: elsewhere });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ score: expect.any(Number), isOneCopy: true, sum: 3 });
  });

  it('wrote nothing into its own folder', () => {
    expect(entries(project.packageFolder)).toEqual(before);
  });
});

/** What a TypeScript author writes: the package, its TensorFlow.js, and the same TensorFlow.js by its own name. */
const PROGRAM = `
import * as core from '@tensorflow/tfjs-core';
import { type Detector, openDetector } from 'voiceproof';
import * as tf from 'voiceproof/tf';

const [clip = ''] = process.argv.slice(2);
const detector: Detector = await openDetector();
try {
  const { score } = await detector.score(clip);
  const sum: number = tf.tensor1d([1]).add(tf.tensor1d([2])).dataSync()[0] ?? 0;
  console.log(JSON.stringify({ score, isOneCopy: core.engine() === tf.engine() && core.Tensor === tf.Tensor, sum }));
} finally {
  detector.dispose();
}
`;

describe('behind a proxy', () => {
  it('that reaches only the registry, it is installed', async () => {
    const registry = new URL(runTool('npm', ['config', 'get', 'registry']).stdout.trim());
    const port = registry.port || (registry.protocol === 'https:' ? '443' : '80');
    const refused: string[] = [];
    const proxy = createServer((_request, response) => response.writeHead(403).end());
    let nTunnels = 0;
    proxy.on('connect', ({ url = '' }: IncomingMessage, client) => {
      if (url !== `${registry.hostname}:${port}`) {
        refused.push(url);
        client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      nTunnels++;
      const onward = connect(Number(port), registry.hostname, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(onward).pipe(client);
      });
      onward.on('error', () => client.destroy());
      client.on('error', () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      await installPackage(join(root, 'proxied'), {
        tarball: packed.tarball,
        env: {
          npm_config_https_proxy: address,
          npm_config_proxy: address,
          npm_config_noproxy: '',
          npm_config_cache: join(root, 'npm-cache'),
          NO_PROXY: undefined,
          no_proxy: undefined,
        },
      });
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
    expect(refused).toEqual([]);
    if (registry.protocol === 'https:') expect(nTunnels).toBeGreaterThan(0);
  });
});

describe('with Node alone', () => {
  it('sets up the native engine, and trains with it', () => {
    const programs = join(root, 'node-alone');
    mkdirSync(programs);
    symlinkSync(process.execPath, join(programs, 'node'));
    const project = { folder: join(root, '20'), packageFolder: '', seconds: 0 };
    const env = { PATH: programs + delimiter, XDG_CACHE_HOME: join(root, 'empty-cache') };
    const setup = runInstalled(project, ['setup'], { cwd: elsewhere, env });
    expect({ status: setup.status, stderr: setup.status === 0 ? '' : setup.stderr }).toEqual({ status: 0, stderr: '' });
    const output = join(elsewhere, 'lcnn-alone');
    const words = ['experiment', 'lcnn', '--set', 'training.fastDevRun=1', '--output', output];
    const trained = runInstalled(project, words, { cwd: elsewhere, env });
    expect({ status: trained.status, stderr: trained.status === 0 ? '' : trained.stderr }).toEqual({
      status: 0,
      stderr: '',
    });
    expect(trained.stderr).toMatch(/engine: TensorFlow \d+\.\d+\.\d+ from the cache, .*empty-cache/);
  });
});

describe.each(['22', '24'])('the clone on Node %s', (version) => {
  const run = (...args: string[]) =>
    runNode([join(PROJECT_ROOT, 'bin/voiceproof.js'), ...args], { node: nodeBinary(version), cwd: elsewhere });

  it.each([
    ['doctor', ['doctor']],
    ['score', ['score', CLIP]],
    ['experiment', ['experiment', 'lcnn-small', '--set', 'training.fastDevRun=1', '--output', `clone-${version}`]],
  ])('runs %s without a warning of Node', (_name, args) => {
    const { status, stdout, stderr } = run(...args);
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(stderr).not.toMatch(/Warning:/);
  });
});
