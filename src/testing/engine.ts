/** The engine under the contract suites. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { startEngine } from '../runtime/engine.js';
import { silentLogger } from '../runtime/logger.js';

/** The engines that contracts run on: each has its own path through some layers. */
export const BACKENDS = ['tensorflow', 'cpu'] as const;

/** One of {@link BACKENDS}. */
export type Backend = (typeof BACKENDS)[number];

/** Starts the native engine on the CPU, unless one runs. */
export async function ensureEngine(): Promise<void> {
  if (tf.findBackend('tensorflow') !== null) return;
  await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
}

/** Runs on one engine, and goes back to the native one. */
export async function onBackend(backend: Backend, act: () => void | Promise<void>): Promise<void> {
  await tf.setBackend(backend);
  try {
    await act();
  } finally {
    await tf.setBackend('tensorflow');
  }
}
