/**
 * FLAC (RFC 9639). The container is walked here: the stream's header, the frames and their checksums. Only frames whose
 * checksum holds go to libFLAC (`@wasm-audio-decoders/flac`), which is thereby never out of step with a stream, needs no
 * reset between files and has nothing to complain of.
 */
import { AudioError, messageOf } from '../../runtime/errors.js';
import {
  type ByteSource,
  checkHeader,
  checkLength,
  type DecodedAudio,
  type DecodedStream,
  MonoBlocks,
  truncated,
} from './decoded.js';
import { id3Length, isId3v1 } from './id3.js';
import { openWasmPool } from './pool.js';

/** Frames decoded in one call: bounds the memory for channels that are averaged right after. */
const FRAMES_PER_CALL = 64;

/** Bytes read in one go of a file that is decoded in pieces. */
const STREAM_BYTES = 2 ** 20;
/** Above any frame: 65,535 samples of eight channels of 32 bits. */
const LARGEST_FRAME = 2 ** 21 + 2 ** 16;

const pool = openWasmPool(async () => (await import('@wasm-audio-decoders/flac')).FLACDecoder);

/** What STREAMINFO says. */
interface StreamInfo {
  readonly sampleRate: number;
  readonly nChannels: number;
  readonly bits: number;
  /** 0 where the encoder did not know. */
  readonly nSamples: number;
  /** Where the first frame begins. */
  readonly framesStart: number;
}

/** The frames that are whole, in order. */
interface Frames {
  readonly frames: readonly Uint8Array[];
  /** Samples of one channel in them. */
  readonly nSamples: number;
  /** Whether nothing but a tag or zeros follows the last of them. */
  readonly reachEnd: boolean;
}

/**
 * Decodes a FLAC file. Where a frame is damaged or cut off, what comes before it is used, with a warning.
 *
 * @throws AudioError where the header is damaged or not a single frame is whole
 */
export async function decodeFlac(bytes: Uint8Array, where: string, maxSeconds: number): Promise<DecodedAudio> {
  const info = readStreamInfo(bytes, where);
  const { sampleRate, nChannels, bits } = info;
  checkHeader(where, sampleRate, nChannels);
  // Before the walk too, so that a file that is far too long is not walked first.
  if (info.nSamples > 0) checkLength(where, info.nSamples, sampleRate, maxSeconds);
  const { frames, nSamples, reachEnd } = findFrames(bytes, info);
  if (nSamples === 0 && (info.nSamples > 0 || info.framesStart < bytes.length)) {
    throw noFrame(where, info);
  }
  checkLength(where, nSamples, sampleRate, maxSeconds);
  return {
    waveform: await decodeFrames(frames, nSamples, bits, where),
    sampleRate,
    nChannels,
    format: `FLAC (${bits}-bit)`,
    warnings: reachEnd && nSamples >= info.nSamples ? [] : [truncated(nSamples, info.nSamples, sampleRate)],
  };
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
      let position = info.framesStart;
      let rest: Uint8Array = new Uint8Array(0);
      let nRead = 0;
      let reachEnd = false;
      for (let isEnd = false; !isEnd; ) {
        const bytes = joined(rest, source.read(position, STREAM_BYTES));
        position += bytes.length - rest.length;
        // Damage that goes on for longer than any frame is the end of what can be read.
        isEnd = position >= source.size || rest.length > LARGEST_FRAME;
        const found = findFrames(bytes, { ...info, framesStart: 0 });
        // The last frame may go on in the next piece.
        const frames = isEnd ? found.frames : found.frames.slice(0, -1);
        rest = bytes.subarray(frames.reduce((sum, frame) => sum + frame.length, 0));
        reachEnd = found.reachEnd && position >= source.size;
        const nSamples = frames.reduce((sum, frame) => sum + readBlockSize(frame, 0, frame.length, info), 0);
        if (nSamples > 0) yield await decodeFrames(frames, nSamples, bits, where);
        nRead += nSamples;
      }
      if (nRead === 0) throw noFrame(where, info);
      if (!reachEnd || nRead < info.nSamples) warn(truncated(nRead, info.nSamples, sampleRate));
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** @throws AudioError where libFLAC refuses a frame, or one leaves its rate or bits to the stream's header */
async function decodeFrames(
  frames: readonly Uint8Array[],
  nSamples: number,
  bits: number,
  where: string,
): Promise<Float32Array> {
  // The decoder is not given that header, so that it keeps nothing from file to file.
  if (frames.some((frame) => (frame[2] & 15) === 0 || (frame[3] & 14) === 0)) {
    throw new AudioError(
      `${where}: expected frames that give their rate and bits, got some that leave them to the file's header; ` +
        'encode again as 16 or 24-bit FLAC',
    );
  }
  const mono = new MonoBlocks();
  try {
    await pool.use(async (decoder) => {
      for (let at = 0; at < frames.length; at += FRAMES_PER_CALL) {
        const { channelData, errors } = await decoder.decodeFrames(frames.slice(at, at + FRAMES_PER_CALL));
        if (errors.length > 0) throw new Error(errors[0].message);
        for (const channel of channelData) rescale(channel, bits);
        mono.add(channelData);
      }
      if (mono.nSamples !== nSamples) throw new Error(`${mono.nSamples} of ${nSamples} samples came out`);
    });
  } catch (error) {
    throw new AudioError(`${where}: expected FLAC frames, but libFLAC failed: ${messageOf(error)}; encode again`, {
      cause: error,
    });
  }
  return mono.join();
}

/**
 * The decoder divides by the largest positive integer, `2 ** (bits - 1) - 1`, where every other reader divides by the
 * power of two. The integers are restored exactly, but for the lowest one, which comes out as its neighbour.
 */
function rescale(channel: Float32Array, bits: number): void {
  const fullScale = 2 ** (bits - 1);
  const largest = fullScale - 1;
  // Made positive first, so that cutting off the fraction rounds: several times faster than Math.round.
  const shift = fullScale + 0.5;
  for (let i = 0; i < channel.length; i++) {
    channel[i] = (Math.trunc(channel[i] * largest + shift) - fullScale) / fullScale;
  }
}

function readStreamInfo(bytes: Uint8Array, where: string): StreamInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = id3Length(bytes);
  // Four bytes of name, four of the block's header, 34 of STREAMINFO, which is always the first block.
  if (bytes.length < start + 42 || (view.getUint8(start + 4) & 127) !== 0) {
    throw new AudioError(
      `${where}: expected a FLAC header of 42 bytes, got ${bytes.length - start}; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  const packed = view.getUint32(start + 18);
  let at = start + 4;
  let isLast = false;
  while (!isLast && at + 4 <= bytes.length) {
    const header = view.getUint32(at);
    isLast = header >>> 31 === 1;
    at += 4 + (header & 0xffffff);
  }
  if (!isLast || at > bytes.length) {
    throw new AudioError(
      `${where}: expected FLAC metadata of at least ${at - start} bytes, got ${bytes.length - start}; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  return {
    sampleRate: packed >>> 12,
    nChannels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    nSamples: (packed & 15) * 2 ** 32 + view.getUint32(start + 22),
    framesStart: at,
  };
}

/**
 * Walks the frames. A frame says nothing of its own length: it ends where its checksum comes out even and the header of
 * the next begins, or the file ends.
 */
function findFrames(bytes: Uint8Array, info: StreamInfo): Frames {
  const end = bytes.length - (isId3v1(bytes) ? 128 : 0);
  // Zeros at the end, as some writers leave, would not change a checksum.
  let contentEnd = end;
  while (contentEnd > 0 && bytes[contentEnd - 1] === 0) contentEnd--;
  // One or two are rather the end of the last frame's checksum, which says the same with them and without.
  if (end - contentEnd <= 2) contentEnd = end;
  const frames: Uint8Array[] = [];
  let nSamples = 0;
  let start = info.framesStart;
  let blockSize = readBlockSize(bytes, start, end, info);
  while (blockSize > 0) {
    const sync = bytes[start + 1];
    let nextBlockSize = 0;
    let likelyEnd = 0;
    let checksum = 0;
    let at = start;
    for (; at < end; at++) {
      // The checksum at the end of a frame makes that of the whole 0.
      if (checksum === 0 && at > start) {
        if (at >= contentEnd) break;
        if (bytes[at] === 0xff && (bytes[at + 1] === sync || at + 1 === end)) {
          nextBlockSize = readBlockSize(bytes, at, end, info);
          if (nextBlockSize > 0) break;
          likelyEnd ||= at;
        }
      }
      checksum = ((checksum << 8) & 0xffff) ^ CRC16[(checksum >> 8) ^ bytes[at]];
    }
    if (checksum !== 0) {
      // This frame is damaged, unless it ended where a damaged one or half of one begins.
      if (likelyEnd === 0) break;
      at = likelyEnd;
    }
    frames.push(bytes.subarray(start, at));
    nSamples += blockSize;
    start = at;
    blockSize = nextBlockSize;
  }
  return { frames, nSamples, reachEnd: start >= contentEnd };
}

/** Samples of one channel in the frame whose header is at `at`; 0 where there is none that can belong to this stream. */
function readBlockSize(bytes: Uint8Array, at: number, end: number, info: StreamInfo): number {
  // Sync, blocking strategy; block size and rate; channels, bits and a reserved 0; number; checksum.
  if (at + 6 > end || bytes[at] !== 0xff || bytes[at + 1] >> 1 !== 0x7c) return 0;
  const blockCode = bytes[at + 2] >> 4;
  const rateCode = bytes[at + 2] & 15;
  const channelCode = bytes[at + 3] >> 4;
  const bitsCode = (bytes[at + 3] >> 1) & 7;
  const nChannels = channelCode < 8 ? channelCode + 1 : channelCode < 11 ? 2 : 0;
  if (blockCode === 0 || rateCode === 15 || (bytes[at + 3] & 1) === 1) return 0;
  if (nChannels !== info.nChannels || (BITS[bitsCode] ?? info.bits) !== info.bits) return 0;
  // The number is coded as UTF-8 codes characters: as many leading ones as bytes, none for a single byte.
  const nLeadingOnes = Math.clz32(~(bytes[at + 4] << 24));
  if (nLeadingOnes === 1 || nLeadingOnes > 7) return 0;
  let p = at + 4 + Math.max(1, nLeadingOnes);
  let blockSize: number = BLOCK_SIZES[blockCode];
  if (blockCode === 6) blockSize = bytes[p++] + 1;
  if (blockCode === 7) {
    blockSize = ((bytes[p] << 8) | bytes[p + 1]) + 1;
    p += 2;
  }
  if (rateCode >= 12) p += rateCode === 12 ? 1 : 2;
  if (p >= end) return 0;
  let checksum = 0;
  for (let i = at; i <= p; i++) checksum = CRC8[checksum ^ bytes[i]];
  return checksum === 0 ? blockSize : 0;
}

/** Samples in a block by code; 6 and 7 are followed by the number itself. */
const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768] as const;

/** Bits a sample by code; undefined where the stream's header says, NaN where the code is reserved. */
const BITS = [undefined, 8, 12, Number.NaN, 16, 20, 24, 32] as const;

const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & 0x80 ? 0x07 : 0)) & 0xff;
  return value;
});

const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 8;
  for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & 0x8000 ? 0x8005 : 0)) & 0xffff;
  return value;
});
