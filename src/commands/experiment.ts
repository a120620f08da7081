/** `voiceproof experiment NAME`: trains, evaluates and reports. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import type { ProfileSchedule } from '../graph/profiler.js';
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

interface ExperimentArguments extends EngineArguments, CompileArgument {
  name: string;
  set: string[];
  seed: number | undefined;
  resume: boolean;
  output: string | undefined;
  profile: string | undefined;
}

/** Steps that wait, warm up and are measured. */
const DEFAULT_PROFILE = '2,1,5';

/** Trains, evaluates and reports one experiment. */
export const experimentCommand: CommandModule<object, ExperimentArguments> = {
  command: 'experiment <name>',
  aliases: ['train'],
  describe: 'Train, evaluate and report an experiment',
  builder: (args) =>
    compileArgument(engineArguments(args))
      .positional('name', {
        type: 'string',
        demandOption: true,
        describe: 'Name of a file in experiments/, or the path of one',
      })
      .option('set', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'Override an option: path=value, the value as JSON or plain text',
      })
      .option('seed', { type: 'number', describe: 'Seed of the run; wins over the file' })
      .option('resume', { type: 'boolean', default: false, describe: 'Go on with an interrupted run, bit for bit' })
      .option('profile', {
        type: 'string',
        describe:
          'Measure training steps by op and layer into RUN/profile: skip WAIT steps, warm up WARMUP, measure ACTIVE',
        defaultDescription: `off; alone: ${DEFAULT_PROFILE}`,
      })
      .option('output', { type: 'string', describe: 'Run folder', defaultDescription: 'checkpoints/NAME' })
      .example('$0 experiment lcnn', 'train LCNN on the bundled corpus')
      .example('$0 experiment lcnn --resume', 'go on where it was interrupted')
      .example('$0 experiment lcnn --set data.root=/data/LA --set training.numTrainEpochs=50', 'on ASVspoof 2019 LA')
      .example('$0 experiment lcnn --profile', 'with a table of the time by layer and by op, and a trace')
      .example('$0 experiment lcnn --set training.fastDevRun=2', 'two batches of each set, to try a config'),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const { resolveExperiment, runExperiment } = await import('../api/experiment.js');
    const { startEngine } = await import('../api/engine.js');
    const choice = engineChoiceFrom(args, logger);
    const { seed, resume, compile } = args;
    const experiment = await resolveExperiment(args.name, { set: parseOverrides(args.set), seed });
    const profile = parseProfile(args.profile);
    const engine = await startEngine({ ...choice, purpose: 'training' });
    // From here on there is something to save; before, Ctrl-C may end the process at once.
    const interrupt = onInterrupt(logger);
    const { signal } = interrupt;
    try {
      const directory = args.output;
      const result = await runExperiment(experiment, { ...choice, directory, resume, compile, profile, signal });
      const { formatMetricsTable } = await import('../metrics/table.js');
      const { RUN_FILES } = await import('../experiment/checkpoint.js');
      writeResult(`${result.name}: best epoch ${result.bestEpoch}, ${result.eval === null ? 'dev' : 'eval'} set`);
      writeResult(formatMetricsTable(result.eval ?? result.dev));
      writeResult(`report: ${join(result.directory, RUN_FILES.report)}`);
    } catch (error) {
      if (signal.aborted) {
        const output = args.output === undefined ? '' : ` --output ${args.output}`;
        logger.info(`to go on: npm run experiment -- ${args.name}${output} --resume (with the same --set and --seed)`);
      }
      throw error;
    } finally {
      interrupt.end();
      engine.close();
    }
  },
};

/** `--profile` alone or `--profile WAIT,WARMUP,ACTIVE`. */
function parseProfile(value: string | undefined): ProfileSchedule | undefined {
  if (value === undefined) return undefined;
  const numbers = (value === '' ? DEFAULT_PROFILE : value).split(',').map(Number);
  const [wait, warmup, active] = numbers;
  if (numbers.length !== 3 || !numbers.every((number) => Number.isInteger(number) && number >= 0) || active === 0) {
    throw new ConfigError(`--profile: expected WAIT,WARMUP,ACTIVE such as ${DEFAULT_PROFILE}, got ${value}`);
  }
  return { wait, warmup, active };
}
