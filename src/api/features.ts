/** The feature matrix of a clip. */
import { SAMPLE_RATE } from '../data/audio.js';
import { createFeature } from '../features/registry.js';
import { heatMapChart, heatMapPng } from '../report/heat-map.js';
import { pictureKind, writePicture } from '../report/picture.js';
import { writeFileAtomic } from '../runtime/files.js';
import { type Logger, silentLogger } from '../runtime/logger.js';
import { encodeNpy } from '../runtime/npy.js';
import type { TypedOptions } from '../runtime/options.js';
import { type AudioInput, nameOfInput, readInput } from './audio-input.js';

/** Where a feature goes. */
export interface FeatureOptions {
  /** The `.npy` file to write, frames x bins in float32. Default: nothing is written. */
  readonly output?: string | undefined;
  /** Picture to draw: `.svg` with axes, or `.png` with a pixel for each value. */
  readonly plot?: string | undefined;
  readonly logger?: Logger | undefined;
}

/** A feature of a clip. */
export interface ComputedFeature {
  /** Row-major `[nFrames, nBins]`. */
  readonly values: Float32Array;
  readonly nFrames: number;
  readonly nBins: number;
  /** Seconds from frame to frame. */
  readonly hopSeconds: number;
  /** Of the audio, see `Audio.warnings`. */
  readonly warnings: readonly string[];
}

/**
 * Computes the feature of a clip.
 *
 * @param feature its name, such as `lfcc`, or its type with options
 * @throws AudioError where the input can't be used; ConfigError for options that the feature has not
 */
export async function computeFeature(
  input: AudioInput,
  feature: string | TypedOptions,
  { output, plot, logger = silentLogger }: FeatureOptions = {},
): Promise<ComputedFeature> {
  if (plot !== undefined) pictureKind(plot);
  const options: TypedOptions = typeof feature === 'string' ? { type: feature } : feature;
  const extractor = createFeature(options, SAMPLE_RATE);
  const file = nameOfInput(input);
  const { waveform, warnings } = await readInput(input, file);
  for (const warning of warnings) logger.warn(`${file}: ${warning}`);
  const values = extractor.compute(waveform);
  const { nBins, hopLength } = extractor;
  const nFrames = values.length / nBins;
  if (output !== undefined) {
    writeFileAtomic(output, encodeNpy({ shape: [nFrames, nBins], data: values }));
    logger.info(`${output}: ${nFrames} x ${nBins} (frames x bins)`);
  }
  if (plot !== undefined) {
    const vertical = { name: 'bin', top: nBins };
    const title = options.type;
    const map = { title, values, nFrames, nBins, durationSeconds: waveform.length / SAMPLE_RATE, vertical };
    await writePicture(plot, { chart: () => heatMapChart(title, [map]), png: () => heatMapPng([map]) });
    logger.info(`${plot}: a picture`);
  }
  return { values, nFrames, nBins, hopSeconds: hopLength / SAMPLE_RATE, warnings };
}
