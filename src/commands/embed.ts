/** `voiceproof embed`: the hidden states of a Wav2Vec2 for clips, as a safetensors file. */
import type { CommandModule } from 'yargs';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { createTerminalLogger } from './terminal.js';

interface EmbedArguments extends EngineArguments {
  files: string[];
  checkpoint: string;
  layers: string;
  output: string;
}

/** Embeds clips. */
export const embedCommand: CommandModule<object, EmbedArguments> = {
  command: 'embed <files..>',
  describe: 'Write the hidden states of an encoder for clips, as safetensors',
  builder: (args) =>
    engineArguments(args)
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Audio (wav, flac, mp3, ogg), or .npy: float32, 16 kHz, taken as it is',
      })
      .option('checkpoint', { type: 'string', demandOption: true, describe: 'A checkpoint of a Wav2Vec2 or its like' })
      .option('layers', { type: 'string', default: 'all', describe: 'all, last, or a number from 0' })
      .option('output', { type: 'string', demandOption: true, describe: 'The .safetensors file to write' })
      .example('$0 embed --checkpoint checkpoints/base --output clip.safetensors clip.wav', 'hidden_states.0, …')
      .epilogue(
        'Tensors are hidden_states.0 (what the transformer takes) and up (what each layer gives), [1, frames, features], ' +
          'as transformers names them; of several files each name starts with the file’s own: clip.hidden_states.0.',
      ),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const { embedFiles } = await import('../api/embed.js');
    const { files, checkpoint, output } = args;
    const layers = args.layers === 'all' || args.layers === 'last' ? args.layers : Number(args.layers);
    const tensors = await embedFiles(files, { ...engineChoiceFrom(args, logger), checkpoint, layers, output });
    logger.info(`${output}: ${tensors.size} tensors`);
  },
};
