/**
 * The memory that the process allocated, without the pages of files, which the system takes back as it likes: where
 * memory is short the engine's library alone moves the resident size by hundreds of megabytes. Linux only.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Whether the system tells it. */
export const tellsAnonymousMemory = process.platform === 'linux';

/** A thread that looks each millisecond, also while this one waits for the engine. */
const WATCHER = `
const { readFileSync } = require('node:fs');
const peak = new Int32Array(require('node:worker_threads').workerData);
for (;;) {
  const kilobytes = Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  if (kilobytes > Atomics.load(peak, 0)) Atomics.store(peak, 0, kilobytes);
  Atomics.wait(peak, 1, 0, 1);
}`;

/** Megabytes at this moment. */
export function anonymousMegabytes(): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

/** Runs `work`. @returns the megabytes that the process held at most meanwhile */
export async function peakMegabytesOf(work: () => void): Promise<number> {
  const peak = new Int32Array(new SharedArrayBuffer(8));
  const watcher = new Worker(WATCHER, { eval: true, workerData: peak.buffer });
  try {
    while (Atomics.load(peak, 0) === 0) await setTimeout(1);
    work();
    return Atomics.load(peak, 0) / 1024;
  } finally {
    await watcher.terminate();
  }
}
