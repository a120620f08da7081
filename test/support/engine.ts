/** The native engine for tests: started once per process, silent, never closed but by the process's end. */
import { type Engine, startEngine } from '../../src/runtime/engine.js';
import { silentLogger } from '../../src/runtime/logger.js';

let started: Promise<Engine> | undefined;

/**
 * Starts the engine, or returns the one that runs. `npm test` has fetched its library before any test runs. Tests hold on
 * every number of threads, which `VOICEPROOF_TEST_THREADS` sets, and with all kernels: see `npm run test:kernels`.
 */
export function startTestEngine(): Promise<Engine> {
  const threads = process.env.VOICEPROOF_TEST_THREADS;
  started ??= startEngine({
    engine: 'native',
    purpose: 'training',
    device: 'cpu',
    logger: silentLogger,
    ...(threads === undefined ? {} : { intraOpThreads: Number(threads), interOpThreads: Number(threads) }),
  });
  return started;
}
