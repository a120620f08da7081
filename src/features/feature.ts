/**
 * What a feature is: options that it parses itself, and an extractor that makes its tables once and then turns
 * waveforms into matrices. A feature is one file and one line in the registry.
 */
import type { z } from 'zod';
import { AudioError } from '../runtime/errors.js';
import type { FeatureStage } from './stages.js';

/** Below the largest float32, 3.4e38. */
const LARGEST_POWER = 1e38;

/** A feature with its options applied; windows, filter banks and scratch memory are made once. Not re-entrant. */
export interface FeatureExtractor {
  /** Values per frame. */
  readonly nBins: number;
  /** Samples from frame to frame. */
  readonly hopLength: number;
  /** Frames for a waveform of `nSamples`. */
  nFrames(nSamples: number): number;
  /**
   * @param waveform mono, 16 kHz, about -1 to 1
   * @returns row-major `[frames, bins]`, freshly allocated
   * @throws AudioError where the waveform is too short for one frame, or has samples that are no numbers
   */
  compute(waveform: Float32Array): Float32Array;
  /** What `compute` does, as data; absent where it is no fixed list of stages. */
  stages?(): FeatureStage[] | undefined;
}

/** An entry of the feature registry. */
export interface FeatureType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults, units and ranges. */
  readonly schema: Schema;
  /** Raised whenever the numbers change, so that cached features of an older version are not used. */
  readonly version: number;
  /** Makes the extractor, with its tables. `sampleRate` in Hz. */
  create(options: z.output<Schema>, sampleRate: number): FeatureExtractor;
}

/**
 * The frames that a waveform has.
 *
 * @param name of the feature, for the message
 * @throws AudioError where there are none
 */
export function countFrames(
  name: string,
  transform: Pick<FeatureExtractor, 'nFrames'>,
  waveform: Float32Array,
): number {
  const nFrames = transform.nFrames(waveform.length);
  if (nFrames < 1) {
    throw new AudioError(
      `${name}: expected audio of at least one frame, got ${waveform.length} samples; use longer audio`,
    );
  }
  return nFrames;
}

/**
 * Makes sure that a frame's power fits a float32: one sample that is not a number spoils all bins of its frames.
 *
 * @throws AudioError where it does not
 */
export function checkPower(name: string, power: number, frame: number): void {
  if (power < LARGEST_POWER) return;
  throw new AudioError(
    `${name}: expected samples of about -1 to 1, got ${Number.isNaN(power) ? 'ones that are no numbers' : 'huge ones'} ` +
      `in frame ${frame}; repair the audio`,
  );
}
