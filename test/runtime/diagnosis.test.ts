import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDriver, checkNode, checkSpeed, diagnose } from '../../src/runtime/diagnosis.js';
import type { EngineOptions } from '../../src/runtime/engine.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { NO_INDEX } from '../support/no-index.js';

let cacheDirectory: string;
beforeEach(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), 'voiceproof-cache-'));
});
afterEach(() => rmSync(cacheDirectory, { recursive: true, force: true }));

const diagnoseBare = (options: Partial<EngineOptions>) =>
  diagnose({
    engine: 'auto',
    purpose: 'training',
    device: 'auto',
    logger: silentLogger,
    cacheDirectory,
    environment: { PATH: cacheDirectory, ...NO_INDEX },
    ...options,
  });

describe('a diagnosis', () => {
  it('is a problem with its fix where there is no engine and no pip', async () => {
    const { ok, engine, matmulGflops, python, pip, checks } = await diagnoseBare({});
    expect([ok, engine, matmulGflops, python, pip]).toEqual([false, null, null, null, null]);
    expect(checks.find(({ name }) => name === 'engine')).toEqual({
      name: 'engine',
      status: 'problem',
      detail: expect.stringMatching(/^tensorflow\S* [\d.]+: pip's settings ask for no index$/),
      fix: expect.stringMatching(/^run "voiceproof setup" while online, or install Python's "tensorflow"/),
    });
  });

  it('computes with the native engine and finds it right and free of leaks', async () => {
    const { engine, cpu, matmulGflops, checks } = await diagnoseBare({ device: 'cpu', cacheDirectory: undefined });
    expect(engine?.kind).toBe('native');
    expect(matmulGflops).toBeGreaterThan(0);
    expect(engine).toMatchObject({ kernels: expect.stringMatching(/^(onednn|eigen)$/), threads: expect.any(Number) });
    expect(cpu.cores).toBeGreaterThan(0);
    expect(checks.find(({ name }) => name === 'speed')?.detail).toContain(`${matmulGflops} GFLOP/s by `);
    for (const name of ['engine', 'matrix product', 'convolution gradient', 'tensor leaks']) {
      expect(checks.find((check) => check.name === name)).toMatchObject({ status: 'ok', fix: null });
    }
  });

  it.each(['cpu', 'wasm'] as const)('computes with the stand-in %s', async (kind) => {
    const { ok, engine, checks } = await diagnoseBare({ engine: kind });
    expect([ok, engine?.kind]).toEqual([true, kind]);
    expect(checks.some(({ name }) => name === 'convolution gradient')).toBe(kind === 'cpu');
  });

  it('closes the engine, so that another can be started', async () => {
    await diagnoseBare({ engine: 'cpu' });
    expect((await diagnoseBare({ engine: 'cpu' })).ok).toBe(true);
  });
});

describe('what is judged', () => {
  it.each([
    ['18.20.0', 'problem'],
    ['20.18.3', 'problem'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('Node %s is %s', (version, status) => expect(checkNode(version).status).toBe(status));

  it('a rate is judged by what the CPU could do', () => {
    const oneDnn = { kernels: 'onednn', threads: 2 } as const;
    expect(checkSpeed(100, 128, oneDnn)).toMatchObject({
      status: 'ok',
      detail:
        '100 GFLOP/s by onednn kernels on 2 threads, 78 % of the 128 that its cores could do at the clock they tell',
    });
    expect(checkSpeed(20, 128, oneDnn)).toMatchObject({ status: 'note', fix: expect.stringMatching(/^close other/) });
    expect(checkSpeed(20, 128, { ...oneDnn, kernels: 'eigen' }).fix).toMatch(/^use oneDNN/);
    expect(checkSpeed(20, null, oneDnn)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining("can't be told"),
    });
  });

  it('a GPU is judged by its driver, and missed only where it is asked for', () => {
    const gpu = { name: 'A GPU', memory: '8 GiB' };
    expect(checkDriver([{ ...gpu, driver: '535.54.03' }], 'auto').status).toBe('ok');
    expect(checkDriver([{ ...gpu, driver: '470.82.01' }], 'auto')).toMatchObject({ status: 'problem' });
    expect(checkDriver([], 'auto').status).toBe('ok');
    expect(checkDriver([], 'cuda').status).toBe('problem');
  });
});
