/**
 * FLAC (RFC 9639), decoded here in integers (docs/adr/0003-audio-decoders.md): samples come out exactly, at any number of bits,
 * and no file depends on the one before it.
 */
import { AudioError } from '../../runtime/errors.js';
import {
  type ByteSource,
  checkHeader,
  checkLength,
  type DecodedAudio,
  type DecodedStream,
  MonoBlocks,
} from './decoded.js';
import { readStreamInfo, type StreamInfo } from './flac-header.js';
import { walkFrames } from './flac-walk.js';

/** Bytes read in one go of a file that is decoded in pieces. */
const STREAM_BYTES = 2 ** 20;

/**
 * Decodes a FLAC file. What is damaged or cut off is left out, with a warning.
 *
 * @throws AudioError where the header is damaged or not a single frame is whole
 */
export function decodeFlac(bytes: Uint8Array, where: string, maxSeconds: number): DecodedAudio {
  const info = readStreamInfo(bytes, where);
  const { sampleRate, nChannels, bits } = info;
  checkHeader(where, sampleRate, nChannels);
  // Before the frames are walked too, so that a file that is far too long is not.
  if (info.nSamples > 0) checkLength(where, info.nSamples, sampleRate, maxSeconds);
  const source = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const mono = new MonoBlocks();
  const warnings: string[] = [];
  for (const block of walkFrames(source, info, bytes.length, (line) => warnings.push(line))) {
    mono.add([block]);
    checkLength(where, mono.nSamples, sampleRate, maxSeconds);
  }
  if (mono.nSamples === 0 && (info.nSamples > 0 || info.framesStart < bytes.length)) throw noFrame(where, info);
  checkLength(where, mono.nSamples, sampleRate, maxSeconds);
  return { waveform: mono.join(), sampleRate, nChannels, format: `FLAC (${bits}-bit)`, warnings };
}

/**
 * Opens a FLAC file to be decoded in pieces.
 *
 * @throws AudioError where the header is damaged; while it is read, where not a single frame is whole
 */
export function streamFlac(source: ByteSource, where: string): DecodedStream {
  const info = readHead(source, where);
  const { sampleRate, nChannels, bits } = info;
  checkHeader(where, sampleRate, nChannels);
  return {
    sampleRate,
    nChannels,
    format: `FLAC (${bits}-bit)`,
    ...(info.nSamples > 0 ? { nSamples: info.nSamples } : {}),
    async *blocks(warn) {
      let isEmpty = true;
      for (const block of walkFrames(source, info, STREAM_BYTES, warn)) {
        isEmpty = false;
        yield block;
      }
      if (isEmpty) throw noFrame(where, info);
    },
  };
}

/** What STREAMINFO says, however much of the file the tags and pictures before the first frame take. */
function readHead(source: ByteSource, where: string): StreamInfo {
  for (let length = STREAM_BYTES; ; length *= 8) {
    const head = source.read(0, length);
    try {
      return readStreamInfo(head, where);
    } catch (error) {
      if (head.length < length) throw error;
    }
  }
}

function noFrame(where: string, info: StreamInfo): AudioError {
  return new AudioError(
    `${where}: expected ${info.nSamples || 'some'} samples, got no FLAC frame that is whole; ` +
      'the file is damaged or cut short, copy it again',
  );
}
