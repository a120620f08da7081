/** Augmentations on a single clip, to be heard and seen. */
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { SAMPLE_RATE } from '../data/audio.js';
import type { FeatureMatrix } from '../data/augment/augmentation.js';
import { createAugmenter, parseAugmentations } from '../data/augment/registry.js';
import { listNoise } from '../data/corpus.js';
import { corpusOptions } from '../data/corpus-options.js';
import { type WavFormat, writeWav } from '../data/wav-file.js';
import { createFeature } from '../features/registry.js';
import { beforeAfterChart, beforeAfterPng, type HeatMap } from '../report/heat-map.js';
import { pictureKind, writePicture } from '../report/picture.js';
import { ConfigError, messageOf } from '../runtime/errors.js';
import { type Logger, silentLogger } from '../runtime/logger.js';
import type { TypedOptions } from '../runtime/options.js';
import { type AudioInput, nameOfInput, readInput } from './audio-input.js';
import { type ExperimentInput, resolveExperiment } from './experiment.js';

/** How a clip is augmented. */
export interface AugmentOptions {
  /** The WAV file to write. Default: nothing is written. */
  readonly output?: string | undefined;
  /** Samples of the file; `float32` clips nothing. Default `pcm16`. */
  readonly format?: WavFormat | undefined;
  /** Picture of the spectrogram before and after, of the feature where that is changed: `.svg` with axes, or `.png`. */
  readonly plot?: string | undefined;
  /** Of the draws. Default: that of the experiment, or 42. */
  readonly seed?: number | undefined;
  /** Epoch of the draws. Default 1. */
  readonly epoch?: number | undefined;
  /** Names the draws. Default: the name of the file, without its ending. */
  readonly utterance?: string | undefined;
  readonly logger?: Logger | undefined;
}

/** A clip that was augmented. */
export interface AugmentedClip {
  readonly waveform: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  /** What does nothing to a single clip, or would be clipped in the file. */
  readonly warnings: readonly string[];
}

/** What is applied, and what belongs to it in an experiment. */
interface Plan {
  /** In messages. */
  readonly name: string;
  readonly augment: readonly TypedOptions[];
  readonly feature: TypedOptions | null;
  readonly seed: number;
  /** Of the corpus, for augmentations that name no folder of their own. */
  readonly noise: readonly string[];
}

/** What is shown where no feature is changed: decibels on one scale for both. */
const SPECTROGRAM: TypedOptions = {
  type: 'power-spectrogram',
  log: { type: 'decibel', reference: 1, topDb: null },
};

/** Of the draws of a bare list, as of an experiment that names none. */
const DEFAULT_SEED = 42;

/**
 * Applies augmentations to a clip, which stays whole. The draws are those of a training clip of that name, seed and epoch.
 *
 * @param augmentations a list, as an experiment's `augment`; an experiment, by its name, file or options; or a JSON file with such
 *   a list
 * @throws AudioError where the input can't be used; ConfigError for augmentations that there are not
 */
export async function augmentClip(
  input: AudioInput,
  augmentations: string | readonly TypedOptions[] | ExperimentInput,
  options: AugmentOptions = {},
): Promise<AugmentedClip> {
  const { output, format = 'pcm16', plot, epoch = 1, logger = silentLogger } = options;
  if (plot !== undefined) pictureKind(plot);
  const plan = await planOf(augmentations);
  const augmenter = createAugmenter(
    plan.augment,
    { sampleRate: SAMPLE_RATE, noise: plan.noise },
    options.seed ?? plan.seed,
  );
  const file = nameOfInput(input);
  const utterance = options.utterance ?? basename(file, extname(file));
  const { waveform, warnings: ofAudio } = await readInput(input, file);
  for (const warning of ofAudio) logger.warn(`${file}: ${warning}`);

  const clip = await augmenter.apply('clip', waveform, epoch, utterance);
  const after = await augmenter.apply('waveform', clip, epoch, utterance);
  const warnings: string[] = [];
  if (output !== undefined) {
    writeWav(output, after, SAMPLE_RATE, format);
    const nClipped = after.reduce((n, sample) => n + (Math.abs(sample) > 1 ? 1 : 0), 0);
    if (format === 'pcm16' && nClipped > 0) {
      warnings.push(`${output}: ${nClipped} samples beyond full scale were clipped; \`format: float32\` keeps them`);
    }
  }
  if (augmenter.stages.has('batch')) {
    warnings.push(`${plan.name}: what mixes the clips of a batch does nothing to one clip`);
  }
  if (augmenter.stages.has('feature') && plot === undefined) {
    warnings.push(`${plan.name}: what changes the feature can't be heard; \`plot\` shows it`);
  }
  for (const warning of warnings) logger.warn(warning);
  if (output !== undefined) {
    const seconds = (after.length / SAMPLE_RATE).toFixed(2);
    logger.info(`${output}: ${seconds} s${after === waveform ? ', unchanged' : ''}`);
  }
  if (plot !== undefined) {
    const feature = augmenter.stages.has('feature') ? (plan.feature ?? SPECTROGRAM) : SPECTROGRAM;
    const before = drawable(waveform, feature, 'before');
    const plain = drawable(after, feature, 'after');
    const changed: FeatureMatrix = await augmenter.apply('feature', plain, epoch, utterance);
    const shown = { ...plain, ...changed };
    await writePicture(plot, {
      chart: () => beforeAfterChart(before, shown),
      png: () => beforeAfterPng(before, shown),
    });
    const frames = `${before.nFrames} and ${shown.nFrames} frames of ${shown.nBins} bins`;
    logger.info(`${plot}: ${feature.type}, ${frames}`);
  }
  return { waveform: after, sampleRate: SAMPLE_RATE, warnings };
}

async function planOf(augmentations: string | readonly TypedOptions[] | ExperimentInput): Promise<Plan> {
  if (Array.isArray(augmentations)) return listed(augmentations, 'augment');
  const source = augmentations as string | ExperimentInput;
  if (typeof source === 'string' && source.endsWith('.json')) {
    const value = readJson(source);
    if (Array.isArray(value)) return listed(value, source);
  }
  const { name, config } = await resolveExperiment(source);
  const { augment, feature, seed, data } = config;
  return { name: typeof source === 'string' ? source : name, augment, feature, seed, noise: listNoise(data) };
}

function listed(value: readonly unknown[], name: string): Plan {
  const augment = parseAugmentations(value, name, []);
  return { name, augment, feature: null, seed: DEFAULT_SEED, noise: listNoise(corpusOptions.parse({})) };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${path}: expected a JSON file: ${messageOf(error)}`, { cause: error });
  }
}

function drawable(waveform: Float32Array, options: TypedOptions, title: string): HeatMap {
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
