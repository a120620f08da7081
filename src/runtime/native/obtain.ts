/** The search for the native library, in order, cheapest first: nothing is started or fetched while a file will do. */
import { EngineError, messageOf } from '../errors.js';
import type { Logger } from '../logger.js';
import { cachedLibrary, type FoundLibrary, findInstalled, hasNvidiaGpu, libraryAt, recordedLibrary } from './locate.js';
import { type Machine, noEngineFor, thisMachine } from './machine.js';
import { type Environment, REMEDY } from './pip.js';
import { type Variant, type WheelSet, wheelSetFor } from './wheels.js';

/** What is wanted, and where it may be. */
export interface ObtainOptions {
  /** A path the user gives; nothing else is looked at then. */
  readonly libraryPath?: string | undefined;
  /** `cuda` wants the CUDA build, `cpu` the other, `auto` the CUDA build where there is a GPU. */
  readonly device: 'auto' | 'cpu' | 'cuda';
  readonly cacheDirectory: string;
  readonly logger: Logger;
  /** The environment of Python and pip; our own by default. */
  readonly environment?: Environment;
  /** The pinned wheels of this machine by default. */
  readonly wheels?: (variant: Variant) => WheelSet | undefined;
  /** The machine to find a library for; this one by default. */
  readonly machine?: Machine | undefined;
  /** The GPU's presence as the device files say it by default. */
  readonly hasGpu?: boolean;
}

/**
 * Finds the library, or fetches it: the given path, else the library recorded earlier, else our cache, else an
 * installed Python `tensorflow` (recorded then), else the pinned wheel.
 *
 * @throws EngineError that says what to do
 */
export async function obtainLibrary(options: ObtainOptions): Promise<FoundLibrary> {
  if (options.libraryPath !== undefined) return libraryAt(options.libraryPath);
  const hasGpu = options.hasGpu ?? hasNvidiaGpu();
  if (options.device === 'cuda') return obtainVariant(options, 'cuda');
  if (options.device === 'cpu' || !hasGpu) return obtainVariant(options, 'cpu');
  try {
    return await obtainVariant(options, 'cuda');
  } catch (error) {
    options.logger.warn(`there is a GPU, but the CPU is used: ${messageOf(error)}`);
    return obtainVariant(options, 'cpu');
  }
}

async function obtainVariant(options: ObtainOptions, variant: Variant): Promise<FoundLibrary> {
  const { cacheDirectory, environment, logger, machine = thisMachine() } = options;
  // What is in the cache, or in a Python, is for glibc.
  if (machine.libc === 'musl') throw noEngineFor(machine);
  const wheels = (options.wheels ?? ((variant) => wheelSetFor(machine.platform, machine.arch, variant)))(variant);
  const found =
    recordedLibrary(cacheDirectory, variant) ??
    (wheels === undefined ? undefined : cachedLibrary(cacheDirectory, wheels)) ??
    (await findInstalled(cacheDirectory, variant, environment));
  if (found !== undefined) return found;
  if (wheels === undefined) throw noCudaFor(machine, variant) ?? noEngineFor(machine);
  // Imported here, as a warm start has no use for it.
  const { fetchLibrary } = await import('./fetch.js');
  await fetchLibrary({ cacheDirectory, wheels, logger, ...(environment === undefined ? {} : { environment }) });
  const fetched = cachedLibrary(cacheDirectory, wheels);
  if (fetched === undefined) {
    throw new EngineError(`engine: the wheel of ${wheels.id} does not hold TensorFlow's C library; ${REMEDY}`);
  }
  return fetched;
}

/** A machine that has an engine, but none for its GPU. */
function noCudaFor({ platform, arch }: Machine, variant: Variant): EngineError | undefined {
  if (variant === 'cpu' || wheelSetFor(platform, arch, 'cpu') === undefined) return undefined;
  return new EngineError(
    `engine: no CUDA build of TensorFlow is pinned for ${platform}-${arch}, and no Python here has one; use device cpu, or ${REMEDY}`,
  );
}
