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
    const logger = createTerminalLogger();
    const { createFeature } = await import('../features/registry.js');
    const { readAudio, SAMPLE_RATE } = await import('../data/audio.js');
    const { writeFileAtomic } = await import('../runtime/files.js');
    const { encodeNpy } = await import('../runtime/npy.js');
    const plotKind = args.plot === undefined ? undefined : await kindOfPicture(args.plot);
    const extractor = createFeature({ ...parseOverrides(args.set), type: args.type }, SAMPLE_RATE);
    const { waveform, warnings } = await readAudio(args.in);
    for (const warning of warnings) logger.warn(`${args.in}: ${warning}`);
    const data = extractor.compute(waveform);
    const shape = [data.length / extractor.nBins, extractor.nBins];
    writeFileAtomic(args.out, encodeNpy({ shape, data }));
    logger.info(`${args.out}: ${shape.join(' x ')} (frames x bins)`);
    if (args.plot === undefined) return;

    const { heatMapChart, heatMapPng } = await import('../report/heat-map.js');
    const map = {
      title: args.type,
      values: data,
      nFrames: shape[0],
      nBins: shape[1],
      durationSeconds: waveform.length / SAMPLE_RATE,
      vertical: { name: 'bin', top: extractor.nBins },
    };
    if (plotKind === '.png') {
      writeFileAtomic(args.plot, heatMapPng([map]));
    } else {
      const { drawInline, loadDrawing, standAlone } = await import('../report/draw.js');
      writeFileAtomic(args.plot, standAlone(drawInline(await loadDrawing(), heatMapChart(args.type, [map]))));
    }
    logger.info(`${args.plot}: a picture`);
  },
};

/** The ending of a picture's name, refused before any work is done where it is another. */
async function kindOfPicture(path: string): Promise<'.svg' | '.png'> {
  const { extname } = await import('node:path');
  const { ConfigError } = await import('../runtime/errors.js');
  const kind = extname(path).toLowerCase();
  if (kind !== '.svg' && kind !== '.png') throw new ConfigError(`--plot: expected a .svg or .png file, got ${path}`);
  return kind;
}
