/** `voiceproof ensemble`: several checkpoints as one. */
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

interface EnsembleArguments extends EngineArguments, CompileArgument, ProtocolArguments {
  members: string[];
  fusion: 'mean' | 'logistic';
  weights: number[] | undefined;
  output: string;
  json: boolean;
}

/** Fuses checkpoints. */
export const ensembleCommand: CommandModule<object, EnsembleArguments> = {
  command: 'ensemble',
  describe: 'Make one checkpoint of several, whose scores are fused',
  builder: (args) =>
    compileArgument(engineArguments(devArguments(args)))
      .option('members', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Run folders, exported models or other ensembles; they stay where they are',
      })
      .option('fusion', {
        choices: ['mean', 'logistic'] as const,
        default: 'mean' as const,
        describe: 'mean of calibrated log-likelihood ratios, or weights by logistic regression',
      })
      .option('weights', { type: 'number', array: true, describe: 'With mean: how much each member counts' })
      .option('output', { type: 'string', demandOption: true, requiresArg: true, describe: 'Folder of the ensemble' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as one JSON object' })
      .example('$0 ensemble --members checkpoints/lcnn checkpoints/aasist --output checkpoints/both', 'the mean of two')
      .example(
        '$0 ensemble --fusion logistic --members a b c --protocol dev.csv --audio clips --output checkpoints/fused',
        'weights found on clips of your own',
      )
      .epilogue('The folder refers to its members by relative path: move them together. score and evaluate take it.'),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const { createEnsemble } = await import('../api/fusion.js');
    const { formatPercent } = await import('../metrics/table.js');
    const { members, fusion, weights, output, compile } = args;
    const choice = { ...engineChoiceFrom(args, logger), ...protocolChoiceFrom(args) };
    const { nClips, ...result } = await createEnsemble(members, { ...choice, fusion, weights, output, compile });
    logger.info(`${output}: an ensemble of ${members.length}, fitted on ${nClips} clips`);
    const lines = members.map((member, i) => {
      return `${member}\tweight ${result.weights[i].toFixed(4)}\tEER ${formatPercent(result.memberEers[i])}`;
    });
    writeResult(
      args.json ? JSON.stringify(result) : [...lines, `together\tEER ${formatPercent(result.eer)}`].join('\n'),
    );
  },
};
