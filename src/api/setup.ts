/** The engine itself: had before it is needed, and examined. */
import type { Diagnosis } from '../runtime/diagnosis.js';
import type { Engine } from '../runtime/engine.js';
import { type EngineChoice, engineOptions, type JobOptions, jobLogger } from './engine.js';

/** Which engine is set up. */
export interface SetupOptions
  extends Pick<JobOptions, 'device' | 'libraryPath' | 'cacheDirectory' | 'logger' | 'onProgress'> {
  /** Forgets a library named or found outside the cache, and searches anew. Default false. */
  readonly forget?: boolean | undefined;
}

/**
 * Finds or fetches TensorFlow's C library now rather than when a function first needs it, and starts it once to see that it
 * works. A library that is named is used from then on. No engine may run.
 *
 * @returns the engine's source and devices; it is closed again
 * @throws EngineError where it can't be had, or does not start
 */
export async function setUpEngine(options: SetupOptions = {}): Promise<Pick<Engine, 'source' | 'devices'>> {
  const { device = 'auto', libraryPath, cacheDirectory, forget = false } = options;
  const { setUpNativeEngine } = await import('../runtime/engine.js');
  return setUpNativeEngine({ device, libraryPath, cacheDirectory, forget, logger: jobLogger(options) });
}

/**
 * Examines the machine and the engine: what `voiceproof doctor` tells. Fetches the engine if it is not here; no engine may run.
 * What it finds wrong is in its checks, not thrown.
 */
export async function diagnose(options: EngineChoice = {}): Promise<Diagnosis> {
  const { diagnose: examine } = await import('../runtime/diagnosis.js');
  return examine(engineOptions(options, 'training'));
}
