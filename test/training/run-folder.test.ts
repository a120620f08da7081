import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../src/experiment/config.js';
import type { Engine } from '../../src/runtime/engine.js';
import { CheckpointError } from '../../src/runtime/errors.js';
import { describeEngine, describeEnvironment, openRunFolder } from '../../src/training/run-folder.js';
import { createRecordingLogger } from '../support/recording-logger.js';

const config = parseExperiment({ model: { type: 'rawnet2' } }, 'test');
/** What a run folder reads of an engine. */
const engine = (settings: Partial<Engine>): Engine =>
  ({ kind: 'native', version: '2.21.0', usesGpu: false, kernels: 'onednn', threads: 2, ...settings }) as Engine;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'voiceproof-folder-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (settings: Partial<Engine>, resume: boolean, logger = createRecordingLogger()) =>
  openRunFolder(join(directory, 'run'), { name: 'run', config, engine: engine(settings), resume }, logger);

/** Changes what the folder says of its engine. */
function rewrite(change: (recorded: Record<string, unknown>) => void): void {
  const path = join(directory, 'run', 'config.json');
  const record = JSON.parse(readFileSync(path, 'utf8'));
  change(record.environment.engine);
  writeFileSync(path, JSON.stringify(record));
}

describe('a run folder', () => {
  it('records what decides the last bits, and says it in words', async () => {
    const { environment } = await open({}, false);
    expect(environment.engine).toMatchObject({ kind: 'native', kernels: 'onednn', threads: 2 });
    expect(environment.engine).toHaveProperty('instructions');
    expect(describeEngine(environment)).toBe('TensorFlow 2.21.0, CPU, kernels onednn, threads 2');
    const plain = describeEnvironment(engine({ kind: 'cpu', version: '4.22.0', kernels: null, threads: null }));
    expect(describeEngine(plain)).toBe('TensorFlow.js (cpu) 4.22.0, CPU');
  });

  it.each([
    [{ kernels: 'eigen' }, 'kernels onednn, now eigen'],
    [{ threads: 4 }, 'threads 2, now 4'],
    [
      { kind: 'cpu', kernels: null, threads: null },
      'kind native, now cpu; kernels onednn, now none; threads 2, now none',
    ],
  ] as const)('is not resumed where the bits would be others: %o', async (settings, told) => {
    await open({}, false);
    await expect(open(settings, true)).rejects.toThrow(CheckpointError);
    await expect(open(settings, true)).rejects.toThrow(
      `other settings of the engine (${told}); give the engine those it had`,
    );
  });

  it('is resumed with equal settings, and where an earlier version recorded none', async () => {
    await open({}, false);
    const logger = createRecordingLogger();
    expect((await open({}, true, logger)).environment.engine.kernels).toBe('onednn');
    rewrite((recorded) => {
      delete recorded.kernels;
      delete recorded.threads;
      delete recorded.instructions;
    });
    await open({ kernels: 'eigen', threads: 9 }, true, logger);
    expect(logger.warnings).toEqual([]);
  });

  it('warns where another CPU resumes it', async () => {
    await open({}, false);
    rewrite((recorded) => {
      recorded.instructions = 'another';
    });
    const logger = createRecordingLogger();
    await open({}, true, logger);
    expect(logger.warnings).toEqual([expect.stringContaining('was started on a CPU with another')]);
  });
});
