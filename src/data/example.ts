/** One clip turned into one model input, and a few of them into a batch: the work that the data threads do. */
import { readFileSync, statSync } from 'node:fs';
import type { FeatureExtractor } from '../features/feature.js';
import { features } from '../features/registry.js';
import { AudioError, ConfigError, messageOf, VoiceproofError } from '../runtime/errors.js';
import { hashModule } from '../runtime/module-files.js';
import type { TypedOptions } from '../runtime/options.js';
import { createRandom, type Random } from '../runtime/random.js';
import { decodeAudio, readAudio } from './audio.js';
import type { Stage } from './augment/augmentation.js';
import { augmentations, createAugmenter } from './augment/registry.js';
import { type FeatureCache, openFeatureCache } from './feature-cache.js';
import { toFixedLength, toOwnLength } from './fixed-length.js';
import { CLASS_INDEX, type Label } from './trial.js';

/** All that decides what a clip becomes. Plain data, so that it can be handed to a thread. */
export interface ExampleRecipe {
  /** Entry of the feature registry with its options; without it the waveform itself is the example. */
  readonly feature: TypedOptions | undefined;
  /** Length that every clip is repeated or cropped to; without it clips stay whole. */
  readonly nSamples: number | undefined;
  /** Where given, clips shorter than `nSamples` are not repeated, but padded with zeros to a length of their batch. */
  readonly padding?: Pick<Padding, 'multipleOf'> | undefined;
  /** Where a clip that is too long is cropped. */
  readonly crop: 'random' | 'start';
  /** In the order in which they are applied within a stage. */
  readonly augment: readonly TypedOptions[];
  /** Absolute paths of the corpus's noise recordings, for augmentations that name none of their own. */
  readonly noise: readonly string[];
  /** Hz. */
  readonly sampleRate: number;
  /** Of the run; decides crops and augmentation together with epoch and utterance. */
  readonly seed: number;
  /** Where features of clips that nothing random touched are kept; without it nowhere. */
  readonly cacheDirectory: string | undefined;
  /** Absolute paths of the plugins that define what the recipe names and Voiceproof has not; default none. */
  readonly plugins?: readonly string[];
}

/** How clips of different lengths come into one batch. */
export interface Padding {
  /** Samples of which the length of a batch is a multiple, if that is not beyond the longest there may be. */
  readonly multipleOf: number;
  /** Whether batches tell their clips' own lengths, for a model that leaves padding out. */
  readonly isTold: boolean;
}

/** A clip to be made into an example. */
export interface Clip {
  readonly path: string;
  readonly utterance: string;
  readonly label: Label;
}

/** Examples of equal shape, one after the other. */
export interface ExampleBatch {
  readonly inputs: Float32Array<ArrayBuffer>;
  /** `[batch, frames, bins]`, or `[batch, samples]` without a feature. */
  readonly shape: readonly number[];
  /** `[batch, 2]`: how much of each is spoof and bona fide; only where the recipe mixes examples. */
  readonly softLabels?: Float32Array | undefined;
  /** Samples of each before padding; only where the recipe pads. */
  readonly lengths?: Int32Array | undefined;
}

/** Makes examples by one recipe. */
export interface ExampleMaker {
  /** `[frames, bins]` or `[samples]`; `null` where clips stay whole or are padded. */
  readonly shape: readonly (number | null)[];
  /**
   * @param clips at least one; exactly one where clips stay whole
   * @param onClip called with the place of each clip before work on it begins
   * @throws AudioError that names the file
   */
  make(clips: readonly Clip[], epoch: number, onClip?: (place: number) => void): Promise<ExampleBatch>;
}

/**
 * Makes an example maker: parses the feature's options, makes its tables, lists noise recordings.
 *
 * @param warn takes a line for a person, such as what was odd about a file
 * @throws ConfigError where the recipe can't be followed
 */
export function createExampleMaker(recipe: ExampleRecipe, warn: (line: string) => void): ExampleMaker {
  const { nSamples, padding, sampleRate, seed } = recipe;
  const { extractor, cache, shape } = openFeature(recipe, warn);
  const augmenter = createAugmenter(recipe.augment, recipe, seed);
  checkStages(recipe, extractor !== undefined);

  async function makeOne(clip: Clip, epoch: number): Promise<Float32Array> {
    const values = await makePlain(clip, epoch);
    if (extractor === undefined || !augmenter.stages.has('feature')) return values;
    const matrix = { values, nFrames: values.length / extractor.nBins, nBins: extractor.nBins };
    return (await augmenter.apply('feature', matrix, epoch, clip.utterance)).values;
  }

  /** The waveform, or the feature as it is cached. */
  async function makePlain({ path, utterance }: Clip, epoch: number): Promise<Float32Array> {
    // The bytes that name the entry are those that are decoded, whatever happens to the file in between.
    const bytes = cache === undefined || augmenter.affectsWaveform(epoch, utterance) ? undefined : readBytes(path);
    const key = bytes === undefined ? undefined : cache?.keyOf(bytes);
    const cached = key === undefined ? undefined : cache?.read(key);
    if (cached !== undefined) return cached;

    const audio = bytes === undefined ? readAudio(path, { sampleRate }) : decodeAudio(bytes, path, { sampleRate });
    const { waveform, warnings } = await audio;
    for (const warning of warnings) warn(`${path}: ${warning}`);
    if (waveform.length === 0) throw new AudioError(`${path}: expected audio, got no samples; remove the file`);
    const clip = await augmenter.apply('clip', waveform, epoch, utterance);
    const isCropDrawn = recipe.crop === 'random' && nSamples !== undefined && clip.length > nSamples;
    const random = isCropDrawn ? createRandom(seed, 'crop', epoch, utterance) : undefined;
    const cut = toLength(clip, random);
    const augmented = await augmenter.apply('waveform', cut, epoch, utterance);
    if (extractor === undefined) return augmented;

    const matrix = extractor.compute(augmented);
    if (key !== undefined && !isCropDrawn) cache?.write(key, matrix);
    return matrix;
  }

  function toLength(clip: Float32Array, random: Random | undefined): Float32Array {
    if (padding !== undefined) return toOwnLength(clip, nSamples ?? Number.POSITIVE_INFINITY, random);
    return nSamples === undefined ? clip : toFixedLength(clip, nSamples, random);
  }

  return {
    shape,
    async make(clips, epoch, onClip) {
      const makeAt = async (i: number): Promise<Float32Array> => {
        onClip?.(i);
        return makeOne(clips[i], epoch).catch((error) => {
          throw named(error, clips[i].path);
        });
      };
      if (padding !== undefined) {
        const examples: Float32Array[] = [];
        for (const i of clips.keys()) examples.push(await makeAt(i));
        return padded(examples, padding.multipleOf, nSamples);
      }
      let inputs = new Float32Array(0);
      let size = 0;
      for (const i of clips.keys()) {
        const example = await makeAt(i);
        if (i === 0) {
          size = example.length;
          inputs = new Float32Array(clips.length * size);
        }
        inputs.set(example, i * size);
      }
      const free = size / shape.reduce<number>((product, n) => product * (n ?? 1), 1);
      const batch = { inputs, shape: [clips.length, ...shape.map((n) => n ?? free)] };
      if (!augmenter.stages.has('batch')) return batch;
      const examples = { ...batch, labels: hardLabels(clips) };
      const { labels, ...mixed } = await augmenter.apply('batch', examples, epoch, clips[0].utterance);
      return { ...mixed, softLabels: labels };
    },
  };
}

/** Waveforms of different lengths, each with zeros behind it. */
function padded(waveforms: readonly Float32Array[], multipleOf: number, mostSamples: number | undefined): ExampleBatch {
  const longest = Math.max(...waveforms.map(({ length }) => length));
  const size = Math.min(Math.ceil(longest / multipleOf) * multipleOf, mostSamples ?? Number.POSITIVE_INFINITY);
  const inputs = new Float32Array(waveforms.length * size);
  for (const [i, waveform] of waveforms.entries()) inputs.set(waveform, i * size);
  const lengths = Int32Array.from(waveforms, ({ length }) => length);
  return { inputs, shape: [waveforms.length, size], lengths };
}

function openFeature(
  { feature, nSamples, padding, crop, sampleRate, cacheDirectory, plugins = [] }: ExampleRecipe,
  warn: (line: string) => void,
): { extractor?: FeatureExtractor; cache?: FeatureCache; shape: readonly (number | null)[] } {
  if (feature === undefined) return { shape: [padding === undefined ? (nSamples ?? null) : null] };
  const { type, entry, options } = features.resolve(feature, 'feature', 'feature', [feature.type]);
  const extractor = entry.create(options, sampleRate);
  const nFrames = nSamples === undefined ? null : extractor.nFrames(nSamples);
  if (nFrames !== null && nFrames < 1) {
    throw new ConfigError(`${type}: expected clips of at least one frame, got ${nSamples} samples; make them longer`);
  }
  const shape = [nFrames, extractor.nBins] as const;
  if (cacheDirectory === undefined) return { extractor, shape };
  // Under a random crop only clips that are not too long have an entry, so those two never share a name.
  const lengthRule = nSamples === undefined ? 'whole' : `${crop === 'random' ? 'repeat' : 'start'} ${nSamples}`;
  const identity = {
    type,
    version: entry.version,
    options,
    sampleRate,
    lengthRule,
    // Their authors may forget to raise the version.
    ...(plugins.length === 0 ? {} : { plugins: plugins.map(hashModule) }),
  };
  return { extractor, cache: openFeatureCache(cacheDirectory, identity, shape, warn), shape };
}

/** @throws ConfigError where an augmentation works on features and there is none, or features or mixtures are to be padded */
function checkStages({ augment, padding }: ExampleRecipe, hasFeature: boolean): void {
  if (padding !== undefined && hasFeature) {
    throw new ConfigError('data: only waveforms can be padded, got a feature; bring clips to one length');
  }
  const find = (stage: Stage): number =>
    augment.findIndex(({ type }) => augmentations.get(type, 'augment').stage === stage);
  const ofFeature = find('feature');
  if (!hasFeature && ofFeature >= 0) {
    throw new ConfigError(
      `augment.${ofFeature}: ${augment[ofFeature].type} works on a feature, but the model takes the waveform; take it out`,
    );
  }
  const ofBatch = find('batch');
  if (padding !== undefined && ofBatch >= 0) {
    throw new ConfigError(
      `augment.${ofBatch}: ${augment[ofBatch].type} mixes clips of one length, but these are padded; take it out, or bring clips to one length`,
    );
  }
}

/** `[batch, 2]`: 1 under each clip's class. */
function hardLabels(clips: readonly Clip[]): Float32Array {
  const labels = new Float32Array(2 * clips.length);
  for (const [i, { label }] of clips.entries()) labels[2 * i + CLASS_INDEX[label]] = 1;
  return labels;
}

/** The bytes of a file; `undefined` where they can't be read, for which `readAudio` finds the words. */
function readBytes(path: string): Uint8Array | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** The error, with the clip's path in front unless it is there. */
function named(error: unknown, path: string): VoiceproofError {
  if (error instanceof VoiceproofError && error.message.includes(path)) return error;
  return new AudioError(`${path}: ${messageOf(error)}`, { cause: error });
}
