/** The native engine for tests: started once per process, silent, never closed but by the process's end. */
import { type Engine, startEngine } from '../../src/runtime/engine.js';
import { silentLogger } from '../../src/runtime/logger.js';

let started: Promise<Engine> | undefined;

/** Starts the engine, or returns the one that runs. `npm test` has fetched its library before any test runs. */
export function startTestEngine(): Promise<Engine> {
  started ??= startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  return started;
}
