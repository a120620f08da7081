/** Starts the engine that runs every tensor op of the process: TensorFlow's C library, or a slower stand-in. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { userCacheDirectory } from './cache-directory.js';
import { EngineError, messageOf } from './errors.js';
import type { Logger } from './logger.js';
import { type FoundLibrary, forgetRecordedLibrary, recordLibrary } from './native/locate.js';
import type { NativeOptions } from './native/native-backend.js';
import { obtainLibrary } from './native/obtain.js';
import type { Environment } from './native/pip.js';

/** The engines there are. */
export type EngineKind = 'native' | 'wasm' | 'cpu';

/** What the engine is for: WebAssembly lacks gradient kernels, so it can't train. */
export type Purpose = 'training' | 'inference';

/** How to start the engine. The stand-ins take no notice of threads and memory growth. */
export interface EngineOptions extends Pick<NativeOptions, 'intraOpThreads' | 'interOpThreads' | 'memoryGrowth'> {
  /** `auto` is `native`, and where that can't be had the fastest stand-in that serves the purpose, with a warning. */
  readonly engine: EngineKind | 'auto';
  readonly purpose: Purpose;
  /** `auto` uses a CUDA GPU where there is one. The stand-ins know the CPU alone. */
  readonly device: 'auto' | 'cpu' | 'cuda';
  readonly logger: Logger;
  /** The folder of TensorFlow's C library, for a user who has one of their own. */
  readonly libraryPath?: string | undefined;
  /** Where the library is kept; the per-user cache by default. */
  readonly cacheDirectory?: string | undefined;
  /** The environment of the programs that find and fetch the library; our own by default. */
  readonly environment?: Environment;
}

/** A running engine. There is one in a process at a time. */
export interface Engine {
  readonly kind: EngineKind;
  /** Of TensorFlow, or of TensorFlow.js for the stand-ins. */
  readonly version: string;
  /** Where it comes from, as a sentence without its full stop. */
  readonly source: string;
  /** Device names as TensorFlow writes them, or `CPU`. */
  readonly devices: readonly string[];
  readonly usesGpu: boolean;
  /** Tensors alive in the engine. */
  liveTensors(): number;
  /** Gives everything back. A second call does nothing. */
  close(): void;
}

/**
 * The stand-ins for each purpose, best first, and how many times slower than `native` they were measured to be on two
 * cores with Node 20: a training step of a three-convolution network on a batch of 8 took 85 ms against 103 s, LCNN's
 * score of one clip 35 ms against 114 ms and 1.3 s.
 */
const STAND_INS: Readonly<Record<Purpose, readonly { kind: 'wasm' | 'cpu'; name: string; timesSlower: number }[]>> = {
  training: [{ kind: 'cpu', name: 'plain JavaScript', timesSlower: 1000 }],
  inference: [
    { kind: 'wasm', name: 'WebAssembly', timesSlower: 3 },
    { kind: 'cpu', name: 'plain JavaScript', timesSlower: 40 },
  ],
};

let running: Engine | undefined;

/** The engine that runs now; undefined where none does. */
export function runningEngine(): Engine | undefined {
  return running;
}

/**
 * Starts the engine and makes it the backend of tfjs. Fetches the native library first where it has to.
 *
 * @throws EngineError where the engine asked for can't be started, or one runs already
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  if (running !== undefined) throw new EngineError(`engine: ${running.kind} runs already; close it first`);
  // tfjs greets the user on the console; library code does not print.
  tf.enableProdMode();
  const engine = await start(options);
  running = {
    ...engine,
    close: () => {
      if (running === undefined) return;
      running = undefined;
      engine.close();
    },
  };
  return running;
}

/**
 * Finds or fetches the native library and starts it once, to see that it works. A library that is named is recorded,
 * and used from then on.
 *
 * @param options of the engine; `forget` drops the record first, so that the search is made anew
 * @returns the engine's source and devices; it is closed again
 * @throws EngineError where it can't be had, or does not start
 */
export async function setUpNativeEngine(
  options: Pick<EngineOptions, 'device' | 'libraryPath' | 'logger' | 'cacheDirectory' | 'environment'> & {
    readonly forget: boolean;
  },
): Promise<Pick<Engine, 'source' | 'devices'>> {
  const cacheDirectory = options.cacheDirectory ?? userCacheDirectory();
  if (options.forget) forgetRecordedLibrary(cacheDirectory);
  const library = await obtainLibrary({ ...options, cacheDirectory });
  // The CUDA build may be set up where its GPU is not at hand yet.
  const engine = await openNative(library, { device: options.device === 'cpu' ? 'cpu' : 'auto' });
  engine.close();
  if (options.libraryPath !== undefined) recordLibrary(cacheDirectory, library, true);
  return { source: engine.source, devices: engine.devices };
}

async function start(options: EngineOptions): Promise<Engine> {
  if (options.engine !== 'auto') return STARTERS[options.engine](options);
  try {
    return await startNative(options);
  } catch (error) {
    // Whoever names a GPU or a library does not want to find out hours later that it was not used.
    const isNamed = options.device === 'cuda' || options.libraryPath !== undefined;
    if (!(error instanceof EngineError) || isNamed) throw error;
    return startStandIn(options, error);
  }
}

async function startStandIn(options: EngineOptions, reason: EngineError): Promise<Engine> {
  let failure: unknown = reason;
  for (const { kind, name, timesSlower } of STAND_INS[options.purpose]) {
    try {
      const engine = await STARTERS[kind](options);
      options.logger.warn(
        `the native engine can't be used, so ${options.purpose} runs in ${name}, about ${timesSlower} times slower: ${messageOf(reason)}`,
      );
      return engine;
    } catch (error) {
      failure = error;
    }
  }
  throw new EngineError(`engine: none can be started: ${messageOf(reason)}`, { cause: failure });
}

const STARTERS: Readonly<Record<EngineKind, (options: EngineOptions) => Promise<Engine>>> = {
  native: startNative,
  wasm: startWasm,
  cpu: startCpu,
};

async function startNative(options: EngineOptions): Promise<Engine> {
  const library = await obtainLibrary({
    ...options,
    cacheDirectory: options.cacheDirectory ?? userCacheDirectory(),
  });
  return openNative(library, options);
}

async function openNative(
  library: FoundLibrary,
  options: Pick<EngineOptions, 'device' | 'intraOpThreads' | 'interOpThreads' | 'memoryGrowth'>,
): Promise<Engine> {
  const { startNativeBackend } = await import('./native/native-backend.js');
  const { device, intraOpThreads, interOpThreads, memoryGrowth } = options;
  const backend = await startNativeBackend(library.files, { device, intraOpThreads, interOpThreads, memoryGrowth });
  return {
    kind: 'native',
    version: backend.version,
    source: `TensorFlow ${backend.version} from ${library.source}`,
    devices: backend.devices.map(({ name }) => name),
    usesGpu: backend.usesGpu,
    liveTensors: () => backend.liveHandles(),
    close: () => backend.close(),
  };
}

async function startWasm(options: EngineOptions): Promise<Engine> {
  if (options.purpose === 'training') {
    throw new EngineError(
      'engine wasm: it lacks the kernels for gradients; train with `engine: native` or `engine: cpu`',
    );
  }
  refuseCuda(options, 'wasm');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  return takeBackend('wasm', `TensorFlow.js ${wasm.version_wasm} in WebAssembly`);
}

async function startCpu(options: EngineOptions): Promise<Engine> {
  refuseCuda(options, 'cpu');
  await import('./tfjs-methods.js');
  await import('@tensorflow/tfjs-backend-cpu');
  return takeBackend('cpu', `TensorFlow.js ${tf.version_core} in plain JavaScript`);
}

function refuseCuda(options: EngineOptions, kind: EngineKind): void {
  if (options.device !== 'cuda') return;
  throw new EngineError(`engine ${kind}: it has no device cuda; use \`engine: native\``);
}

async function takeBackend(kind: 'wasm' | 'cpu', source: string): Promise<Engine> {
  if (!(await tf.setBackend(kind))) throw new EngineError(`engine ${kind}: TensorFlow.js could not start it`);
  const before = tf.memory().numTensors;
  return {
    kind,
    version: tf.version_core,
    source,
    devices: ['CPU'],
    usesGpu: false,
    liveTensors: () => tf.memory().numTensors - before,
    close: () => tf.engine().reset(),
  };
}
