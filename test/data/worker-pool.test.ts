import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExampleRecipe } from '../../src/data/example.js';
import { startWorkerPool, type WorkerAnswer, type WorkerSetup } from '../../src/data/worker-pool.js';
import { AudioError, ConfigError } from '../../src/runtime/errors.js';

/** A thread that does nothing by itself: the tests play its part. */
class FakeWorker extends EventEmitter {
  readonly place: WorkerSetup['place'];
  readonly tasks: unknown[] = [];
  keepsAlive = true;
  keptAliveAtEnd = false;

  constructor(_url: URL, { workerData }: { workerData: WorkerSetup }) {
    super();
    this.place = workerData.place;
    started.push(this);
  }
  ref() {
    this.keepsAlive = true;
  }
  unref() {
    this.keepsAlive = false;
  }
  postMessage(task: unknown) {
    this.tasks.push(task);
  }
  answer(answer: WorkerAnswer) {
    this.emit('message', answer);
  }
  async terminate() {
    this.keptAliveAtEnd = this.keepsAlive;
    this.emit('exit', 1);
  }
}

const started: FakeWorker[] = [];
// The mock stands above the class when it runs, so it reaches for it only when a thread is started.
vi.mock('node:worker_threads', () => ({
  Worker: class {
    constructor(url: URL, options: { workerData: WorkerSetup }) {
      // biome-ignore lint/correctness/noConstructorReturn: stands in for a class that is not there yet
      return new FakeWorker(url, options) as unknown as Worker;
    }
  },
}));

const recipe: ExampleRecipe = {
  feature: undefined,
  nSamples: 2,
  crop: 'start',
  augment: [],
  noise: [],
  sampleRate: 16000,
  seed: 1,
  cacheDirectory: undefined,
};
const clips = ['a', 'b', 'c'].map((name) => ({
  path: `/clips/${name}.wav`,
  utterance: name,
  label: 'spoof' as const,
}));
const batch = { inputs: Float32Array.of(1, 2), shape: [1, 2] };

describe('startWorkerPool', () => {
  let warnings: string[];
  const start = (n: number) => startWorkerPool(recipe, n, (line) => warnings.push(line));

  beforeEach(() => {
    started.length = 0;
    warnings = [];
  });

  it('gives each task to the thread with the least to do', () => {
    const pool = start(2);
    for (let i = 0; i < 3; i++) void pool.make(clips, i);
    expect(started.map(({ tasks }) => tasks)).toEqual([
      [
        { clips, epoch: 0 },
        { clips, epoch: 2 },
      ],
      [{ clips, epoch: 1 }],
    ]);
  });

  it('keeps the process alive only while something is asked for', async () => {
    const pool = start(1);
    const [worker] = started;
    expect(worker.keepsAlive).toBe(false);
    const made = [pool.make(clips, 0), pool.make(clips, 1)];
    worker.answer({ batch, warnings: ['odd'] });
    expect(worker.keepsAlive).toBe(true);
    worker.answer({ batch, warnings: [] });
    expect(worker.keepsAlive).toBe(false);
    expect(await Promise.all(made)).toEqual([batch, batch]);
    expect(warnings).toEqual(['odd']);
  });

  it('keeps the process alive until the threads have ended, idle ones too', async () => {
    const pool = startWorkerPool(recipe, 2, () => {});
    await pool.close();
    expect(started.map(({ keptAliveAtEnd }) => keptAliveAtEnd)).toEqual([true, true]);
  });

  it('throws what the thread threw, by its class, and goes on', async () => {
    const pool = start(1);
    const made = [pool.make(clips, 0), pool.make(clips, 1), pool.make(clips, 2)];
    started[0].answer({ failure: { name: 'AudioError', message: '/clips/b.wav: odd' }, warnings: [] });
    started[0].answer({ failure: { name: 'ConfigError', message: 'no such folder' }, warnings: [] });
    started[0].answer({ batch, warnings: [] });
    await expect(made[0]).rejects.toThrow(AudioError);
    await expect(made[1]).rejects.toThrow(ConfigError);
    expect(await made[2]).toEqual(batch);
  });

  it.each<[string, (worker: FakeWorker) => void]>([
    ['throws', (worker) => worker.emit('error', new Error('out of memory'))],
    ['ends', (worker) => worker.emit('exit', 134)],
  ])('fails what was asked of a thread that %s, naming the clip it had in hand', async (_, die) => {
    const pool = start(1);
    const made = [pool.make(clips, 0), pool.make(clips, 1)];
    Atomics.store(started[0].place, 0, 1);
    die(started[0]);
    for (const one of [...made, pool.make(clips, 2)]) {
      await expect(one).rejects.toThrow(AudioError);
      await expect(one).rejects.toThrow(/^\/clips\/b\.wav: .*(out of memory|134)/);
    }
  });

  it('fails what is asked for when it is closed', async () => {
    const pool = start(1);
    const made = expect(pool.make(clips, 0)).rejects.toThrow('closed while in use');
    await pool.close();
    await made;
  });
});
