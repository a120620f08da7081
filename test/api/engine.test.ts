import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  ConfigError,
  diagnose,
  EngineError,
  type HeldEngine,
  importAasist,
  openDetector,
  startEngine,
  verifyExport,
} from '../../src/index.js';
import { runningEngine } from '../../src/runtime/engine.js';
import { createRecordingLogger } from '../support/recording-logger.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const held: HeldEngine[] = [];
const start = async (options?: Parameters<typeof startEngine>[0]): Promise<HeldEngine> => {
  const engine = await startEngine(options);
  held.push(engine);
  return engine;
};
afterEach(() => {
  for (const engine of held.splice(0)) engine.close();
  expect(runningEngine()).toBeUndefined();
});

describe('the engine', () => {
  it('is one for all who hold it, and runs until the last lets go, in whatever order', async () => {
    const logger = createRecordingLogger();
    const [first, second, detector] = await Promise.all([start({ logger }), start({ logger }), openDetector()]);
    // Started once, by the first.
    expect(logger.infos).toEqual([expect.stringMatching(/^engine: TensorFlow .* \(CPU\)$/)]);
    expect([first.kind, second.kind]).toEqual(['native', 'native']);
    first.close();
    first.close();
    expect(runningEngine()).toBeDefined();
    detector.dispose();
    detector.dispose();
    expect(runningEngine()).toBeDefined();
    await second[Symbol.asyncDispose]();
    expect(runningEngine()).toBeUndefined();
    // And starts again.
    await start();
    expect(runningEngine()?.kind).toBe('native');
  });

  it('is closed at the end of its block', async () => {
    {
      await using engine = await startEngine({ engine: 'wasm' });
      expect(runningEngine()?.kind).toBe(engine.kind);
    }
    expect(runningEngine()).toBeUndefined();
  });

  it.each([
    [{ engine: 'cpu' }, /wasm runs already, and not with `engine: cpu`/],
    [{ device: 'cuda' }, /not with `device: cuda`/],
    [{ threads: 3 }, /not with `threads: 3`/],
    [{ purpose: 'training' }, /lacks the kernels for gradients; close what uses it/],
  ] as const)('that runs is not taken for another: %o', async (options, message) => {
    await start({ engine: 'wasm' });
    const other = startEngine(options);
    await expect(other).rejects.toThrow(EngineError);
    await expect(other).rejects.toThrow(message);
    // The refused did not hold it, and the first still does.
    expect(runningEngine()?.kind).toBe('wasm');
  });

  it('that fails to start for one is started anew for another who waited', async () => {
    const missing = startEngine({ libraryPath: join(folder, 'none') });
    const other = start({ engine: 'wasm' });
    await expect(missing).rejects.toThrow(EngineError);
    expect((await other).kind).toBe('wasm');
  });

  it('is refused by option, and not started for who gave up', async () => {
    await expect(startEngine({ threads: 0 })).rejects.toThrow(ConfigError);
    await expect(startEngine({ threads: 0 })).rejects.toThrow(/^`threads`: expected a whole number/);
    await expect(startEngine({ signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
    const stop = new AbortController();
    const starting = startEngine({ engine: 'wasm', signal: stop.signal });
    stop.abort(new Error('changed my mind'));
    await expect(starting).rejects.toThrow('changed my mind');
  });

  it('is let go of by what fails, and by what is examined while it runs', async () => {
    const none = join(folder, 'none');
    await expect(openDetector(none, { engine: 'wasm' })).rejects.toThrow(/expected a checkpoint/);
    await expect(verifyExport(none, { engine: 'wasm' })).rejects.toThrow(/none/);
    await expect(importAasist(none, { engine: 'wasm', output: join(folder, 'out') })).rejects.toThrow(/none/);
    expect(runningEngine()).toBeUndefined();
    const engine = await start({ engine: 'wasm' });
    const { ok, checks } = await diagnose({ engine: 'wasm' });
    expect(ok).toBe(false);
    expect(checks.find(({ name }) => name === 'engine')?.detail).toMatch(/wasm runs already/);
    expect(runningEngine()).toMatchObject({ source: engine.source });
  });
});
