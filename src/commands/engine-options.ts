/** The options of every command that computes, and the way from them, and the environment, to the library's. */
import type { Argv } from 'yargs';
import type { EngineChoice } from '../api/engine.js';
import type { EngineOptions } from '../runtime/engine.js';
import type { Logger } from '../runtime/logger.js';

/** What `engineArguments` adds to a command. */
export interface EngineArguments {
  engine: EngineOptions['engine'];
  device: EngineOptions['device'];
  threads: number | undefined;
  library: string | undefined;
  'memory-growth': boolean;
}

/** The options `--engine`, `--device`, `--threads`, `--library` and `--memory-growth`, in a group of their own. */
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
    .group(['engine', 'device', 'threads', 'library', 'memory-growth'], 'Engine:');
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

/** Command line and environment as a choice of the engine. The command line wins. */
export function engineChoiceFrom(args: EngineArguments, logger: Logger): EngineChoice {
  return {
    engine: args.engine,
    device: args.device,
    threads: args.threads,
    libraryPath: args.library ?? (process.env.VOICEPROOF_LIBRARY || undefined),
    memoryGrowth: args['memory-growth'],
    logger,
  };
}
