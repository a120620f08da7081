/** One clip turned into one model input, and a few of them into a batch: the work that the data threads do. */
import { readFileSync, statSync } from 'node:fs';
import type { FeatureExtractor } from '../features/feature.js';
import { features } from '../features/registry.js';
import { AudioError, ConfigError, messageOf, VoiceproofError } from '../runtime/errors.js';
import { lookUp, parseOptions, type TypedOptions } from '../runtime/options.js';
import { createRandom } from '../runtime/random.js';
import { decodeAudio, readAudio } from './audio.js';
import { augmentations, createAugmenter } from './augment/registry.js';
import { type FeatureCache, openFeatureCache } from './feature-cache.js';
import { toFixedLength } from './fixed-length.js';
import { CLASS_INDEX, type Label } from './trial.js';

/** All that decides what a clip becomes. Plain data, so that it can be handed to a thread. */
export interface ExampleRecipe {
  /** Entry of the feature registry with its options; without it the waveform itself is the example. */
  readonly feature: TypedOptions | undefined;
  /** Length that every clip is repeated or cropped to; without it clips stay whole. */
  readonly nSamples: number | undefined;
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
}

/** Makes examples by one recipe. */
export interface ExampleMaker {
  /** `[frames, bins]` or `[samples]`; `null` where clips stay whole. */
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
  const { nSamples, sampleRate, seed } = recipe;
  const { extractor, cache, shape } = openFeature(recipe, warn);
  const augmenter = createAugmenter(recipe.augment, recipe, seed);
  checkStages(recipe.augment, extractor !== undefined);

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
    const cut = nSamples === undefined ? clip : toFixedLength(clip, nSamples, random);
    const augmented = await augmenter.apply('waveform', cut, epoch, utterance);
    if (extractor === undefined) return augmented;

    const matrix = extractor.compute(augmented);
    if (key !== undefined && !isCropDrawn) cache?.write(key, matrix);
    return matrix;
  }

  return {
    shape,
    async make(clips, epoch, onClip) {
      let inputs = new Float32Array(0);
      let size = 0;
      for (const [i, clip] of clips.entries()) {
        onClip?.(i);
        const example = await makeOne(clip, epoch).catch((error) => {
          throw named(error, clip.path);
        });
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

function openFeature(
  { feature, nSamples, crop, sampleRate, cacheDirectory }: ExampleRecipe,
  warn: (line: string) => void,
): { extractor?: FeatureExtractor; cache?: FeatureCache; shape: readonly (number | null)[] } {
  if (feature === undefined) return { shape: [nSamples ?? null] };
  const { type, ...given } = feature;
  const entry = lookUp(features, type, 'feature');
  const options = parseOptions(entry.schema, given, 'feature', [type]);
  const extractor = entry.create(options, sampleRate);
  const nFrames = nSamples === undefined ? null : extractor.nFrames(nSamples);
  if (nFrames !== null && nFrames < 1) {
    throw new ConfigError(`${type}: expected clips of at least one frame, got ${nSamples} samples; make them longer`);
  }
  const shape = [nFrames, extractor.nBins] as const;
  if (cacheDirectory === undefined) return { extractor, shape };
  // Under a random crop only clips that are not too long have an entry, so those two never share a name.
  const lengthRule = nSamples === undefined ? 'whole' : `${crop === 'random' ? 'repeat' : 'start'} ${nSamples}`;
  const identity = { type, version: entry.version, options, sampleRate, lengthRule };
  return { extractor, cache: openFeatureCache(cacheDirectory, identity, shape, warn), shape };
}

/** @throws ConfigError where an augmentation works on features and there is none */
function checkStages(augment: readonly TypedOptions[], hasFeature: boolean): void {
  const i = augment.findIndex(({ type }) => augmentations[type].stage === 'feature');
  if (hasFeature || i < 0) return;
  throw new ConfigError(
    `augment.${i}: ${augment[i].type} works on a feature, but the model takes the waveform; take it out`,
  );
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
