import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import { fetchLibrary } from '../../../src/runtime/native/fetch.js';
import { isWhole } from '../../../src/runtime/native/locate.js';
import { createFakeMachine, type FakeMachine } from '../../support/fake-wheels.js';
import { createRecordingLogger, type RecordingLogger } from '../../support/recording-logger.js';

let machine: FakeMachine;
let logger: RecordingLogger;
let folder: string;
beforeEach(() => {
  machine = createFakeMachine();
  machine.addProgram('python3');
  logger = createRecordingLogger();
  folder = join(machine.cacheDirectory, 'engine', machine.wheels.id);
});
afterEach(() => machine.remove());

const { fetch, leftovers, downloads } = {
  fetch: (wheels = machine.wheels) =>
    fetchLibrary({ cacheDirectory: machine.cacheDirectory, wheels, logger, environment: machine.environment }),
  leftovers: () => readdirSync(join(machine.cacheDirectory, 'engine', 'staging')),
  downloads: () => machine.calls().filter((call) => call.includes(' download ')),
};

/** Runs `fetchLibrary` in a process of its own, on the compiled code. */
function fetchElsewhere(): { child: ChildProcess; done: Promise<{ code: number | null; said: string }> } {
  const script = `
    const { fetchLibrary } = await import(${JSON.stringify(new URL('../../../dist/runtime/native/fetch.js', import.meta.url).href)});
    const logger = { info: console.log, warn: console.log, progress: () => ({ update() {}, end() {} }) };
    const options = ${JSON.stringify({ cacheDirectory: machine.cacheDirectory, wheels: machine.wheels, environment: machine.environment })};
    console.log('folder ' + await fetchLibrary({ ...options, logger }));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  return { child, done: new Promise((resolve) => child.on('close', (code) => resolve({ code, said }))) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 50) {
    if (waited > 20_000) throw new Error('waited in vain');
    await sleep(50);
  }
}

describe('fetching the library', () => {
  it('keeps only what is needed, leaves no wheel behind, and is done once', async () => {
    expect(await fetch()).toBe(folder);
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'tensorflow', 'tensorflow_cpu-9.9.9.dist-info']);
    expect(readdirSync(join(folder, 'tensorflow')).sort()).toEqual([
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ]);
    expect(readFileSync(join(folder, 'tensorflow', 'libtensorflow_framework.so.2'), 'utf8')).toBe('the framework');
    expect(leftovers()).toEqual([]);
    expect(existsSync(`${folder}.lock`)).toBe(false);
    await fetch();
    expect(downloads()).toHaveLength(1);
    expect(logger.openDisplays()).toBe(0);
  });

  it('asks pip for the hash, the platform and nothing beside the wheel', async () => {
    await fetch();
    for (const word of ['--require-hashes', '--no-deps', '--only-binary=:all:', '--platform=manylinux_2_27_x86_64']) {
      expect(downloads()[0]).toContain(word);
    }
  });

  it('notices a library that was cut short, and fetches it anew', async () => {
    await fetch();
    truncateSync(join(folder, 'tensorflow', 'libtensorflow_cc.so.2'), 100);
    expect(isWhole(folder, machine.wheels)).toBe(false);
    await fetch();
    expect(isWhole(folder, machine.wheels)).toBe(true);
    expect(logger.warnings).toEqual([`${folder} is damaged; fetching it anew`]);
    expect(leftovers()).toEqual([]);
  });

  it('does not take a folder made from other wheels for its own', async () => {
    await fetch();
    const repinned = {
      ...machine.wheels,
      wheels: machine.wheels.wheels.map((w) => ({ ...w, sha256: 'f'.repeat(64) })),
    };
    expect(isWhole(folder, repinned)).toBe(false);
  });

  it.each([
    ['offline', /can't reach its package index; go online once and run "voiceproof setup", or install Python/],
    ['disk full', /the disk filled up .* free some space/],
    ['no such wheel', /package index has no tensorflow-cpu 9\.9\.9 for this platform, or can't be read; install/],
    ['corrupt', /as fetched is not the pinned file: expected sha256 .* got /],
  ] as const)('ends in one line and an untouched cache when %s', async (mood, message) => {
    machine.setMood(mood);
    const error = await fetch().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(EngineError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
    expect(existsSync(folder)).toBe(false);
    expect(leftovers()).toEqual([]);
    expect(existsSync(`${folder}.lock`)).toBe(false);
    expect(logger.openDisplays()).toBe(0);
  });

  it('says before it starts that the disk is too small', async () => {
    await expect(fetch({ ...machine.wheels, unpackedBytes: 1e18 })).rejects.toThrow(
      /needs \d+ MB of disk .* MB are free/,
    );
    expect(downloads()).toEqual([]);
  });

  it('says so where the cache can not be made', async () => {
    writeFileSync(machine.cacheDirectory, 'a file, not a folder');
    await expect(fetch()).rejects.toThrow(EngineError);
  });
});

describe('the program that fetches', () => {
  const without = (): void => {
    machine.remove();
    machine = createFakeMachine();
    folder = join(machine.cacheDirectory, 'engine', machine.wheels.id);
  };

  it('is uv where there is no pip', async () => {
    without();
    machine.addProgram('uv');
    await fetch();
    expect(downloads()[0]).toMatch(/^uv run --quiet --no-project --with pip python -m pip download /);
  });

  it('is the next pip where one fails for a reason of its own', async () => {
    machine.addProgram('pip3');
    machine.setMood('no such wheel');
    await expect(fetch()).rejects.toThrow(EngineError);
    expect(downloads().map((call) => call.split(' ')[0])).toEqual(['python3', 'pip3']);
  });

  it('is not changed where the network is down', async () => {
    machine.addProgram('pip3');
    machine.setMood('offline');
    await expect(fetch()).rejects.toThrow(EngineError);
    expect(downloads()).toHaveLength(1);
  });

  it('is missed only where the index can not be reached either', async () => {
    without();
    await expect(fetch()).rejects.toThrow(
      /^engine: tensorflow-cpu 9\.9\.9 from http:\/\/127\.0\.0\.1:9\/simple: can't be reached \(.*ECONNREFUSED.*\); go online once and run "voiceproof setup", or install/,
    );
  });
});

describe('several processes', () => {
  it('fetch once between them when they start together', async () => {
    machine.setMood('slow');
    const results = await Promise.all([fetchElsewhere().done, fetchElsewhere().done]);
    for (const { code, said } of results) {
      expect(code).toBe(0);
      expect(said).toContain(`folder ${folder}`);
    }
    expect(downloads()).toHaveLength(1);
    expect(results.filter(({ said }) => said.includes('is fetching TensorFlow; waiting for it'))).toHaveLength(1);
  });

  it('take over from one that was killed in the middle, and clean up after it', async () => {
    machine.setMood('hangs');
    const { child, done } = fetchElsewhere();
    await until(() => downloads().length === 1);
    child.kill('SIGKILL');
    await done;
    expect(existsSync(`${folder}.lock`)).toBe(true);
    expect(leftovers()).toHaveLength(1);
    machine.setMood('serves');
    await fetch();
    expect(isWhole(folder, machine.wheels)).toBe(true);
    expect(leftovers()).toEqual([]);
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });

  it('leave the staging of another library alone', async () => {
    const other = join(machine.cacheDirectory, 'engine', 'staging', 'tensorflow-8.8.8-test-cpu.1');
    mkdirSync(other, { recursive: true });
    await fetch();
    expect(existsSync(other)).toBe(true);
  });
});
