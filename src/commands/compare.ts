/** `voiceproof compare NAME…`: several systems on one corpus, in one report. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { ConfigError } from '../runtime/errors.js';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  engineChoiceFrom,
} from './engine-options.js';
import { onInterrupt } from './interrupt.js';
import { parseOverrides } from './overrides.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface CompareArguments extends EngineArguments, CompileArgument {
  systems: string[];
  seeds: string;
  set: string[];
  output: string;
}

/** Trains what is not there yet, and compares all. */
export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <systems..>',
  describe: 'Compare experiments and checkpoints on one corpus, over several seeds',
  builder: (args) =>
    compileArgument(engineArguments(args))
      .positional('systems', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Experiments by name or path, and checkpoint folders, which are evaluated as they are',
      })
      .option('seeds', { type: 'string', default: '1,2,3', describe: 'Each experiment is run once for each' })
      .option('set', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'Override an option of every experiment: path=value',
      })
      .option('output', {
        type: 'string',
        default: join('checkpoints', 'comparison'),
        describe: 'Folder of the report and of the runs; finished runs in it are reused',
      })
      .example('$0 compare lcnn resnet2 aasist-l', 'three architectures, three seeds each')
      .example('$0 compare lcnn checkpoints/aasist-l-official', 'one trained here against one as it was published')
      .example('$0 compare lcnn lcnn-small --set data.root=/data/LA --output checkpoints/la', 'on ASVspoof 2019 LA'),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const seeds = args.seeds.split(',').map(Number);
    if (seeds.some((seed) => !Number.isInteger(seed) || seed < 0)) {
      throw new ConfigError(`--seeds: expected whole numbers parted by commas, such as 1,2,3, got ${args.seeds}`);
    }
    const { compareSystems } = await import('../api/compare.js');
    const { startEngine } = await import('../api/engine.js');
    const choice = engineChoiceFrom(args, logger);
    const engine = await startEngine({ ...choice, purpose: 'training' });
    // From here on there is something to save; before, Ctrl-C may end the process at once.
    const interrupt = onInterrupt(logger);
    const { signal } = interrupt;
    try {
      const set = parseOverrides(args.set);
      const { output: directory, compile } = args;
      const { report, input } = await compareSystems(args.systems, {
        ...choice,
        seeds,
        set,
        directory,
        compile,
        signal,
      });
      const { formatComparisonTable } = await import('../report/comparison.js');
      writeResult(formatComparisonTable(input.systems));
      writeResult(`report: ${report}`);
    } catch (error) {
      if (signal.aborted) logger.info('to go on, give the same command again: finished runs are reused');
      throw error;
    } finally {
      interrupt.end();
      engine.close();
    }
  },
};
