import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerUrl } from '../../src/runtime/worker-url.js';

describe('workerUrl', () => {
  let root: string;
  const url = (path: string) => pathToFileURL(join(root, path)).href;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'voiceproof-src-'));
    mkdirSync(join(root, 'src/clone/dist/data'), { recursive: true });
    writeFileSync(join(root, 'src/clone/dist/data/worker.js'), '');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(['dist/data/pool.js', 'dist/chunks/pool-A1B2.js'])('is found from the compiled caller %s', (caller) => {
    expect(workerUrl(url(`src/clone/${caller}`), 'data/worker.js').href).toBe(url('src/clone/dist/data/worker.js'));
  });

  it('is the compiled twin for a caller in src, also in a clone that lies below another src', () => {
    expect(workerUrl(url('src/clone/src/data/pool.ts'), 'data/worker.js').href).toBe(
      url('src/clone/dist/data/worker.js'),
    );
  });

  it('says to build where there is no compiled worker', () => {
    expect(() => workerUrl(url('src/clone/src/data/pool.ts'), 'data/other.js')).toThrow(/other\.js.*npm run build/);
  });
});
