/** `voiceproof augment`: what augmentations do to a clip, to be heard and seen. */
import type { CommandModule } from 'yargs';
import { WAV_FORMATS, type WavFormat } from '../data/wav-file.js';
import type { TypedOptions } from '../runtime/options.js';
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

/** What a config says: the list, and what belongs to it in an experiment. */
interface Plan {
  readonly augment: readonly TypedOptions[];
  readonly feature: TypedOptions | null;
  readonly seed: number;
  /** Of the corpus, for augmentations that name no folder of their own. */
  readonly noise: readonly string[];
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
    const logger = createTerminalLogger();
    const { basename, extname } = await import('node:path');
    const { readAudio, SAMPLE_RATE } = await import('../data/audio.js');
    const { createAugmenter } = await import('../data/augment/registry.js');
    const { writeWav } = await import('../data/wav-file.js');
    const { ConfigError } = await import('../runtime/errors.js');

    const plotKind = args.plot === undefined ? undefined : extname(args.plot).toLowerCase();
    if (plotKind !== undefined && plotKind !== '.svg' && plotKind !== '.png') {
      throw new ConfigError(`--plot: expected a .svg or .png file, got ${args.plot}`);
    }
    const plan = await readPlan(args.config);
    const context = { sampleRate: SAMPLE_RATE, noise: plan.noise };
    const augmenter = createAugmenter(plan.augment, context, args.seed ?? plan.seed);
    const utterance = basename(args.in, extname(args.in));
    const { waveform, warnings } = await readAudio(args.in);
    for (const warning of warnings) logger.warn(`${args.in}: ${warning}`);

    const clip = await augmenter.apply('clip', waveform, args.epoch, utterance);
    const after = await augmenter.apply('waveform', clip, args.epoch, utterance);
    writeWav(args.out, after, SAMPLE_RATE, args.format);
    const nClipped = after.reduce((n, sample) => n + (Math.abs(sample) > 1 ? 1 : 0), 0);
    if (args.format === 'pcm16' && nClipped > 0) {
      logger.warn(`${args.out}: ${nClipped} samples beyond full scale were clipped; --format float32 keeps them`);
    }
    if (augmenter.stages.has('batch')) {
      logger.warn(`${args.config}: what mixes the clips of a batch does nothing to one clip`);
    }
    if (augmenter.stages.has('feature') && args.plot === undefined) {
      logger.warn(`${args.config}: what changes the feature can't be heard; --plot shows it`);
    }
    logger.info(`${args.out}: ${(after.length / SAMPLE_RATE).toFixed(2)} s${after === waveform ? ', unchanged' : ''}`);
    if (args.plot === undefined) return;

    const { beforeAfterChart, beforeAfterPng } = await import('../report/heat-map.js');
    const { writeFileAtomic } = await import('../runtime/files.js');
    const isOfFeature = augmenter.stages.has('feature');
    const feature = isOfFeature ? (plan.feature ?? SPECTROGRAM) : SPECTROGRAM;
    const before = await drawable(waveform, feature, 'before');
    const plain = await drawable(after, feature, 'after');
    const shown = { ...plain, ...(await augmenter.apply('feature', plain, args.epoch, utterance)) };
    if (plotKind === '.png') {
      writeFileAtomic(args.plot, beforeAfterPng(before, shown));
    } else {
      const { drawInline, loadDrawing, standAlone } = await import('../report/draw.js');
      writeFileAtomic(args.plot, standAlone(drawInline(await loadDrawing(), beforeAfterChart(before, shown))));
    }
    logger.info(`${args.plot}: ${feature.type}, ${before.nFrames} and ${shown.nFrames} frames of ${shown.nBins} bins`);
  },
};

/** What is shown where no feature is changed: decibels on one scale for both. */
const SPECTROGRAM: TypedOptions = {
  type: 'power-spectrogram',
  log: { type: 'decibel', reference: 1, topDb: null },
};

/** Of the draws of a bare list, as of an experiment that names none. */
const DEFAULT_SEED = 42;

async function readPlan(config: string): Promise<Plan> {
  const { readFileSync } = await import('node:fs');
  const { ConfigError, messageOf } = await import('../runtime/errors.js');
  const { listNoise } = await import('../data/corpus.js');
  const { corpusOptions } = await import('../data/corpus-options.js');
  if (config.endsWith('.json')) {
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(config, 'utf8'));
    } catch (error) {
      throw new ConfigError(`${config}: expected a JSON file: ${messageOf(error)}`, { cause: error });
    }
    if (Array.isArray(value)) {
      const { parseAugmentations } = await import('../data/augment/registry.js');
      const augment = parseAugmentations(value, config, []);
      return { augment, feature: null, seed: DEFAULT_SEED, noise: listNoise(corpusOptions.parse({})) };
    }
  }
  const { readExperiment } = await import('../experiment/config.js');
  const { augment, feature, seed, data } = (await readExperiment(config)).config;
  return { augment, feature, seed, noise: listNoise(data) };
}

async function drawable(waveform: Float32Array, options: TypedOptions, title: string) {
  const { createFeature } = await import('../features/registry.js');
  const { SAMPLE_RATE } = await import('../data/audio.js');
  const extractor = createFeature(options, SAMPLE_RATE);
  const values = extractor.compute(waveform);
  const { nBins } = extractor;
  const isSpectrogram = options === SPECTROGRAM;
  return {
    title,
    values,
    nFrames: values.length / nBins,
    nBins,
    durationSeconds: waveform.length / SAMPLE_RATE,
    vertical: isSpectrogram ? { name: 'kHz', top: SAMPLE_RATE / 2000 } : { name: `${options.type}, bin`, top: nBins },
  };
}
