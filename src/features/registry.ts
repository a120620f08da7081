/** The features there are. A new one is its file and a line here. */
import type { TypedOptions } from '../runtime/options.js';
import { type PluginSource, Registry } from '../runtime/registry.js';
import { cqt } from './cqt.js';
import { descriptors } from './descriptors.js';
import type { FeatureExtractor, FeatureType } from './feature.js';
import { joinFeatures } from './joined.js';
import { lfcc } from './lfcc.js';
import { logMel } from './log-mel.js';
import { mfcc } from './mfcc.js';
import { powerSpectrogram } from './power-spectrogram.js';

const single = {
  'log-mel': logMel,
  mfcc,
  lfcc,
  cqt,
  'power-spectrogram': powerSpectrogram,
  descriptors,
} as const satisfies Readonly<Record<string, FeatureType>>;

/** Those that `joined` can join. */
const parts = new Registry<FeatureType, typeof single, 'feature'>('feature', single);

const all = { ...single, joined: joinFeatures(parts) } as const;

/** Every feature by the `type` that configs name it by. */
export const features = new Registry<FeatureType, typeof all, 'feature'>('feature', all);

/**
 * Adds the feature of a plugin, alone and as a part of joined ones.
 *
 * @throws ConfigError where there is another of that name
 */
export function addFeature(name: string, entry: FeatureType, source: PluginSource): void {
  features.add(name, entry, source);
  parts.add(name, entry, source);
}

/**
 * The extractor that `{ type, ...options }` asks for.
 *
 * @param sampleRate of the waveforms, in Hz
 * @throws ConfigError for an unknown type, and for options that can't be used, all at once
 */
export function createFeature(feature: TypedOptions, sampleRate: number): FeatureExtractor {
  const { entry, options } = features.resolve(feature);
  return entry.create(options, sampleRate);
}
