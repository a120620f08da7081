/**
 * Reading hours of audio in constant memory: WAV, FLAC and MP3 are decoded and resampled piece by piece. Ogg and `.npy`
 * are decoded whole, which takes 4 bytes a sample.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { KAISER_BEST } from '../dsp/resample.js';
import { createStreamResampler } from '../dsp/stream-resampler.js';
import { AudioError } from '../runtime/errors.js';
import { type Audio, checkRate, decodeAudio, inspectSource, readAudio, reading, SAMPLE_RATE } from './audio.js';
import type { ByteSource, StreamDecoder } from './decoders/decoded.js';
import { type Container, detectContainer } from './decoders/detect.js';
import { streamFlac } from './decoders/flac.js';
import { streamMp3 } from './decoders/mp3.js';
import { streamWav } from './decoders/wav.js';

/** A recording that is read piece by piece. */
export interface AudioStream {
  /** For people, such as `WAV (16-bit PCM)`. */
  readonly format: string;
  /**
   * Mono pieces of any length at 16 kHz, about -1 to 1. To be read once, to its end or until it is left.
   *
   * @param warn takes what may make a score less sure; some of it is known at the end only
   * @throws AudioError where the file can't be read on, or a sample is not a finite number
   */
  blocks(warn: (line: string) => void): AsyncGenerator<Float32Array>;
}

const DECODERS: Readonly<Partial<Record<Container, StreamDecoder>>> = {
  wav: streamWav,
  flac: streamFlac,
  mp3: streamMp3,
};

/** Bytes by which a container is told: an MP3 may begin with anything. */
const DETECTION_BYTES = 2 ** 18;

/**
 * Opens a recording.
 *
 * @throws AudioError where the file can't be read or is no audio
 */
export async function openAudioStream(path: string): Promise<AudioStream> {
  const file = reading(path, () => openSync(path, 'r'));
  const close = () => closeSync(file);
  try {
    const stream = openSource(byteSource(file), path, close);
    if (stream !== undefined) return stream;
  } catch (error) {
    close();
    throw error;
  }
  close();
  return wholeStream(await readAudio(path));
}

/**
 * Opens a recording whose file is in memory.
 *
 * @param where named in errors
 * @throws AudioError where it is no audio
 */
export async function openAudioBytes(bytes: Uint8Array, where: string): Promise<AudioStream> {
  const source = {
    size: bytes.length,
    read: (position: number, length: number) => bytes.subarray(position, position + length),
  };
  return openSource(source, where, () => {}) ?? wholeStream(await decodeAudio(bytes, where));
}

/**
 * Opens samples, of a recording or from a microphone, that come in pieces.
 *
 * @param chunks mono, about -1 to 1
 * @param where named in errors
 * @param pieceSeconds of what is resampled at a time: how late a sample may come out; by default some seconds
 * @throws AudioError where the rate is none
 */
export function openSamples(
  chunks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  sampleRate: number,
  where: string,
  pieceSeconds?: number,
): AudioStream {
  checkRate(sampleRate, where);
  return {
    format: 'float32 samples',
    async *blocks(warn) {
      for (const line of inspectSource({ sampleRate, nChannels: 1 }, SAMPLE_RATE)) warn(line);
      yield* resampled(chunks, sampleRate, where, pieceSeconds);
    },
  };
}

/** A recording that can be decoded piece by piece; undefined where it has to be decoded whole. */
function openSource(source: ByteSource, where: string, close: () => void): AudioStream | undefined {
  const decoder = DECODERS[detectStart(source, where)];
  if (decoder === undefined) return undefined;
  const decoded = decoder(source, where);
  return {
    format: decoded.format,
    async *blocks(warn) {
      try {
        for (const line of inspectSource(decoded, SAMPLE_RATE)) warn(line);
        yield* resampled(decoded.blocks(warn), decoded.sampleRate, where);
      } finally {
        close();
      }
    },
  };
}

async function* resampled(
  blocks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  sampleRate: number,
  where: string,
  pieceSeconds?: number,
): AsyncGenerator<Float32Array> {
  const nPiece = pieceSeconds === undefined ? undefined : Math.ceil(pieceSeconds * sampleRate);
  const resampler = createStreamResampler(sampleRate, SAMPLE_RATE, KAISER_BEST, nPiece);
  for await (const block of blocks) {
    checkFinite(block, where);
    const piece = resampler.push(block);
    if (piece.length > 0) yield piece;
  }
  const last = resampler.finish();
  if (last.length > 0) yield last;
}

/**
 * Samples of a recording at 16 kHz: by the header of a WAV or FLAC file, of other files by decoding them.
 *
 * @throws AudioError where the file can't be read or is no audio
 */
export async function countSamples(path: string): Promise<number> {
  const file = reading(path, () => openSync(path, 'r'));
  try {
    const source = byteSource(file);
    const container = detectStart(source, path);
    if (container === 'wav' || container === 'flac') {
      const { nSamples, sampleRate } = (container === 'wav' ? streamWav : streamFlac)(source, path);
      if (nSamples !== undefined) return Math.ceil((nSamples * SAMPLE_RATE) / sampleRate);
    }
  } finally {
    closeSync(file);
  }
  return (await readAudio(path)).waveform.length;
}

/** The container, though tags may put the first frame of an MP3 or FLAC file far from the start. */
function detectStart(source: ByteSource, where: string): Container {
  for (let length = DETECTION_BYTES; ; length *= 8) {
    const start = source.read(0, length);
    try {
      return detectContainer(start, where);
    } catch (error) {
      if (start.length < length || !(error instanceof AudioError)) throw error;
    }
  }
}

function byteSource(file: number): ByteSource {
  const { size } = fstatSync(file);
  return {
    size,
    read: (position, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - position)));
      let done = 0;
      while (done < bytes.length) {
        const got = readSync(file, bytes, done, bytes.length - done, position + done);
        if (got === 0) return bytes.subarray(0, done);
        done += got;
      }
      return bytes;
    },
  };
}

function wholeStream({ waveform, format, warnings }: Audio): AudioStream {
  return {
    format,
    async *blocks(warn) {
      for (const warning of warnings) warn(warning);
      yield waveform;
    },
  };
}

function checkFinite(block: Float32Array, where: string): void {
  const bad = block.findIndex((sample) => !Number.isFinite(sample));
  if (bad < 0) return;
  throw new AudioError(
    `${where}: expected finite samples, got ${block[bad]} among ${block.length}; write the file again`,
  );
}
