/**
 * A stranger's model: a layer, a feature, an augmentation and a model, written outside in a project that has the packed
 * package installed, and used there as ours are. No file of the package knows of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';
import { readSafetensors } from '../../src/runtime/safetensors.js';
import {
  type InstalledProject,
  installPackage,
  nodeBinary,
  packProject,
  runInstalled,
  runNode,
} from './installed-project.js';

/** What runs TypeScript itself, as the example's own tests need. */
const TYPESCRIPT_NODE = '22';

let folder: string;
let project: InstalledProject;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voiceproof-stranger-'));
  // onnxruntime, by which an export to ONNX is scored, is a peer that the stranger installs too.
  project = await installPackage(join(folder, 'project'), {
    tarball: packProject().tarball,
    packages: ['onnxruntime-node@^1.30.0', 'typescript@^7.0.2', '@types/node@^22.0.0'],
    env: { ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  const { dependencies } = JSON.parse(readFileSync(join(project.folder, 'package.json'), 'utf8'));
  cpSync(join(PROJECT_ROOT, 'examples/custom-model'), project.folder, { recursive: true });
  const described = JSON.parse(readFileSync(join(project.folder, 'package.json'), 'utf8'));
  writeFileSync(join(project.folder, 'package.json'), JSON.stringify({ ...described, dependencies }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two epochs, of which each third update is saved. */
const SHORT = ['numTrainEpochs=2', 'saveSteps=3', 'dataloaderNumWorkers=1'].flatMap((option) => [
  '--set',
  `training.${option}`,
]);
const train = (output: string) => ['experiment', 'experiment.ts', ...SHORT, '--threads', '1', '--output', output];

function run(args: readonly string[]): string {
  const { status, stdout, stderr } = runInstalled(project, args);
  expect(status, stderr).toBe(0);
  return stdout;
}

/** Weights, the state of the optimizer, figures and scores of a run. */
function outcome(name: string): Record<string, unknown> {
  const read = (file: string) => readFileSync(join(project.folder, name, file), 'latin1');
  const states = readdirSync(join(project.folder, name)).filter((file) => file.startsWith('checkpoint-'));
  const { tensors } = readSafetensors(join(project.folder, name, states.sort().at(-1) as string));
  return {
    files: ['model.safetensors', 'metrics.json', 'scores/dev.txt', 'scores/eval.txt'].map(read),
    states,
    state: [...tensors].map(([tensor, { data }]) => [tensor, [...data]]),
  };
}

const hasState = (name: string) =>
  existsSync(join(project.folder, name)) &&
  readdirSync(join(project.folder, name)).some((file) => file.startsWith('checkpoint-'));

describe('a stranger’s model', () => {
  it('is checked by the compiler as ours', () => {
    const compile = () => runNode([join(project.folder, 'node_modules/typescript/bin/tsc')], { cwd: project.folder });
    const { status, stdout } = compile();
    expect(status, stdout).toBe(0);
    const path = join(project.folder, 'experiment.ts');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('units: 16', 'unit: 16').replace("'cosine'", "'cosin'"));
    try {
      const wrong = compile();
      expect(wrong.stdout).toMatch(/experiment\.ts\(\d+,\d+\): error .*unit/);
      expect(wrong.stdout).toMatch(/experiment\.ts\(\d+,\d+\): error .*cosin/);
    } finally {
      writeFileSync(path, text);
    }
  });

  it('keeps the contracts, as its own tests tell', () => {
    const node = nodeBinary(TYPESCRIPT_NODE);
    const { status, stdout, stderr } = runNode(['--test', 'my-model.test.ts'], { node, cwd: project.folder });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/pass 4/);
  });

  it('is trained, killed and resumed to the same bits', async () => {
    run(train('whole'));
    const killed = start([...train('killed'), '--resume']);
    const deadline = Date.now() + 200_000;
    while (!hasState('killed') && killed.exitCode === null && Date.now() < deadline) await setTimeout(20);
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.once('close', resolve));
    expect(existsSync(join(project.folder, 'killed/metrics.json'))).toBe(false);
    run([...train('killed'), '--resume']);
    expect(outcome('killed')).toEqual(outcome('whole'));
  });

  it('is scored, here and as an export to ONNX, as a SavedModel and to TensorFlow.js', () => {
    const clip = join(project.packageFolder, 'corpus/ASVspoof2019_LA_eval/flac/DB_E_000005.flac');
    const scoreOf = (checkpoint: string) =>
      JSON.parse(run(['score', clip, '--checkpoint', checkpoint, '--json'])).score as number;
    const wanted = scoreOf('whole');
    expect(Number.isFinite(wanted)).toBe(true);
    for (const format of ['onnx', 'savedmodel', 'tfjs-graph']) {
      run(['export', '--checkpoint', 'whole', '--format', format, '--output', `as-${format}`]);
      expect(Math.abs(scoreOf(`as-${format}`) - wanted), format).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted)));
    }
    // It has a pooling of ours, which a reader of layers models would lack.
    const refused = runInstalled(project, [
      ...['export', '--checkpoint', 'whole', '--format', 'tfjs-layers', '--output', 'as-layers'],
    ]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/it has VoiceproofStatisticsPooling; export tfjs-graph/);
  });

  it('may come from a package, which the run names as such', () => {
    const home = join(project.folder, 'node_modules/strangers-parts');
    mkdirSync(home);
    const described = { name: 'strangers-parts', version: '1.0.0', type: 'module', exports: { import: './parts.js' } };
    writeFileSync(join(home, 'package.json'), JSON.stringify(described));
    writeFileSync(
      join(home, 'parts.js'),
      `import { defineSchedule, z } from 'voiceproof';
      export default [defineSchedule({ name: 'still', schema: z.strictObject({}), create: () => () => 1 })];`,
    );
    const experiment = { plugins: ['strangers-parts'], feature: 'log-mel', model: 'lcnn-small', durationSeconds: 0.5 };
    const training = { fastDevRun: 1, loss: 'binary-cross-entropy', lrSchedulerType: 'still', dataloaderNumWorkers: 0 };
    writeFileSync(join(project.folder, 'packaged.json'), JSON.stringify({ ...experiment, training }));
    run(['experiment', 'packaged.json', '--output', 'packaged']);
    const { config } = JSON.parse(readFileSync(join(project.folder, 'packaged/config.json'), 'utf8'));
    expect(config.plugins).toEqual([{ module: 'strangers-parts', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const clip = join(project.packageFolder, 'corpus/ASVspoof2019_LA_eval/flac/DB_E_000005.flac');
    run(['score', clip, '--checkpoint', 'packaged']);
  });

  it('is compared with one of ours', () => {
    const out = run([
      ...['compare', 'experiment.ts', 'lcnn-small', '--seeds', '1', '--output', 'comparison'],
      ...['--set', 'training.fastDevRun=1', '--set', 'training.numTrainEpochs=1', '--set', 'durationSeconds=1'],
    ]);
    expect(out).toMatch(/experiment/);
    const { systems } = JSON.parse(readFileSync(join(project.folder, 'comparison/comparison.json'), 'utf8'));
    expect(systems.map(({ feature }: { feature: string }) => feature)).toEqual(['teager', 'log-mel']);
  });

  it('that has changed is not resumed, and scores with a warning', () => {
    const path = join(project.folder, 'my-model.ts');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}\n`);
    try {
      const resumed = runInstalled(project, [...train('whole'), '--resume']);
      expect(resumed.status).not.toBe(0);
      expect(resumed.stderr).toMatch(/can't resume, .*my-model\.ts has changed since the run was started/);
      const clip = join(project.packageFolder, 'corpus/ASVspoof2019_LA_eval/flac/DB_E_000005.flac');
      const scored = runInstalled(project, ['score', clip, '--checkpoint', 'whole']);
      expect(scored.status, scored.stderr).toBe(0);
      expect(scored.stderr).toMatch(/my-model\.ts: this plugin has changed since/);
    } finally {
      writeFileSync(path, text);
    }
  });
});

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(project.packageFolder, 'bin/voiceproof.js'), ...args], {
    cwd: project.folder,
    stdio: 'ignore',
  });
}
