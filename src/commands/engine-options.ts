/** The options of every command that computes, and the way from them, and the environment, to a running engine. */
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { userCacheDirectory } from '../runtime/cache-directory.js';
import type { Engine, EngineOptions, Purpose } from '../runtime/engine.js';
import { ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { KernelChoice } from '../runtime/native/kernel-choice.js';

/** What `engineArguments` adds to a command. */
export interface EngineArguments {
  engine: EngineOptions['engine'];
  device: EngineOptions['device'];
  kernels: KernelChoice;
  threads: number | undefined;
  library: string | undefined;
  'memory-growth': boolean;
}

/** The options `--engine`, `--device`, `--kernels`, `--threads`, `--library` and `--memory-growth`, in a group of their own. */
export function engineArguments<Arguments>(args: Argv<Arguments>): Argv<Arguments & EngineArguments> {
  return args
    .option('engine', {
      choices: ['auto', 'native', 'wasm', 'cpu'] as const,
      default: 'auto' as const,
      describe: 'auto: native, or else a slower stand-in, with a warning. wasm has no gradients: it can only score',
    })
    .option('device', {
      choices: ['auto', 'cpu', 'cuda'] as const,
      default: 'auto' as const,
      describe: 'auto: the NVIDIA GPU where there is one, else the CPU',
    })
    .option('kernels', {
      choices: ['auto', 'onednn', 'eigen'] as const,
      default: 'auto' as const,
      describe: 'auto: oneDNN on every x86 CPU. TF_ENABLE_ONEDNN_OPTS, where it is set, wins',
    })
    .option('threads', { type: 'number', requiresArg: true, describe: 'CPU threads [default: all cores]' })
    .option('library', {
      type: 'string',
      requiresArg: true,
      describe: "Folder with TensorFlow's C library, instead of searching [or VOICEPROOF_LIBRARY]",
    })
    .option('memory-growth', {
      type: 'boolean',
      default: true,
      describe: 'Take GPU memory as needed; --no-memory-growth takes it all at once',
    })
    .group(['engine', 'device', 'kernels', 'threads', 'library', 'memory-growth'], 'Engine:');
}

/** What `compileArgument` adds to a command. */
export interface CompileArgument {
  compile: boolean;
}

/** The option `--compile`, for commands that run a model, in the engine's group. */
export function compileArgument<Arguments>(args: Argv<Arguments>): Argv<Arguments & CompileArgument> {
  return args
    .option('compile', {
      type: 'boolean',
      default: true,
      describe: 'Run the model as one program of the native engine; --no-compile: op by op, with equal results',
    })
    .group('compile', 'Engine:');
}

/** Command line and environment as options of the engine. The command line wins. */
export function engineOptionsFrom(args: EngineArguments, purpose: Purpose, logger: Logger): EngineOptions {
  const { engine, device, kernels, threads } = args;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new ConfigError(`--threads: expected a whole number of at least 1, got ${threads}`);
  }
  return {
    engine,
    device,
    kernels,
    purpose,
    logger,
    libraryPath: args.library ?? (process.env.VOICEPROOF_LIBRARY || undefined),
    intraOpThreads: threads,
    interOpThreads: threads,
    memoryGrowth: args['memory-growth'],
  };
}

/** Starts the engine that a command asks for and says, on stderr, where it comes from. */
export async function startCommandEngine(args: EngineArguments, purpose: Purpose, logger: Logger): Promise<Engine> {
  const { startEngine } = await import('../runtime/engine.js');
  const engine = await startEngine(engineOptionsFrom(args, purpose, logger));
  const kernels = engine.kernels === null ? '' : `, kernels ${engine.kernels}, threads ${engine.threads}`;
  logger.info(`engine: ${engine.source} (${engine.usesGpu ? 'GPU' : 'CPU'}${kernels})`);
  return engine;
}

/** Where computed features are kept, beside the engine, for every clone of the project. */
export function featureCacheDirectory(): string {
  return join(userCacheDirectory(), 'features');
}
