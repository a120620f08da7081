/**
 * A thread that computes one feature over and over, as the data threads of a training run do: the compiler of a process
 * that computes several would make slower code for each.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createFeature } from '../../src/features/registry.js';

/** What the thread is given. */
export interface FeatureTask {
  readonly type: string;
  readonly sampleRate: number;
  readonly waveform: Float32Array;
}

/** What it answers to a number of times. */
export interface FeatureResult {
  readonly seconds: number;
  /** Of the matrix: values, and their sum. */
  readonly size: number;
  readonly sum: number;
}

const { type, sampleRate, waveform } = workerData as FeatureTask;
const extractor = createFeature({ type }, sampleRate);

parentPort?.on('message', (times: number) => {
  let matrix: Float32Array = new Float32Array(0);
  const started = performance.now();
  for (let i = 0; i < times; i++) matrix = extractor.compute(waveform);
  const seconds = (performance.now() - started) / 1000;
  const result: FeatureResult = { seconds, size: matrix.length, sum: matrix.reduce((sum, value) => sum + value, 0) };
  parentPort?.postMessage(result);
});
