import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import {
  findInstalled,
  forgetRecordedLibrary,
  libraryAt,
  recordedLibrary,
  recordLibrary,
} from '../../../src/runtime/native/locate.js';
import { createFakeMachine, type FakeMachine, writeFakeLibrary } from '../../support/fake-wheels.js';

let machine: FakeMachine;
beforeEach(() => {
  machine = createFakeMachine();
});
afterEach(() => machine.remove());

describe('a library the user names', () => {
  it.each(['tensorflow', '.', 'tensorflow/libtensorflow_cc.so.2'])(
    'is found by its folder, the folder above, or a file (%s)',
    (given) => {
      const folder = join(machine.root, 'site', 'tensorflow');
      writeFakeLibrary(folder);
      expect(libraryAt(join(machine.root, 'site', given)).files.main).toBe(join(folder, 'libtensorflow_cc.so.2'));
    },
  );

  it('is an error in one line where there is none', () => {
    const missing = join(machine.root, 'nowhere');
    expect(() => libraryAt(missing)).toThrow(EngineError);
    expect(() => libraryAt(missing)).toThrow(
      /nowhere: expected TensorFlow's C library .* no such path; name the folder/,
    );
    expect(() => libraryAt(machine.root)).toThrow(/found none there/);
  });
});

describe("Python's tensorflow", () => {
  const install = (version: string): string => {
    const directory = join(machine.root, 'site-packages', 'tensorflow');
    writeFakeLibrary(directory);
    machine.addProgram('python3', { directory, version });
    return directory;
  };
  const find = (variant: 'cpu' | 'cuda' = 'cpu') => findInstalled(machine.cacheDirectory, variant, machine.environment);

  it('is found by asking Python, and from then on without asking', async () => {
    const directory = install('2.20.0');
    expect((await find())?.source).toContain(directory);
    expect(recordedLibrary(machine.cacheDirectory, 'cpu')?.files.main).toBe(join(directory, 'libtensorflow_cc.so.2'));
    expect(machine.calls()).toHaveLength(1);
  });

  it('is left alone where it is older than what was tried', async () => {
    install('2.17.1');
    expect(await find()).toBeUndefined();
  });

  it('is left alone for CUDA where it has no NVIDIA libraries beside it', async () => {
    install('2.21.0');
    expect(await find('cuda')).toBeUndefined();
    expect(await find('cpu')).toBeDefined();
    expect(recordedLibrary(machine.cacheDirectory, 'cuda')).toBeUndefined();
  });

  it('is not found where there is no Python', async () => {
    expect(await find()).toBeUndefined();
  });
});

describe('the record of a library', () => {
  it('is dropped where the file has changed, gone, or the record is damaged', () => {
    const folder = join(machine.root, 'tensorflow');
    writeFakeLibrary(folder);
    const library = libraryAt(folder);
    recordLibrary(machine.cacheDirectory, library, true);
    expect(recordedLibrary(machine.cacheDirectory, 'cuda')).toEqual(library);
    truncateSync(library.files.main, 3);
    expect(recordedLibrary(machine.cacheDirectory, 'cpu')).toBeUndefined();
    rmSync(folder, { recursive: true });
    expect(recordedLibrary(machine.cacheDirectory, 'cpu')).toBeUndefined();
    writeFileSync(join(machine.cacheDirectory, 'engine', 'library.json'), '{"files":');
    expect(recordedLibrary(machine.cacheDirectory, 'cpu')).toBeUndefined();
  });

  it('can be forgotten, even where there is none', () => {
    const folder = join(machine.root, 'tensorflow');
    writeFakeLibrary(folder);
    recordLibrary(machine.cacheDirectory, libraryAt(folder), true);
    forgetRecordedLibrary(machine.cacheDirectory);
    forgetRecordedLibrary(machine.cacheDirectory);
    expect(recordedLibrary(machine.cacheDirectory, 'cpu')).toBeUndefined();
  });
});
