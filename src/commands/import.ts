/** `voiceproof import`: models of other frameworks as checkpoints; a subcommand for each kind. */
import type { CommandModule } from 'yargs';
import { importAasistCommand } from './import-aasist.js';
import { importHuggingFaceCommand } from './import-huggingface.js';
import { importSslAasistCommand } from './import-ssl-aasist.js';

/** Imports a model. */
export const importCommand: CommandModule = {
  command: 'import <kind>',
  describe: 'Make a checkpoint of a model from elsewhere',
  builder: (args) =>
    args
      .command(importHuggingFaceCommand)
      .command(importAasistCommand)
      .command(importSslAasistCommand)
      .demandCommand(1, 'expected what kind of model to import'),
  handler: () => {},
};
