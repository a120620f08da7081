/**
 * Reading audio: any of the containers under `decoders/`, told apart by content, to one mono waveform at the rate that
 * the models take, with what a listener should know of it.
 */
import { readFileSync, statSync } from 'node:fs';
import { resample } from '../dsp/resample.js';
import { AudioError, messageOf, systemCodeOf } from '../runtime/errors.js';
import { decodeNpy } from '../runtime/npy.js';
import { checkHeader, checkLength, type DecodedAudio, type Decoder, inFigures } from './decoders/decoded.js';
import { type Container, detectContainer } from './decoders/detect.js';
import { decodeFlac } from './decoders/flac.js';
import { decodeMp3 } from './decoders/mp3.js';
import { decodeOgg } from './decoders/ogg.js';
import { decodeWav } from './decoders/wav.js';

/** A clip, ready for features or a model. */
export interface Audio {
  /** The average of all channels, about -1 to 1, at `sampleRate`. */
  readonly waveform: Float32Array;
  /** Hz, as asked for. */
  readonly sampleRate: number;
  /** Of the source, as far as it could be read. */
  readonly durationSeconds: number;
  /** Hz, as recorded. */
  readonly sourceSampleRate: number;
  /** Of the source. */
  readonly nChannels: number;
  /** For people, such as `WAV (16-bit PCM)`. */
  readonly format: string;
  /**
   * What may make a score less sure, each a word and its detail: `truncated`, `damaged`, `clipped`, `silent`, `short`,
   * `loud`, `narrowband`, `channels`. Empty for a clip without fault.
   */
  readonly warnings: readonly string[];
}

/** How to read a clip. */
export interface AudioOptions {
  /** Hz of the waveform to return; by default `SAMPLE_RATE`. */
  readonly sampleRate?: number;
  /** Longest clip that is read. Default four hours. */
  readonly maxSeconds?: number;
}

/** Hz of every waveform that features and models see, and of `.npy` clips. */
export const SAMPLE_RATE = 16_000;
const MAX_SECONDS = 4 * 3600;
/** Beyond this a file does not fit in one buffer. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

const DECODERS: Readonly<Record<Container, Decoder>> = {
  wav: decodeWav,
  flac: decodeFlac,
  mp3: decodeMp3,
  ogg: decodeOgg,
  npy: decodeNpyClip,
};

/** Shorter clips are read, with a warning. */
const SHORT_SECONDS = 0.3;
/** -80 dB of full scale: below the noise of any recording. */
const SILENT_PEAK = 1e-4;
/** From here a sample counts as full scale, and from three in a row on as clipped. */
const CLIP_LEVEL = 0.999;
const CLIP_RUN = 3;
/** Share of clipped samples from which on it is said. */
const CLIP_SHARE = 0.001;
/** A peak above it comes from no decoder's overshoot but from samples of another scale. */
const LOUD_PEAK = 2;

/**
 * Reads an audio file. Only this file is held in memory, and only while it is decoded.
 *
 * @throws AudioError where the file can't be read or holds nothing usable
 */
export async function readAudio(path: string, options: AudioOptions = {}): Promise<Audio> {
  return decodeAudio(readFile(path), path, options);
}

/**
 * Decodes the bytes of an audio file.
 *
 * @param where named in errors
 * @throws AudioError where nothing usable is in them
 */
export async function decodeAudio(bytes: Uint8Array, where: string, options: AudioOptions = {}): Promise<Audio> {
  const { sampleRate = SAMPLE_RATE, maxSeconds = MAX_SECONDS } = options;
  return finished(await DECODERS[detectContainer(bytes, where)](bytes, where, maxSeconds), where, sampleRate);
}

/**
 * Samples that were decoded elsewhere, as `readAudio` gives those of a file.
 *
 * @param waveform mono, about -1 to 1
 * @param recordedRate whole number of Hz
 * @param where named in errors
 * @throws AudioError where the rate is none, there are no samples or too many, or one of them is not a finite number
 */
export function takeWaveform(
  waveform: Float32Array,
  recordedRate: number,
  where: string,
  options: AudioOptions = {},
): Audio {
  const { sampleRate = SAMPLE_RATE, maxSeconds = MAX_SECONDS } = options;
  checkRate(recordedRate, where);
  checkLength(where, waveform.length, recordedRate, maxSeconds);
  const decoded = { waveform, sampleRate: recordedRate, nChannels: 1, format: 'float32 samples', warnings: [] };
  return finished(decoded, where, sampleRate);
}

/** @throws AudioError where samples can't have been recorded at such a rate */
export function checkRate(sampleRate: number, where: string): void {
  if (!Number.isInteger(sampleRate)) {
    throw new AudioError(`${where}: expected a sampleRate in whole Hz, such as 16000, got ${sampleRate}`);
  }
  checkHeader(where, sampleRate, 1);
}

function finished(decoded: DecodedAudio, where: string, sampleRate: number): Audio {
  const warnings = [...decoded.warnings, ...inspect(decoded, sampleRate, where)];
  return {
    waveform: resample(decoded.waveform, decoded.sampleRate, sampleRate),
    sampleRate,
    durationSeconds: decoded.waveform.length / decoded.sampleRate,
    sourceSampleRate: decoded.sampleRate,
    nChannels: decoded.nChannels,
    format: decoded.format,
    warnings,
  };
}

// Without waiting for the thread pool: clips are small, and decoding them keeps this thread busy for longer anyway.
function readFile(path: string): Uint8Array {
  return reading(path, () => {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) {
      throw new AudioError(
        `${path}: expected at most 2 GiB, got ${(size / 2 ** 30).toFixed(1)} GiB; cut it into shorter files, or score it with \`windowSeconds\``,
      );
    }
    return readFileSync(path);
  });
}

/**
 * What `read` makes of a file.
 *
 * @throws AudioError where it is none, or can't be read
 */
export function reading<Result>(path: string, read: () => Result): Result {
  try {
    const status = statSync(path);
    if (!status.isFile()) {
      throw new AudioError(`${path}: expected an audio file, got ${status.isDirectory() ? 'a folder' : 'a device'}`);
    }
    return read();
  } catch (error) {
    if (error instanceof AudioError) throw error;
    const code = systemCodeOf(error);
    const problem =
      code === 'ENOENT'
        ? 'expected an audio file, got nothing there; check the path'
        : code === 'EACCES'
          ? 'expected an audio file, got no permission to read it; change its mode'
          : `expected an audio file, but reading failed: ${messageOf(error)}`;
    throw new AudioError(`${path}: ${problem}`, { cause: error });
  }
}

/** A `.npy` clip: float32 `[samples]`, mono at 16 kHz, its values as they are. */
function decodeNpyClip(bytes: Uint8Array, where: string, maxSeconds: number): DecodedAudio {
  let array: ReturnType<typeof decodeNpy>;
  try {
    array = decodeNpy(bytes, where);
  } catch (error) {
    throw new AudioError(messageOf(error), { cause: error });
  }
  if (!(array.data instanceof Float32Array) || array.shape.length !== 1) {
    const type = array.data.constructor.name.replace('Array', '').toLowerCase();
    throw new AudioError(
      `${where}: expected float32 of shape [samples], mono at 16 kHz, got ${type} of shape [${array.shape.join(', ')}]`,
    );
  }
  checkLength(where, array.data.length, SAMPLE_RATE, maxSeconds);
  return { waveform: array.data, sampleRate: SAMPLE_RATE, nChannels: 1, format: 'npy (float32)', warnings: [] };
}

/**
 * What is to be said of a decoded clip.
 *
 * @throws AudioError where a sample is not a finite number
 */
function inspect({ waveform, sampleRate, nChannels }: DecodedAudio, modelRate: number, where: string): string[] {
  const warnings: string[] = [];
  const peak = findPeak(waveform, where);
  const duration = waveform.length / sampleRate;
  if (duration < SHORT_SECONDS) warnings.push(`short: ${inFigures(duration)} s`);
  if (peak === 0) warnings.push('silent: every sample is 0');
  else if (peak < SILENT_PEAK) warnings.push(`silent: peak at ${(20 * Math.log10(peak)).toFixed(0)} dB of full scale`);
  if (peak > LOUD_PEAK) {
    warnings.push(`loud: peak at ${inFigures(peak)} times full scale; samples should lie within -1 to 1`);
  } else if (peak >= CLIP_LEVEL) {
    const share = clippedShare(waveform);
    if (share >= CLIP_SHARE) warnings.push(`clipped: ${(100 * share).toPrecision(3)} % of samples at full scale`);
  }
  return [...warnings, ...inspectSource({ sampleRate, nChannels }, modelRate)];
}

/** What is to be said of how a clip was recorded. */
export function inspectSource(
  { sampleRate, nChannels }: Pick<DecodedAudio, 'sampleRate' | 'nChannels'>,
  modelRate: number,
): string[] {
  return [
    ...(sampleRate < modelRate ? [`narrowband: recorded at ${sampleRate} Hz, nothing above ${sampleRate / 2} Hz`] : []),
    ...(nChannels > 1 ? [`channels: ${nChannels} averaged to mono`] : []),
  ];
}

function findPeak(waveform: Float32Array, where: string): number {
  let peak = 0;
  for (let i = 0; i < waveform.length; i++) {
    const level = Math.abs(waveform[i]);
    // One comparison for both questions: it also fails for NaN.
    if (!(level <= peak)) {
      if (!Number.isFinite(level)) throw notFinite(waveform, i, where);
      peak = level;
    }
  }
  return peak;
}

function notFinite(waveform: Float32Array, first: number, where: string): AudioError {
  const count = waveform.reduce((n, sample) => n + (Number.isFinite(sample) ? 0 : 1), 0);
  return new AudioError(
    `${where}: expected finite samples, got ${count} of ${waveform.length} NaN or infinite, the first at sample ` +
      `${first}; write the file again`,
  );
}

/** Share of the samples that lie in runs at full scale. */
function clippedShare(waveform: Float32Array): number {
  let clipped = 0;
  let run = 0;
  for (let i = 0; i <= waveform.length; i++) {
    // Past the end the comparison fails, which closes the last run.
    if (Math.abs(waveform[i]) >= CLIP_LEVEL) {
      run++;
    } else {
      if (run >= CLIP_RUN) clipped += run;
      run = 0;
    }
  }
  return clipped / waveform.length;
}
