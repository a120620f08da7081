/** `voiceproof import ssl-aasist`: weights that SSL_Anti-spoofing saved. */
import type { CommandModule } from 'yargs';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface ImportArguments extends EngineArguments {
  file: string;
  output: string;
}

/** Imports AASIST's graphs on XLS-R. */
export const importSslAasistCommand: CommandModule<object, ImportArguments> = {
  command: 'ssl-aasist <file>',
  describe: "AASIST's graphs on XLS-R, as SSL_Anti-spoofing saves them",
  builder: (args) =>
    engineArguments(args)
      .positional('file', { type: 'string', demandOption: true, describe: 'Weights: .pth or .safetensors' })
      .option('output', { type: 'string', demandOption: true, describe: 'The checkpoint to write: a new folder' })
      .example('$0 import ssl-aasist LA_model.pth --output checkpoints/ssl-aasist', 'then score, or fine-tune')
      .epilogue('Sizes are told by the shapes of the weights. Nothing in the file is executed.'),
  handler: async ({ file, output, ...args }) => {
    const { importSslAasist } = await import('../api/import.js');
    const choice = engineChoiceFrom(args, createTerminalLogger());
    const { nParameters } = await importSslAasist(file, { ...choice, output });
    writeResult(`${output}: ssl-aasist, ${nParameters.toLocaleString('en')} parameters`);
  },
};
