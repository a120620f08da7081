/** `voiceproof import aasist`: published weights of AASIST and AASIST-L from a file. */
import type { CommandModule } from 'yargs';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface ImportArguments extends EngineArguments {
  file: string;
  output: string;
}

/** Imports AASIST's weights. */
export const importAasistCommand: CommandModule<object, ImportArguments> = {
  command: 'aasist <file>',
  describe: 'AASIST, AASIST-L, or the ASVspoof 5 baseline',
  builder: (args) =>
    engineArguments(args)
      .positional('file', { type: 'string', demandOption: true, describe: 'Weights: .pth or .safetensors' })
      .option('output', { type: 'string', demandOption: true, describe: 'The checkpoint to write: a new folder' })
      .example('$0 import aasist AASIST-L.pth --output checkpoints/aasist-l-official', 'then score, or fine-tune')
      .epilogue('The size is told by the shapes of the weights. Nothing in the file is executed.'),
  handler: async ({ file, output, ...args }) => {
    const { importAasist } = await import('../api/import.js');
    const choice = engineChoiceFrom(args, createTerminalLogger());
    const { type, nParameters } = await importAasist(file, { ...choice, output });
    writeResult(`${output}: ${type}, ${nParameters.toLocaleString('en')} parameters`);
  },
};
