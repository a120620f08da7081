/** `voiceproof cascade`: a light model that asks a heavy one where it is unsure. */
import type { CommandModule } from 'yargs';
import { devArguments, scoreMembers } from './dev-scores.js';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  startCommandEngine,
} from './engine-options.js';
import type { ProtocolArguments } from './protocol-arguments.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface CascadeArguments extends EngineArguments, CompileArgument, ProtocolArguments {
  light: string;
  heavy: string;
  error: number;
  output: string;
  json: boolean;
}

/** Clips that each model is timed on. */
const N_ROUNDS = 5;

/** Puts a light model before a heavy one. */
export const cascadeCommand: CommandModule<object, CascadeArguments> = {
  command: 'cascade',
  describe: 'Make one checkpoint of two: a light model decides when sure, a heavy one otherwise',
  builder: (args) =>
    compileArgument(engineArguments(devArguments(args)))
      .option('light', { type: 'string', demandOption: true, requiresArg: true, describe: 'The quick checkpoint' })
      .option('heavy', { type: 'string', demandOption: true, requiresArg: true, describe: 'The good checkpoint' })
      .option('error', {
        type: 'number',
        default: 0.01,
        describe: 'Share of each class that the light one may get wrong by itself',
      })
      .option('output', { type: 'string', demandOption: true, requiresArg: true, describe: 'Folder of the cascade' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as one JSON object' })
      .example(
        '$0 cascade --light checkpoints/lcnn-small --heavy checkpoints/wav2vec2 --output checkpoints/quick',
        'most clips at the price of the small one',
      )
      .epilogue(
        'The two thresholds are fitted on the dev set; both models are timed here, on a clip of four seconds. The folder ' +
          'refers to the two by relative path: move them together. score and evaluate take it, and say what was saved.',
      ),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const { light, heavy, output } = args;
    const { fitCascade, measureSecondsPerClip } = await import('../inference/cascade.js');
    const { needsEngine, openScorer } = await import('../inference/open-scorer.js');
    const isNeeded = args.protocol !== undefined || needsEngine(light) || needsEngine(heavy);
    const engine = isNeeded ? await startCommandEngine(args, 'inference', logger) : undefined;
    try {
      const members = await scoreMembers([light, heavy], args, logger);
      const seconds: number[] = [];
      for (const directory of [light, heavy]) {
        const scorer = await openScorer(directory, { compile: args.compile, threads: args.threads, logger });
        seconds.push(await measureSecondsPerClip(scorer, N_ROUNDS));
        scorer.dispose();
      }
      const [lightSeconds, heavySeconds] = seconds;
      const secondsPerClip = { light: lightSeconds, heavy: heavySeconds };
      const measured = fitCascade(output, {
        light: members[0],
        heavy: members[1],
        statedError: args.error,
        secondsPerClip,
      });
      const { formatPercent } = await import('../metrics/table.js');
      logger.info(`${output}: a cascade, fitted on ${members[0].scores.length} clips`);
      const inMilliseconds = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
      writeResult(
        args.json
          ? JSON.stringify(measured)
          : [
              `decided by the light model\t${formatPercent(measured.lightShare)}`,
              `EER\t${formatPercent(measured.eer)}, of the heavy model alone ${formatPercent(measured.heavyEer)}`,
              `a clip\tlight ${inMilliseconds(lightSeconds)}, heavy ${inMilliseconds(heavySeconds)}`,
              `time saved\t${formatPercent(measured.savedShare)} of the heavy model's`,
            ].join('\n'),
      );
    } finally {
      engine?.close();
    }
  },
};
