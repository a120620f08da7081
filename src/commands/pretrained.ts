/** `voiceproof pretrained`: published weights from their authors, as a checkpoint. */
import type { CommandModule } from 'yargs';
import type { PretrainedModel } from '../experiment/aasist-import.js';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface PretrainedArguments extends EngineArguments {
  model: PretrainedModel;
  output: string;
  'base-url': string | undefined;
}

/** Fetches a pretrained detector. */
export const pretrainedCommand: CommandModule<object, PretrainedArguments> = {
  command: 'pretrained <model>',
  describe: 'Fetch published weights as a checkpoint',
  builder: (args) =>
    engineArguments(args)
      .positional('model', {
        choices: ['aasist', 'aasist-l'] as const,
        demandOption: true,
        describe: 'Trained by its authors on ASVspoof 2019 LA',
      })
      .option('output', { type: 'string', demandOption: true, describe: 'The checkpoint to write: a new folder' })
      .option('base-url', { type: 'string', requiresArg: true, describe: 'A mirror of the authors’ repository' })
      .example('$0 pretrained aasist-l --output checkpoints/aasist-l-official', 'then score, evaluate or fine-tune')
      .epilogue(
        'The file is checked against a pinned SHA-256 and kept in the user’s cache. Offline, copy the authors’ .pth file here ' +
          'and run "voiceproof import aasist FILE --output DIR".',
      ),
  handler: async ({ model, output, 'base-url': baseUrl, ...args }) => {
    const { pretrained } = await import('../api/pretrained.js');
    const choice = engineChoiceFrom(args, createTerminalLogger());
    const { nParameters } = await pretrained(model).download({ ...choice, output, baseUrl });
    writeResult(`${output}: ${model}, ${nParameters.toLocaleString('en')} parameters`);
  },
};
