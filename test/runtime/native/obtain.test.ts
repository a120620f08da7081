import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { libraryAt, recordLibrary } from '../../../src/runtime/native/locate.js';
import { type ObtainOptions, obtainLibrary } from '../../../src/runtime/native/obtain.js';
import type { WheelSet } from '../../../src/runtime/native/wheels.js';
import { createFakeMachine, type FakeMachine, writeFakeLibrary } from '../../support/fake-wheels.js';
import { createRecordingLogger, type RecordingLogger } from '../../support/recording-logger.js';

let machine: FakeMachine;
let logger: RecordingLogger;
beforeEach(() => {
  machine = createFakeMachine();
  logger = createRecordingLogger();
});
afterEach(() => machine.remove());

const obtain = (options: Partial<ObtainOptions> = {}) =>
  obtainLibrary({
    device: 'auto',
    cacheDirectory: machine.cacheDirectory,
    environment: machine.environment,
    wheels: () => machine.wheels,
    hasGpu: false,
    logger,
    ...options,
  });
const withLibrary = (name: string): string => {
  const folder = join(machine.root, name, 'tensorflow');
  writeFakeLibrary(folder);
  return folder;
};

describe('the search for the library', () => {
  it('takes the path the user gives before anything else, and asks nobody', async () => {
    const given = withLibrary('given');
    recordLibrary(machine.cacheDirectory, libraryAt(withLibrary('recorded')), true);
    machine.addProgram('python3', { directory: withLibrary('site'), version: '2.21.0' });
    expect((await obtain({ libraryPath: given })).source).toBe(given);
    expect(machine.calls()).toEqual([]);
  });

  it('does not go on where the path the user gives holds nothing', async () => {
    machine.addProgram('python3', { directory: withLibrary('site'), version: '2.21.0' });
    await expect(obtain({ libraryPath: join(machine.root, 'nothing') })).rejects.toThrow(/no such path/);
  });

  it('takes what was recorded before the cache, and the cache before asking Python, without starting a program', async () => {
    machine.addProgram('pip3');
    expect((await obtain()).source).toContain('the cache');
    const fetching = machine.calls().length;
    machine.addProgram('python3', { directory: withLibrary('site'), version: '2.21.0' });
    expect((await obtain()).source).toContain('the cache');
    const recorded = libraryAt(withLibrary('recorded'));
    recordLibrary(machine.cacheDirectory, recorded, false);
    expect(await obtain()).toEqual(recorded);
    expect(machine.calls()).toHaveLength(fetching);
  });

  it('takes an installed tensorflow before it fetches', async () => {
    machine.addProgram('python3', { directory: withLibrary('site'), version: '2.21.0' });
    expect((await obtain()).source).toContain("Python's tensorflow");
    expect(machine.calls().some((call) => call.includes('download'))).toBe(false);
  });

  it('fetches where nothing else is left, and says so', async () => {
    machine.addProgram('python3');
    const { source, files } = await obtain();
    expect(source).toBe(`the cache, ${join(machine.cacheDirectory, 'engine', machine.wheels.id)}`);
    expect(files.main).toContain(machine.wheels.id);
    expect(logger.infos[0]).toMatch(/^Fetching TensorFlow \(9\.9\.9, .*, once for this user\.$/);
  });

  it.each([
    ['win32', 'x64', null, /for Windows can't be used without Python; use WSL, or a Docker image .*; scoring works/],
    ['darwin', 'x64', null, /no longer built for Macs with Intel processors; use a Docker image .*; scoring works/],
    ['linux', 'riscv64', 'glibc', /no build of TensorFlow is pinned for linux-riscv64; install .* --library PATH/],
  ] as const)('says the way out where nothing is built: %s-%s', async (platform, arch, libc, told) => {
    const none = { wheels: () => undefined, machine: { platform, arch, libc } };
    await expect(obtain(none)).rejects.toThrow(told);
    machine.addProgram('python3', { directory: withLibrary('site'), version: '2.21.0' });
    expect((await obtain(none)).source).toContain("Python's tensorflow");
  });

  it('takes nothing for glibc where the C library is musl, but what the user names', async () => {
    const alpine = { platform: 'linux', arch: 'x64', libc: 'musl' } as const;
    recordLibrary(machine.cacheDirectory, libraryAt(withLibrary('recorded')), false);
    await expect(obtain({ machine: alpine })).rejects.toThrow(
      /^engine: TensorFlow isn't built for .* musl, .*; use a Docker image with glibc, .*; scoring works without/,
    );
    const given = withLibrary('given');
    expect((await obtain({ machine: alpine, libraryPath: given })).source).toBe(given);
  });

  it('says where there is an engine, but none for the GPU', async () => {
    const arm = { platform: 'linux', arch: 'arm64', libc: 'glibc' } as const;
    await expect(obtain({ machine: arm, device: 'cuda', wheels: () => undefined })).rejects.toThrow(
      /no CUDA build of TensorFlow is pinned for linux-arm64, .* use device cpu/,
    );
  });
});

describe('the choice of the build', () => {
  const wheels = (asked: string[]) => (variant: WheelSet['variant']) => {
    asked.push(variant);
    return variant === 'cpu' ? machine.wheels : undefined;
  };

  it('is the CPU build where there is no GPU, or the CPU is asked for', async () => {
    machine.addProgram('python3');
    const asked: string[] = [];
    await obtain({ wheels: wheels(asked) });
    await obtain({ wheels: wheels(asked), device: 'cpu', hasGpu: true });
    expect(asked).toEqual(['cpu', 'cpu']);
    expect(logger.warnings).toEqual([]);
  });

  it('is the CUDA build where there is a GPU, and the CPU build with one warning where that can not be had', async () => {
    machine.addProgram('python3');
    const asked: string[] = [];
    await obtain({ wheels: wheels(asked), hasGpu: true });
    expect(asked).toEqual(['cuda', 'cpu']);
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toMatch(/^there is a GPU, but the CPU is used: engine: no CUDA build/);
  });

  it('never falls back where CUDA is asked for', async () => {
    machine.addProgram('python3');
    await expect(obtain({ wheels: wheels([]), device: 'cuda' })).rejects.toThrow(/no CUDA build/);
  });
});
