/** `voiceproof evaluate`: a checkpoint on a protocol. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  featureCacheDirectory,
  startCommandEngine,
} from './engine-options.js';
import { loadProtocolTrials, type ProtocolArguments, protocolArguments } from './protocol-arguments.js';
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
    compileArgument(engineArguments(protocolArguments(args, 'ASVspoof 2015, 2017, 2019, 2021 or 5, or CSV')))
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
    const logger = createTerminalLogger();
    const { protocol } = args;
    const trials = await loadProtocolTrials(protocol, args);
    const asvFile = args['asv-scores'];
    const asvScores =
      asvFile === undefined
        ? undefined
        : (await import('../data/asv-score-file.js')).readAsvScores(asvFile, { protocol });

    const engine = await startCommandEngine(args, 'inference', logger);
    try {
      const { evaluateCheckpoint } = await import('../training/evaluation.js');
      const { metrics, scored } = await evaluateCheckpoint({
        checkpoint: args.checkpoint,
        trials,
        asvScores,
        cacheDirectory: featureCacheDirectory(),
        compile: args.compile,
        logger,
      });
      if (args.output !== undefined) {
        const { writeFileAtomic, writeJsonAtomic } = await import('../runtime/files.js');
        const { formatScores } = await import('../data/score-file.js');
        writeFileAtomic(join(args.output, 'scores.txt'), formatScores(scored, 'labelled'));
        writeJsonAtomic(join(args.output, 'metrics.json'), metrics);
      }
      const { formatMetricsTable } = await import('../metrics/table.js');
      writeResult(args.json ? JSON.stringify(metrics) : formatMetricsTable(metrics));
    } finally {
      engine.close();
    }
  },
};
