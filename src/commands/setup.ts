/** `voiceproof setup`: finds or fetches the native engine now rather than when a command first needs it. */
import type { CommandModule } from 'yargs';
import type { EngineOptions } from '../runtime/engine.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface SetupArguments {
  device: EngineOptions['device'];
  library: string | undefined;
  forget: boolean;
}

/** Finds or fetches the native engine, and starts it once to see that it works. */
export const setupCommand: CommandModule<object, SetupArguments> = {
  command: 'setup',
  describe: 'Find or fetch the native engine',
  builder: (args) =>
    args
      .option('device', {
        choices: ['auto', 'cpu', 'cuda'] as const,
        default: 'auto' as const,
        describe: 'cuda: the CUDA 12 build with its NVIDIA libraries (3.4 GB to fetch, 5.3 GB on disk)',
      })
      .option('library', {
        type: 'string',
        requiresArg: true,
        describe: "Folder with TensorFlow's C library, to be used from now on",
      })
      .option('forget', {
        type: 'boolean',
        default: false,
        describe: 'Forget a library named or found outside the cache, and search anew',
      })
      .example('$0 setup', 'an installed tensorflow, or the pinned wheel from the Python index into the per-user cache')
      .example('$0 setup --device cuda', 'the CUDA build, also where the GPU is not at hand yet')
      .example('$0 setup --library /opt/tensorflow', 'a library of your own; "setup --forget" drops it again')
      .epilogue(
        'Commands do this by themselves when they need it. The search: a library named here or by --library; the ' +
          'per-user cache; an installed Python tensorflow (2.18 or later); the wheel pinned by hash, from the index that pip or uv is set to.',
      ),
  handler: async (args) => {
    const { setUpEngine } = await import('../api/setup.js');
    const { device, library: libraryPath, forget } = args;
    const { source, devices } = await setUpEngine({ device, libraryPath, forget, logger: createTerminalLogger() });
    writeResult(`${source}; devices: ${devices.join(', ')}`);
  },
};
