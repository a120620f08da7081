import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_INDEX } from '../support/no-index.js';

const program = fileURLToPath(new URL('../../bin/voiceproof.js', import.meta.url));
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'voiceproof-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs the compiled program as a user does, on a machine with no Python, no pip and an empty cache. */
const run = (...words: string[]) => {
  const env = { PATH: home, HOME: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home, ...NO_INDEX };
  return spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env });
};

describe('voiceproof doctor', () => {
  it('puts one JSON object on stdout and ends with 1 where there is a problem', () => {
    const { status, stdout } = run('doctor', '--json');
    const diagnosis = JSON.parse(stdout);
    expect([status, diagnosis.ok, diagnosis.engine]).toEqual([1, false, null]);
    expect(diagnosis.checks.filter((check: { status: string }) => check.status === 'problem')).toHaveLength(1);
  });

  it('ends with 0 and nothing but the table where all is well', () => {
    const { status, stdout, stderr } = run('doctor', '--engine', 'cpu');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/engine {16}cpu 4\..*\n/);
    expect(stdout).toMatch(/All is well\.\n$/);
  });

  it('says the fix of each problem', () => {
    const { status, stdout } = run('doctor');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /problem {2}engine: tensorflow\S* [\d.]+: pip's settings .*\n {9}to mend it: run "voiceproof setup"/,
    );
  });
});

describe('voiceproof setup', () => {
  it('ends with 1 and one line that says what to do where it can not fetch', () => {
    const { status, stdout, stderr } = run('setup');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^voiceproof: engine: tensorflow\S* [\d.]+: pip's settings ask for no index; .* --library PATH/,
    );
  });

  it('names the path where a given library is not there', () => {
    const { status, stderr } = run('setup', '--library', join(home, 'nothing'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/nothing: expected TensorFlow's C library .* no such path/);
  });
});
