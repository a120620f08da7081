/** `voiceproof init` and `npm create voiceproof`, in the installed package: what they write trains, scores and passes its test. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { makeFixture } from './fixtures.js';
import { cleanEnvironment } from './workplace.js';

const FILES = [
  '.gitignore',
  'README.md',
  'experiment.ts',
  'model.test.ts',
  'model.ts',
  'package.json',
  'tsconfig.json',
];

const { project } = inject('workplace');
const folder = join(project, 'my-detector');

function run(command: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: cleanEnvironment(), encoding: 'utf8' });
  return { status, stdout, stderr };
}

beforeAll(() => {
  expect(run('npx', ['voiceproof', 'init', 'my-detector'], project)).toMatchObject({ status: 0, stderr: '' });
});

test('a project has an experiment, a model, a test and a README', () => {
  expect(readdirSync(folder).sort()).toEqual(FILES);
});

test('what is there is not overwritten', () => {
  expect(run('npx', ['voiceproof', 'init', 'my-detector'], project)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'voiceproof: my-detector: expected a new folder, got one with files in it; name another\n',
  });
});

test('its model passes the contract', () => {
  // The packages that it asks for are those of the project around it.
  expect(run('npm', ['test'])).toMatchObject({ status: 0 });
});

test('it trains, and the run folder scores', async () => {
  expect(run('npm', ['run', 'train', '--', '--set', 'training.fastDevRun=1'])).toMatchObject({ status: 0 });
  await makeFixture('clip.wav', folder);
  const { stdout } = run('npx', ['voiceproof', 'score', '--checkpoint', 'runs/first', '--json', 'clip.wav']);
  expect(JSON.parse(stdout)).toMatchObject({ file: 'clip.wav', score: expect.any(Number) });
});

test('npm create voiceproof writes the same', () => {
  expect(run('npx', ['create-voiceproof', 'created'], project)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(project, 'created')).sort()).toEqual(FILES);
});
