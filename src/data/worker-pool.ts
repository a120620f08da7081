/** Threads that make batches, so that decoding and features don't wait for training, nor training for them. */
import { Worker } from 'node:worker_threads';
import { AudioError, ConfigError, messageOf, VoiceproofError } from '../runtime/errors.js';
import { workerUrl } from '../runtime/worker-url.js';
import type { Clip, ExampleBatch, ExampleRecipe } from './example.js';

/** What a thread is started with. */
export interface WorkerSetup {
  readonly recipe: ExampleRecipe;
  /** One shared number: the place of the clip in work, in the task in work. Survives the thread. */
  readonly place: Int32Array<SharedArrayBuffer>;
}

/** What a thread is asked for: a batch of these clips. */
export interface WorkerTask {
  readonly clips: readonly Clip[];
  readonly epoch: number;
}

/** What a thread says, once for each task and in their order. */
export type WorkerAnswer = { readonly warnings: readonly string[] } & (
  | { readonly batch: ExampleBatch }
  | { readonly failure: { readonly name: string; readonly message: string } }
);

/** A few threads that follow one recipe. */
export interface WorkerPool {
  /**
   * Makes a batch on the thread with the least to do. Bounding how many are asked for at a time is the caller's task.
   *
   * @throws AudioError that names the file; also where the thread died of it
   */
  make(clips: readonly Clip[], epoch: number): Promise<ExampleBatch>;
  /** Ends the threads; what is still asked for fails. */
  close(): Promise<void>;
}

interface Pending {
  readonly clips: readonly Clip[];
  readonly resolve: (batch: ExampleBatch) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Pending[];
  /** Why it works no more. */
  end: Error | undefined;
}

/**
 * Starts threads. They keep the process alive only while they have something to do.
 *
 * @param nWorkers at least 1
 * @param warn takes a line for a person, such as what was odd about a file
 * @throws VoiceproofError where the project has not been built
 */
export function startWorkerPool(recipe: ExampleRecipe, nWorkers: number, warn: (line: string) => void): WorkerPool {
  const url = workerUrl(import.meta.url, 'data/worker.js');
  const threads = Array.from({ length: nWorkers }, () => startThread(url, recipe, warn));
  return {
    make(clips, epoch) {
      const thread = threads.reduce((least, other) => (other.pending.length < least.pending.length ? other : least));
      return new Promise((resolve, reject) => {
        if (thread.end !== undefined) return reject(thread.end);
        thread.pending.push({ clips, resolve, reject });
        thread.worker.ref();
        thread.worker.postMessage({ clips, epoch } satisfies WorkerTask);
      });
    },
    async close() {
      for (const thread of threads) {
        end(thread, new VoiceproofError('data: the loader was closed while in use'));
        // Or the process, with nothing else to wait for, would end here rather than after the threads.
        thread.worker.ref();
      }
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(url: URL, recipe: ExampleRecipe, warn: (line: string) => void): Thread {
  const place = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const worker = new Worker(url, { workerData: { recipe, place } satisfies WorkerSetup });
  const thread: Thread = { worker, pending: [], end: undefined };

  worker.unref();
  worker.on('message', (answer: WorkerAnswer) => {
    for (const warning of answer.warnings) warn(warning);
    const task = thread.pending.shift();
    if (thread.pending.length === 0) worker.unref();
    if ('batch' in answer) task?.resolve(answer.batch);
    else task?.reject(restored(answer.failure));
  });
  const died = (reason: string, cause?: unknown) => {
    const clip = thread.pending[0]?.clips[Atomics.load(place, 0)];
    const where = clip === undefined ? 'data' : clip.path;
    end(thread, new AudioError(`${where}: the thread that reads clips stopped: ${reason}`, { cause }));
  };
  worker.on('error', (error) => died(messageOf(error), error));
  worker.on('messageerror', (error) => died(messageOf(error), error));
  worker.on('exit', (code) => died(`it ended with code ${code}`));
  return thread;
}

/** Marks a thread as ended, for the first reason given, and fails all that it was asked for. */
function end(thread: Thread, reason: Error): void {
  thread.end ??= reason;
  for (const { reject } of thread.pending.splice(0)) reject(thread.end);
}

/** An error from a thread, of its class again: classes don't survive the way between threads. */
function restored({ name, message }: { readonly name: string; readonly message: string }): VoiceproofError {
  return name === 'ConfigError' ? new ConfigError(message) : new AudioError(message);
}
