/** `voiceproof embed`: the hidden states of a Wav2Vec2 for clips, as a safetensors file. */
import { basename, extname } from 'node:path';
import type { CommandModule } from 'yargs';
import { type EngineArguments, engineArguments, startCommandEngine } from './engine-options.js';
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
    const { ConfigError, AudioError, messageOf } = await import('../runtime/errors.js');
    const stems = args.files.map((file) => basename(file, extname(file)));
    const twice = stems.find((stem, i) => stems.indexOf(stem) !== i);
    if (twice !== undefined) throw new ConfigError(`two files are named ${twice}; embed them one at a time`);
    const layers = args.layers === 'all' || args.layers === 'last' ? args.layers : Number(args.layers);
    const engine = await startCommandEngine(args, 'inference', logger);
    try {
      const { loadEmbedder } = await import('../inference/embed.js');
      const { readAudio } = await import('../data/audio.js');
      const { writeSafetensors } = await import('../runtime/safetensors.js');
      const embedder = await loadEmbedder(args.checkpoint, layers);
      const tensors = new Map();
      const progress = logger.progress('embed', args.files.length);
      for (const [i, file] of args.files.entries()) {
        const { waveform, warnings } = await readAudio(file);
        for (const warning of warnings) logger.warn(`${file}: ${warning}`);
        try {
          for (const [name, tensor] of embedder.embed(waveform)) {
            tensors.set(args.files.length === 1 ? name : `${stems[i]}.${name}`, tensor);
          }
        } catch (error) {
          if (!(error instanceof AudioError)) throw error;
          throw new AudioError(`${file}: ${messageOf(error)}`, { cause: error });
        }
        progress.update(i + 1);
      }
      progress.end();
      embedder.dispose();
      writeSafetensors(args.output, tensors);
      logger.info(`${args.output}: ${tensors.size} tensors`);
    } finally {
      engine.close();
    }
  },
};
