import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import { C_FUNCTIONS, libraryFilesIn, loadCApi } from '../../../src/runtime/native/c-api.js';
import { withStderrAside } from '../../../src/runtime/native/quiet-start.js';
import { wheelSetFor } from '../../../src/runtime/native/wheels.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voiceproof-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function libraryWith(...names: string[]): string {
  const directory = mkdtempSync(join(folder, 'library-'));
  for (const name of names) writeFileSync(join(directory, name), 'not a library');
  return directory;
}

describe('the files of the library', () => {
  it.each([
    ['linux', ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'], 'libtensorflow_cc.so.2'],
    ['linux', ['libtensorflow_framework.so.2', 'libtensorflow.so.2'], 'libtensorflow.so.2'],
    ['darwin', ['libtensorflow_framework.2.dylib', 'libtensorflow_cc.2.dylib'], 'libtensorflow_cc.2.dylib'],
    ['win32', ['tensorflow.dll'], 'tensorflow.dll'],
  ])('are found by their names on %s: %s', (platform, names, main) => {
    const directory = libraryWith(...names);
    expect(libraryFilesIn(directory, platform)?.main).toBe(join(directory, main));
  });

  it('are not found where one of two is missing, or the platform is another', () => {
    const directory = libraryWith('libtensorflow_cc.so.2');
    expect(libraryFilesIn(directory, 'linux')).toBeUndefined();
    expect(libraryFilesIn(directory, 'darwin')).toBeUndefined();
    expect(libraryFilesIn(directory, 'sunos')).toBeUndefined();
  });
});

describe('a library that is none', () => {
  it('is an error in one line that names the file', () => {
    const main = join(libraryWith('libtensorflow_cc.so.2'), 'libtensorflow_cc.so.2');
    const load = () => withStderrAside(() => loadCApi({ main }));
    expect(load).toThrow(EngineError);
    expect(load).toThrow(/^TensorFlow library .*libtensorflow_cc\.so\.2: can't be loaded: .+$/);
  });
});

/** What test/fixtures/runtime/mac-symbols.mjs read from the wheel: no Mac was at hand. */
describe("the pinned library for Macs with Apple's processors", () => {
  const fixture = new URL('../../fixtures/runtime/mac-symbols.json', import.meta.url);
  const { wheel, functions, loads, searched } = JSON.parse(readFileSync(fixture, 'utf8'));

  it('exports every function that is called', () => {
    expect(C_FUNCTIONS.length).toBeGreaterThan(50);
    expect(C_FUNCTIONS.filter((name) => !functions.includes(name))).toEqual([]);
  });

  it('finds its other half beside itself', () => {
    expect(loads).toContain('@rpath/libtensorflow_framework.2.dylib');
    expect(searched).toContain('@loader_path/');
  });

  it('is the one that was read', () => {
    const pinned = wheelSetFor('darwin', 'arm64', 'cpu')?.wheels[0];
    expect(wheel.sha256, 'run test/fixtures/runtime/mac-symbols.mjs again').toBe(pinned?.sha256);
  });
});
