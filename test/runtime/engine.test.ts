import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userCacheDirectory } from '../../src/runtime/cache-directory.js';
import { type Engine, type EngineOptions, setUpNativeEngine, startEngine } from '../../src/runtime/engine.js';
import { EngineError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { recordedLibrary } from '../../src/runtime/native/locate.js';
import { obtainLibrary } from '../../src/runtime/native/obtain.js';
import { NO_INDEX } from '../support/no-index.js';
import { createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js';

let cacheDirectory: string;
let logger: RecordingLogger;
let engine: Engine | undefined;
beforeEach(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), 'voiceproof-cache-'));
  logger = createRecordingLogger();
});
afterEach(() => {
  engine?.close();
  engine = undefined;
  rmSync(cacheDirectory, { recursive: true, force: true });
});

/** Starts an engine where there is no Python, no pip and nothing in the cache. */
async function startBare(options: Partial<EngineOptions>): Promise<Engine> {
  const bare = { engine: 'auto', purpose: 'training', device: 'auto', logger, cacheDirectory } as const;
  engine = await startEngine({ ...bare, environment: { PATH: cacheDirectory, ...NO_INDEX }, ...options });
  return engine;
}

const product = (): number[] =>
  tf.tidy(() => [...tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()]);
const slope = (): number =>
  tf.tidy(
    () =>
      tf
        .grad((x) => x.square().sum())(tf.tensor1d([3]))
        .dataSync()[0] as number,
  );

describe('the choice of the engine', () => {
  it('falls back to plain JavaScript for training, with one line that says why and how much slower', async () => {
    const { kind, usesGpu } = await startBare({});
    expect([kind, usesGpu]).toEqual(['cpu', false]);
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toMatch(
      /^the native engine can't be used, so training runs in plain JavaScript, about 1000 times slower: engine: tensorflow\S* [\d.]+: pip's settings ask for no index/,
    );
    expect([product(), slope()]).toEqual([[11], 6]);
  });

  it('falls back to WebAssembly for inference, without a network', async () => {
    const { kind, source } = await startBare({ purpose: 'inference' });
    expect([kind, tf.getBackend()]).toEqual(['wasm', 'wasm']);
    expect(source).toMatch(/in WebAssembly$/);
    expect(logger.warnings[0]).toMatch(/inference runs in WebAssembly, about 3 times slower/);
    expect(product()).toEqual([11]);
  });

  it.each([
    ['Alpine', { platform: 'linux', arch: 'x64', libc: 'musl' }, /isn't built for .* musl/],
    ['Windows', { platform: 'win32', arch: 'x64', libc: null }, /for Windows can't be used without Python; use WSL/],
    ['Macs with Intel processors', { platform: 'darwin', arch: 'x64', libc: null }, /no longer built for Macs/],
  ] as const)('scores in WebAssembly on %s, with one line that says the way out', async (_, machine, told) => {
    const { kind } = await startBare({ purpose: 'inference', machine });
    expect([kind, logger.warnings.length]).toEqual(['wasm', 1]);
    expect(logger.warnings[0]).toMatch(told);
    expect(product()).toEqual([11]);
  });

  it('does not fall back where native, CUDA or a library is asked for by name', async () => {
    await expect(startBare({ engine: 'native' })).rejects.toThrow(/install Python's "tensorflow"/);
    await expect(startBare({ libraryPath: join(cacheDirectory, 'nothing') })).rejects.toThrow(/no such path/);
    await expect(startBare({ device: 'cuda' })).rejects.toThrow(EngineError);
    expect(logger.warnings).toEqual([]);
  });

  it('refuses to train in WebAssembly, and CUDA in the stand-ins', async () => {
    await expect(startBare({ engine: 'wasm' })).rejects.toThrow(/lacks the kernels for gradients; train with/);
    await expect(startBare({ engine: 'wasm', purpose: 'inference', device: 'cuda' })).rejects.toThrow(/no device cuda/);
    await expect(startBare({ engine: 'cpu', device: 'cuda' })).rejects.toThrow(/no device cuda/);
  });
});

describe('a running engine', () => {
  it('is the only one, until it is closed', async () => {
    const first = await startBare({ engine: 'cpu' });
    await expect(startBare({ engine: 'cpu' })).rejects.toThrow(/cpu runs already; close it first/);
    first.close();
    first.close();
    await startBare({ engine: 'wasm', purpose: 'inference' });
    expect(product()).toEqual([11]);
  });

  it.each(['cpu', 'native'] as const)('counts the tensors alive (%s)', async (kind) => {
    const { liveTensors } =
      kind === 'cpu'
        ? await startBare({ engine: 'cpu' })
        : await startBare({ engine: 'native', cacheDirectory: undefined });
    const before = liveTensors();
    const kept = tf.ones([2, 2]).add(1);
    kept.dataSync();
    expect(liveTensors()).toBeGreaterThan(before);
    kept.dispose();
  });

  it('says where the native one comes from', async () => {
    const { source, version, devices } = await startBare({
      engine: 'native',
      device: 'cpu',
      cacheDirectory: undefined,
    });
    expect(source).toMatch(new RegExp(`^TensorFlow ${version} from `));
    expect(devices).toContain('/job:localhost/replica:0/task:0/device:CPU:0');
    expect([product(), slope()]).toEqual([[11], 6]);
  });
});

describe('setting up', () => {
  it('remembers a library that was named, once it has started, until it is told to forget it', async () => {
    const { files } = await obtainLibrary({
      device: 'cpu',
      cacheDirectory: userCacheDirectory(),
      logger: silentLogger,
    });
    const options = {
      device: 'cpu',
      logger,
      cacheDirectory,
      environment: { PATH: cacheDirectory, ...NO_INDEX },
    } as const;
    const { source } = await setUpNativeEngine({ ...options, libraryPath: files.main, forget: false });
    expect(source).toMatch(/^TensorFlow \d/);
    expect((await setUpNativeEngine({ ...options, libraryPath: undefined, forget: false })).source).toBe(source);
    expect(recordedLibrary(cacheDirectory, 'cpu')?.files).toEqual(files);
    await expect(setUpNativeEngine({ ...options, libraryPath: undefined, forget: true })).rejects.toThrow(
      /pip's settings ask for no index/,
    );
    expect(recordedLibrary(cacheDirectory, 'cpu')).toBeUndefined();
  });
});
