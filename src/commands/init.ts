/** `voiceproof init`: a project to begin with. */
import type { CommandModule } from 'yargs';
import { writeResult } from './terminal.js';

interface InitArguments {
  folder: string;
}

/** Writes a project. */
export const initCommand: CommandModule<object, InitArguments> = {
  command: 'init [folder]',
  describe: 'Begin a project: an experiment, a model of your own, a test and a README',
  builder: (args) =>
    args
      .positional('folder', { type: 'string', default: 'my-detector', describe: 'The folder to write: a new one' })
      .example('$0 init my-detector', 'then: cd my-detector && npm install && npm test && npm run train')
      .epilogue('The same as npm create voiceproof. Nothing is overwritten.'),
  handler: async ({ folder }) => {
    const { createProject } = await import('../api/init.js');
    for (const file of createProject(folder)) writeResult(`${folder}/${file}`);
    writeResult(`\nnext: cd ${folder} && npm install && npm test && npm run train`);
  },
};
