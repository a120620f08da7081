/** `voiceproof evaluate`: a checkpoint on a protocol. */
import type { CommandModule } from 'yargs';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  engineChoiceFrom,
} from './engine-options.js';
import { type ProtocolArguments, protocolArguments, protocolChoiceFrom } from './protocol-arguments.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface EvaluateArguments extends EngineArguments, CompileArgument, ProtocolArguments {
  checkpoint: string;
  protocol: string;
  'asv-scores': string | undefined;
  output: string | undefined;
  json: boolean;
}

/** Evaluates a checkpoint on the clips of a protocol. */
export const evaluateCommand: CommandModule<object, EvaluateArguments> = {
  command: 'evaluate',
  describe: 'Evaluate a checkpoint on the clips of a protocol',
  builder: (args) =>
    compileArgument(engineArguments(protocolArguments(args, 'ASVspoof 2017, 2019, 2021 or 5, or CSV')))
      .option('checkpoint', {
        type: 'string',
        demandOption: true,
        describe: 'A run folder, such as checkpoints/lcnn, an ensemble, a cascade or an exported model',
      })
      .demandOption('protocol')
      .option('asv-scores', { type: 'string', describe: 'Scores of an ASV system, for min t-DCF' })
      .option('output', { type: 'string', describe: 'Folder for scores.txt and metrics.json' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the metrics as one JSON object' })
      .example(
        '$0 evaluate --checkpoint checkpoints/lcnn --protocol LA.cm.eval.trl.txt --audio LA_eval/flac',
        'on ASVspoof 2019 LA',
      ),
  handler: async (args) => {
    const { evaluateCheckpoint } = await import('../api/evaluate.js');
    const { formatMetricsTable } = await import('../metrics/table.js');
    const { metrics } = await evaluateCheckpoint(args.checkpoint, {
      ...engineChoiceFrom(args, createTerminalLogger()),
      ...protocolChoiceFrom(args),
      asvScores: args['asv-scores'],
      output: args.output,
      compile: args.compile,
    });
    writeResult(args.json ? JSON.stringify(metrics) : formatMetricsTable(metrics));
  },
};
