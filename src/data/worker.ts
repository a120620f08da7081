/** The code of a data thread: takes lists of clips, gives back batches, in order. Started by `worker-pool.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../runtime/errors.js';
import { createExampleMaker } from './example.js';
import { loadDataPlugins } from './plugins.js';
import type { WorkerAnswer, WorkerSetup, WorkerTask } from './worker-pool.js';

const { recipe, place } = workerData as WorkerSetup;
// What comes meanwhile waits for a listener.
await loadDataPlugins(recipe.plugins ?? []);
let warnings: string[] = [];
const maker = createExampleMaker(recipe, (line) => warnings.push(line));

async function answer({ clips, epoch }: WorkerTask): Promise<void> {
  try {
    const batch = await maker.make(clips, epoch, (i) => Atomics.store(place, 0, i));
    post({ batch, warnings }, [batch.inputs.buffer]);
  } catch (error) {
    post({ failure: { name: error instanceof Error ? error.name : '', message: messageOf(error) }, warnings }, []);
  }
  warnings = [];
}

function post(message: WorkerAnswer, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transfer);
}

// Decoding waits, so a second task may come while the first is at work: each waits for the one before.
let last = Promise.resolve();
parentPort?.on('message', (task: WorkerTask) => {
  last = last.then(() => answer(task));
});
