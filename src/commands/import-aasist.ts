/** `voiceproof import aasist`: published weights of AASIST and AASIST-L from a file. */
import type { CommandModule } from 'yargs';
import { type EngineArguments, engineArguments, startCommandEngine } from './engine-options.js';
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
    const engine = await startCommandEngine(args, 'inference', createTerminalLogger());
    try {
      const { importAasistFile } = await import('../experiment/aasist-import.js');
      const { describeEnvironment } = await import('../training/run-folder.js');
      const { type, nParameters } = await importAasistFile({ file, output, environment: describeEnvironment(engine) });
      writeResult(`${output}: ${type}, ${nParameters.toLocaleString('en')} parameters`);
    } finally {
      engine.close();
    }
  },
};
