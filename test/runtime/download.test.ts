import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadPinned } from '../../src/runtime/download.js';
import { createRecordingLogger } from '../support/recording-logger.js';

const CONTENT = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 31) % 256));
const PIN = { bytes: CONTENT.length, sha256: createHash('sha256').update(CONTENT).digest('hex') };
const ADVICE = 'copy it here';

let directory: string;
let server: Server;
let base: string;
/** What the server does with the next requests. */
let mode: 'whole' | 'broken' | 'other' | 'missing' | 'no ranges';
let ranges: (string | undefined)[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'voiceproof-download-'));
  [mode, ranges] = ['whole', []];
  server = createServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    const start = mode === 'no ranges' ? 0 : Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    if (mode === 'missing') return response.writeHead(404).end();
    if (mode === 'other') return response.end(Buffer.alloc(CONTENT.length));
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': CONTENT.length - start });
    if (mode !== 'broken') return response.end(CONTENT.subarray(start));
    return response.write(CONTENT.subarray(start, 20_000), () => setTimeout(() => response.destroy(), 20));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

const target = () => join(directory, 'deep', 'weights.pth');
const download = (pin: typeof PIN = PIN) => {
  const logger = createRecordingLogger();
  return downloadPinned({ url: `${base}/a/weights.pth`, ...pin }, target(), { logger, advice: ADVICE }).finally(() => {
    expect(logger.openDisplays()).toBe(0);
  });
};

test('brings the file, and does not ask for what is there whole', async () => {
  await download();
  expect(readFileSync(target())).toEqual(CONTENT);
  await download();
  expect(ranges).toEqual([undefined]);
  writeFileSync(target(), 'damaged');
  await download();
  expect(readFileSync(target())).toEqual(CONTENT);
  expect(existsSync(`${target()}.part`)).toBe(false);
});

test('goes on where a download broke off', async () => {
  mode = 'broken';
  await expect(download()).rejects.toThrow(/weights\.pth: can't be fetched \(.*\); copy it here$/);
  expect(existsSync(target())).toBe(false);
  mode = 'whole';
  await download();
  expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  expect(readFileSync(target())).toEqual(CONTENT);
});

test('starts over with a server that does not know ranges', async () => {
  mode = 'broken';
  await expect(download()).rejects.toThrow();
  mode = 'no ranges';
  await download();
  expect(readFileSync(target())).toEqual(CONTENT);
});

test('refuses other content, and forgets it', async () => {
  mode = 'other';
  await expect(download()).rejects.toThrow(
    /expected sha256 [0-9a-f]{12}\.\.\., got [0-9a-f]{12}\.\.\.: .*; copy it here$/,
  );
  expect(existsSync(target())).toBe(false);
  mode = 'whole';
  await download();
  expect(readFileSync(target())).toEqual(CONTENT);
});

test('says in one line what to do where there is no such file, too much of it, or no server', async () => {
  await expect(download({ ...PIN, bytes: 10 })).rejects.toThrow(/more than the 10 bytes expected.*; copy it here$/);
  mode = 'missing';
  await expect(download()).rejects.toThrow(/the server answered 404\); copy it here$/);
  base = 'http://127.0.0.1:1';
  await expect(download()).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:1\/a\/weights\.pth: can't be fetched .*; copy it here$/,
  );
});
