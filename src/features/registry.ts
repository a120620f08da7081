/** The features there are. A new one is its file and a line here. */
import { lookUp, parseOptions, type TypedOptions } from '../runtime/options.js';
import { cqt } from './cqt.js';
import { descriptors } from './descriptors.js';
import type { FeatureExtractor, FeatureType } from './feature.js';
import { joinFeatures } from './joined.js';
import { lfcc } from './lfcc.js';
import { logMel } from './log-mel.js';
import { mfcc } from './mfcc.js';
import { powerSpectrogram } from './power-spectrogram.js';

const single: Readonly<Record<string, FeatureType>> = {
  'log-mel': logMel,
  mfcc,
  lfcc,
  cqt,
  'power-spectrogram': powerSpectrogram,
  descriptors,
};

/** Every feature by the `type` that configs name it by. */
export const features: Readonly<Record<string, FeatureType>> = { ...single, joined: joinFeatures(single) };

/**
 * The extractor that `{ type, ...options }` asks for.
 *
 * @param sampleRate of the waveforms, in Hz
 * @throws ConfigError for an unknown type, and for options that can't be used, all at once
 */
export function createFeature({ type, ...options }: TypedOptions, sampleRate: number): FeatureExtractor {
  const entry = lookUp(features, type, 'feature');
  return entry.create(parseOptions(entry.schema, options, type), sampleRate);
}
