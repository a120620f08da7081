/**
 * The engine as callers of the library see it: shared by all that need it, and counted. There is one in a process at a
 * time; whoever needs it first starts it, and whoever lets go of it last closes it.
 */
import type { Engine, EngineOptions, Purpose } from '../runtime/engine.js';
import { ConfigError, EngineError } from '../runtime/errors.js';
import { type Logger, silentLogger } from '../runtime/logger.js';

/** Which engine computes, and how. Everything has a default. */
export interface EngineChoice {
  /** `auto`: TensorFlow's C library (`native`), or else a slower stand-in, with a warning. Default `auto`. */
  readonly engine?: EngineOptions['engine'] | undefined;
  /** `auto`: an NVIDIA GPU where there is one, else the CPU. Default `auto`. */
  readonly device?: EngineOptions['device'] | undefined;
  /** CPU threads. Default: all cores. */
  readonly threads?: number | undefined;
  /** The folder of TensorFlow's C library, for those who have one of their own. */
  readonly libraryPath?: string | undefined;
  /** Whether memory of a GPU is taken as needed, or all at once. Default true. */
  readonly memoryGrowth?: boolean | undefined;
  /** Folder of what is kept between calls: engine, features, downloads. Default: the user's own cache. */
  readonly cacheDirectory?: string | undefined;
  /** Gets what is worth saying. Default: nobody. */
  readonly logger?: Logger | undefined;
}

/** How far something that takes long has come. */
export interface ProgressEvent {
  /** What is being done, such as `epoch 3/40` or `score`. */
  readonly label: string;
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
  /** Such as `loss 0.31`; empty where there is nothing to add. */
  readonly note: string;
}

/** What every function takes that runs for longer than a moment. */
export interface JobOptions extends EngineChoice {
  /** Stops the work, which then throws what the signal was aborted with; what is written is whole or not there. */
  readonly signal?: AbortSignal | undefined;
  /** Called as the work goes on: after each clip, batch or piece of a download. */
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
}

/** An engine that is held. */
export interface HeldEngine extends Engine {
  /** Lets go of it. It is closed when nobody else holds it. A second call does nothing. */
  close(): void;
  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The engine that runs, with those who hold it. */
interface Sharing {
  readonly started: Promise<Engine>;
  readonly choice: EngineChoice;
  nHolds: number;
  /** What closes it once nobody holds it; undefined until it runs, and where someone else started it. */
  close: (() => void) | undefined;
}

let sharing: Sharing | undefined;

/**
 * Starts the engine and holds it, so that all that is called until it is closed uses the same one. Nothing needs this: each
 * function holds the engine for as long as it works. It saves the start of about a second where many are called, one after
 * the other, and it is where options of the engine are given once for all.
 *
 * @param options `purpose`: `training` where the stand-ins without gradients won't do. Default `inference`
 * @throws EngineError where the engine can't be started, or another one runs
 */
export async function startEngine(
  options: EngineChoice & { readonly purpose?: Purpose; readonly signal?: AbortSignal | undefined } = {},
): Promise<HeldEngine> {
  const { purpose = 'inference', signal } = options;
  signal?.throwIfAborted();
  const { engine, release } = await holdEngine(options, purpose);
  if (signal?.aborted === true) {
    release();
    signal.throwIfAborted();
  }
  return { ...engine, close: release, [Symbol.asyncDispose]: async () => release() };
}

/** Does some work on the engine: the one that runs, or one that is started for it and closed when it is done. */
export async function withEngine<Result>(
  options: EngineChoice & { readonly signal?: AbortSignal | undefined },
  purpose: Purpose,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = await startEngine({ ...options, purpose });
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

/** Holds the engine until `release` is called. */
async function holdEngine(
  choice: EngineChoice,
  purpose: Purpose,
): Promise<{ readonly engine: Engine; release(): void }> {
  const isFirst = sharing === undefined;
  sharing ??= begin(choice, purpose);
  const mine = sharing;
  // Counted before it runs, so that it isn't closed under one who waits for it.
  mine.nHolds++;
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    mine.nHolds--;
    if (mine.nHolds > 0) return;
    if (sharing === mine) sharing = undefined;
    mine.close?.();
  };
  try {
    const engine = await mine.started;
    if (!isFirst) refuseOther(engine, choice, mine.choice);
    refuseUnfit(engine, purpose);
    return { engine, release };
  } catch (error) {
    release();
    // The start that failed was another's, with the options of that one.
    const isOwn = isFirst || (await isStarted(mine));
    if (isOwn) throw error;
    return holdEngine(choice, purpose);
  }
}

async function isStarted({ started }: Sharing): Promise<boolean> {
  return started.then(
    () => true,
    () => false,
  );
}

function begin(choice: EngineChoice, purpose: Purpose): Sharing {
  const created: Sharing = { started: start(), choice, nHolds: 0, close: undefined };
  return created;

  async function start(): Promise<Engine> {
    const options = engineOptions(choice, purpose);
    const runtime = await import('../runtime/engine.js');
    const running = runtime.runningEngine();
    if (running !== undefined) {
      refuseOther(running, choice, {});
      return running;
    }
    const engine = await runtime.startEngine(options);
    created.close = () => engine.close();
    options.logger.info(`engine: ${engine.source} (${engine.usesGpu ? 'GPU' : 'CPU'})`);
    return engine;
  }
}

/**
 * A choice as options of the engine.
 *
 * @throws ConfigError for a number of threads that is none
 */
export function engineOptions(choice: EngineChoice, purpose: Purpose): EngineOptions {
  const { engine = 'auto', device = 'auto', threads, libraryPath, memoryGrowth = true, cacheDirectory } = choice;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new ConfigError(`\`threads\`: expected a whole number of at least 1, got ${threads}`);
  }
  return {
    engine,
    device,
    purpose,
    logger: choice.logger ?? silentLogger,
    libraryPath,
    cacheDirectory,
    intraOpThreads: threads,
    interOpThreads: threads,
    memoryGrowth,
  };
}

/** @throws EngineError where something is asked for that the engine which runs is not */
function refuseOther(engine: Engine, asked: EngineChoice, started: EngineChoice): void {
  const { engine: kind = 'auto', device = 'auto' } = asked;
  const differs =
    kind !== 'auto' && kind !== engine.kind
      ? `engine: ${kind}`
      : device !== 'auto' && (device === 'cuda') !== engine.usesGpu
        ? `device: ${device}`
        : (['threads', 'libraryPath', 'memoryGrowth'] as const)
            .filter((name) => asked[name] !== undefined && asked[name] !== started[name])
            .map((name) => `${name}: ${asked[name]}`)
            .at(0);
  if (differs === undefined) return;
  throw new EngineError(
    `engine: ${engine.kind} runs already, and not with \`${differs}\`; there is one in a process: close what uses it first, or give all the same options`,
  );
}

/** @throws EngineError where the stand-in that runs has no gradients, and they are needed */
function refuseUnfit(engine: Engine, purpose: Purpose): void {
  if (purpose === 'inference' || engine.kind !== 'wasm') return;
  throw new EngineError(
    'engine: wasm runs already, which lacks the kernels for gradients; close what uses it before training',
  );
}

/** The logger that a job is given, which tells `onProgress` too. */
export function jobLogger({ logger = silentLogger, onProgress }: JobOptions): Logger {
  if (onProgress === undefined) return logger;
  return {
    info: (line) => logger.info(line),
    warn: (line) => logger.warn(line),
    progress: (label, total) => {
      const display = logger.progress(label, total);
      let size = total;
      return {
        update: (done, note = '', newTotal) => {
          size = newTotal ?? size;
          display.update(done, note, newTotal);
          onProgress({ label, done, total: size, note });
        },
        end: () => display.end(),
      };
    },
  };
}
