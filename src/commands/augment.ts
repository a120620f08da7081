/** `voiceproof augment`: what augmentations do to a clip, to be heard and seen. */
import type { CommandModule } from 'yargs';
import { WAV_FORMATS, type WavFormat } from '../data/wav-file.js';
import { createTerminalLogger } from './terminal.js';

interface AugmentArguments {
  in: string;
  out: string;
  config: string;
  plot: string | undefined;
  seed: number | undefined;
  epoch: number;
  format: WavFormat;
}

/** Applies the augmentations of a config to a clip. */
export const augmentCommand: CommandModule<object, AugmentArguments> = {
  command: 'augment <in> <out>',
  describe: 'Apply the augmentations of an experiment to a clip, to hear and see them',
  builder: (args) =>
    args
      .positional('in', { type: 'string', demandOption: true, describe: 'Audio (wav, flac, mp3, ogg) or .npy' })
      .positional('out', { type: 'string', demandOption: true, describe: 'The WAV file to write' })
      .option('config', {
        type: 'string',
        demandOption: true,
        describe: 'An experiment, by name or JSON file, or a JSON file with a list as its augment has',
      })
      .option('plot', {
        type: 'string',
        describe:
          'Picture of the spectrogram before and after, of the feature where that is changed: .svg with axes, or .png',
      })
      .option('seed', { type: 'number', describe: 'Seed of the draws [default: that of the experiment, or 42]' })
      .option('epoch', { type: 'number', default: 1, describe: 'Epoch of the draws' })
      .option('format', {
        choices: WAV_FORMATS,
        default: 'pcm16' as const,
        describe: 'Samples of the WAV file; float32 clips nothing',
      })
      .example('$0 augment --config rawboost.json clip.wav out.wav', 'where the file holds [{"type": "rawboost"}]')
      .example(
        '$0 augment --config xlsr-aasist --epoch 7 --plot before-after.svg clip.flac out.wav',
        "an experiment's, as drawn in epoch 7",
      )
      .epilogue('The clip stays whole. The draws are those of a training clip of that name, seed and epoch.'),
  handler: async (args) => {
    const { augmentClip } = await import('../api/augment.js');
    const { plot, seed, epoch, format, out: output } = args;
    const logger = createTerminalLogger();
    await augmentClip(args.in, args.config, { output, plot, seed, epoch, format, logger });
  },
};
