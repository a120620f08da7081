/** `voiceproof features`: the feature matrix of one clip, as a `.npy` file. */
import type { CommandModule } from 'yargs';
import { parseOverrides } from './overrides.js';
import { createTerminalLogger } from './terminal.js';

interface FeaturesArguments {
  in: string;
  out: string;
  type: string;
  set: string[];
  plot: string | undefined;
}

/** Computes the features of one clip. */
export const featuresCommand: CommandModule<object, FeaturesArguments> = {
  command: 'features <in> <out>',
  describe: 'Write the features of a clip as .npy, frames x bins in float32',
  builder: (args) =>
    args
      .positional('in', {
        type: 'string',
        demandOption: true,
        describe: 'Audio (wav, flac, mp3, ogg), or .npy: float32, 16 kHz, taken as it is',
      })
      .positional('out', { type: 'string', demandOption: true, describe: 'The file to write' })
      .option('type', {
        type: 'string',
        demandOption: true,
        describe: 'The feature: log-mel, mfcc, lfcc, cqt, power-spectrogram, descriptors or joined',
      })
      .option('set', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'Set an option of the feature: path=value, the value as JSON or plain text',
      })
      .option('plot', {
        type: 'string',
        describe: 'Also draw the feature: .svg with axes, or .png with a pixel for each value',
      })
      .example('$0 features --type lfcc clip.wav clip.npy', 'LFCC as in the ASVspoof 2021 baseline')
      .example(
        '$0 features --type lfcc --set nFft=1024 --set maxFrequency=0.5 clip.flac clip.npy',
        'as in its LA recipe, 0 to 4 kHz',
      )
      .example('$0 features --type log-mel --set nMels=40 --set log.type=natural clip.wav clip.npy', 'ln of 40 mels')
      .example('$0 features --type cqt --set hopLength=160 --plot cqt.svg clip.wav clip.npy', 'and a picture')
      .example(
        `$0 features --type joined --set 'parts=[{"type":"mfcc"},{"type":"lfcc"}]' clip.wav clip.npy`,
        'several side by side',
      )
      .epilogue('An option that a feature does not have is refused with the ones it has.'),
  handler: async (args) => {
    const { computeFeature } = await import('../api/features.js');
    const { plot, out: output, type } = args;
    const logger = createTerminalLogger();
    await computeFeature(args.in, { ...parseOverrides(args.set), type }, { output, plot, logger });
  },
};
