import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeLock } from '../../../src/runtime/native/lock.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voiceproof-lock-'));
  path = join(folder, 'engine.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = (): boolean => false;
const nobody = (): void => {
  throw new Error('waited for a lock that should have been free');
};

it('is taken at once where nobody holds it, and is gone after release', async () => {
  const lock = await takeLock(path, nobody, never);
  expect(existsSync(path)).toBe(true);
  lock?.release();
  expect(existsSync(path)).toBe(false);
});

it('is waited for while another holds it, and says by which process it is held', async () => {
  const first = await takeLock(path, nobody, never);
  const waitedFor: (number | undefined)[] = [];
  const second = takeLock(path, (pid) => waitedFor.push(pid), never);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(waitedFor).toEqual([process.pid]);
  first?.release();
  (await second)?.release();
});

it('is not taken where the work turns out to be done while waiting', async () => {
  const first = await takeLock(path, nobody, never);
  expect(
    await takeLock(
      path,
      () => {},
      () => true,
    ),
  ).toBeUndefined();
  first?.release();
});

it('is taken over from a process that has died', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(path, JSON.stringify({ pid, host: hostname(), token: 'dead' }));
  const lock = await takeLock(path, nobody, never);
  expect(lock).toBeDefined();
  lock?.release();
});

it('is taken over from another machine that gives no sign of life', async () => {
  writeFileSync(path, JSON.stringify({ pid: 1, host: 'another machine', token: 'old' }));
  const aMinuteAgo = new Date(Date.now() - 60_000);
  utimesSync(path, aMinuteAgo, aMinuteAgo);
  const lock = await takeLock(path, nobody, never);
  expect(lock).toBeDefined();
  lock?.release();
});

it('leaves the lock of whoever took it over alone', async () => {
  const first = await takeLock(path, nobody, never);
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), token: 'another' }));
  first?.release();
  expect(existsSync(path)).toBe(true);
});
