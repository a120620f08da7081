/** `voiceproof cascade`: a light model that asks a heavy one where it is unsure. */
import type { CommandModule } from 'yargs';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  engineChoiceFrom,
} from './engine-options.js';
import { devArguments, type ProtocolArguments, protocolChoiceFrom } from './protocol-arguments.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface CascadeArguments extends EngineArguments, CompileArgument, ProtocolArguments {
  light: string;
  heavy: string;
  error: number;
  output: string;
  json: boolean;
}

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
    const { createCascade } = await import('../api/fusion.js');
    const { formatPercent } = await import('../metrics/table.js');
    const { light, heavy, output, compile, error: statedError } = args;
    const choice = { ...engineChoiceFrom(args, logger), ...protocolChoiceFrom(args) };
    const { nClips, ...measured } = await createCascade({ ...choice, light, heavy, output, compile, statedError });
    logger.info(`${output}: a cascade, fitted on ${nClips} clips`);
    const inMilliseconds = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
    const { light: lightSeconds, heavy: heavySeconds } = measured.secondsPerClip;
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
  },
};
