/**
 * MP3 (MPEG-1, 2 and 2.5, layer III). The frames are found and counted here; mpg123 (`mpg123-decoder`) decodes them, and
 * takes off the encoder's delay and padding where a LAME tag gives them.
 */
import { AudioError, messageOf } from '../../runtime/errors.js';
import {
  type ByteSource,
  checkHeader,
  checkLength,
  type DecodedAudio,
  type DecodedStream,
  inFigures,
  MonoBlocks,
  truncated,
} from './decoded.js';
import { id3Length, isId3v1 } from './id3.js';
import { openWasmPool } from './pool.js';

/** Bytes decoded in one call, about: bounds the memory for channels that are averaged right after. */
const BYTES_PER_CALL = 2 ** 19;
/** Bytes of a piece of a stream: eight seconds at 64 kbit/s. Decoded, it is twenty times as large, and there several times over. */
const BYTES_PER_PIECE = 2 ** 16;
/** How far into a file its first frame is looked for. */
const SEARCH_BYTES = 2 ** 16;

/** Bytes that no frame exceeds. */
const LONGEST_FRAME = 2 ** 12;

const pool = openWasmPool(async () => (await import('mpg123-decoder')).MPEGDecoder);

/** What is used of the decoder. */
type MpegDecoder = InstanceType<typeof import('mpg123-decoder').MPEGDecoder>;

/** What is needed of a frame's header. */
interface FrameHeader {
  /** Bytes. */
  readonly length: number;
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Samples of one channel. */
  readonly nSamples: number;
  /** Bytes from the frame's start to the end of its side information, where an encoder's tag would stand. */
  readonly tagOffset: number;
}

/** The frames that are whole. */
interface Stream {
  readonly first: FrameHeader;
  /** Unbroken runs of frames, each of about `BYTES_PER_CALL`. */
  readonly runs: readonly Uint8Array[];
  /** Frames, the encoder's tag not among them. */
  readonly nFrames: number;
  /** Frames that the encoder's tag promises; 0 where it does not say. */
  readonly nPromised: number;
  /** Bytes between frames that belong to none. */
  readonly nSkipped: number;
  /** Whether the file ends within a frame. */
  readonly isCut: boolean;
}

/**
 * Decodes an MP3 file. What is damaged is left out, with a warning.
 *
 * @throws AudioError where not a single frame is whole
 */
export async function decodeMp3(bytes: Uint8Array, where: string, maxSeconds: number): Promise<DecodedAudio> {
  const stream = findFrames(bytes, where);
  const { first, nFrames, nPromised } = stream;
  checkHeader(where, first.sampleRate, first.nChannels);
  checkLength(where, nFrames * first.nSamples, first.sampleRate, maxSeconds);
  const waveform = await decodeRuns(stream, where);
  checkLength(where, waveform.length, first.sampleRate, maxSeconds);
  const warnings: string[] = [];
  if (nFrames < nPromised) {
    const nMissing = (nPromised - nFrames) * first.nSamples;
    warnings.push(truncated(waveform.length, waveform.length + nMissing, first.sampleRate));
  } else if (stream.isCut) {
    warnings.push(truncated(waveform.length, 0, first.sampleRate));
  }
  if (stream.nSkipped > 0) warnings.push(damaged(stream.nSkipped));
  return { waveform, sampleRate: first.sampleRate, nChannels: first.nChannels, format: 'MP3', warnings };
}

/** Where the first MP3 frame begins, after tags and up to 64 KiB of anything else; -1 where there is none. */
export function findFirstFrame(bytes: Uint8Array): number {
  const start = id3Length(bytes);
  const end = Math.min(bytes.length, start + SEARCH_BYTES);
  for (let at = bytes.indexOf(0xff, start); at >= 0 && at < end; at = bytes.indexOf(0xff, at + 1)) {
    if (isFollowed(bytes, at, readFrameHeader(bytes, at), at === start ? 1 : 2)) return at;
  }
  return -1;
}

async function decodeRuns({ runs, first }: Stream, where: string): Promise<Float32Array> {
  const mono = new MonoBlocks();
  try {
    await pool.use(async (decoder) => {
      for (const run of runs) decodeRun(decoder, run, first, mono, where);
      await decoder.reset();
    });
  } catch (error) {
    if (error instanceof AudioError) throw error;
    throw new AudioError(`${where}: expected MP3 frames, but mpg123 failed: ${messageOf(error)}; encode again`, {
      cause: error,
    });
  }
  return mono.join();
}

/**
 * Opens an MP3 file to be decoded in pieces.
 *
 * @throws AudioError where it does not begin with MP3 frames; while it is read, where mpg123 fails
 */
export function streamMp3(source: ByteSource, where: string): DecodedStream {
  const tagBytes = id3Length(source.read(0, 16));
  const { at: offset, first, tag } = readStart(source.read(tagBytes, 2 * SEARCH_BYTES), where);
  checkHeader(where, first.sampleRate, first.nChannels);
  const end = source.size - (isId3v1(source.read(Math.max(0, source.size - 128), 128)) ? 128 : 0);
  return {
    sampleRate: first.sampleRate,
    nChannels: first.nChannels,
    format: 'MP3',
    async *blocks(warn) {
      const decoder = await pool.take();
      let position = tagBytes + offset;
      let nFrames = tag.isTag ? -1 : 0;
      let nSkipped = 0;
      let nSamples = 0;
      let isCut = false;
      while (position < end) {
        const bytes = source.read(position, Math.min(BYTES_PER_PIECE, end - position));
        const walk = walkFrames(bytes, 0, bytes.length, first);
        const mono = new MonoBlocks();
        for (const run of walk.runs) decodeRun(decoder, run, first, mono, where);
        if (mono.nSamples > 0) yield mono.join();
        nSamples += mono.nSamples;
        nFrames += walk.nFrames;
        const isLast = position + bytes.length >= end;
        isCut = isLast && walk.isCut;
        if (isLast) {
          nSkipped += walk.nSkipped;
          break;
        }
        // A frame may lie across the border; what is no frame is left behind but for its end.
        const used = walk.isCut ? walk.end : Math.max(walk.end, bytes.length - LONGEST_FRAME);
        nSkipped += walk.nSkipped + (used - walk.end);
        position += used;
      }
      await decoder.reset();
      pool.giveBack(decoder);
      if (nFrames < tag.nFrames) {
        warn(truncated(nSamples, nSamples + (tag.nFrames - nFrames) * first.nSamples, first.sampleRate));
      } else if (isCut) {
        warn(truncated(nSamples, 0, first.sampleRate));
      }
      if (nSkipped > 0) warn(damaged(nSkipped));
    },
  };
}

function damaged(nSkipped: number): string {
  return `damaged: ${nSkipped} bytes between frames belong to none`;
}

/** @throws AudioError where mpg123 fails */
function decodeRun(
  decoder: MpegDecoder,
  run: Uint8Array,
  { nChannels }: FrameHeader,
  mono: MonoBlocks,
  where: string,
): void {
  const { channelData, errors } = decoder.decode(run);
  if (errors.length > 0) {
    throw new AudioError(`${where}: expected MP3 frames, but mpg123 failed: ${errors[0].message}; encode again`);
  }
  // A mono stream comes out as two equal channels.
  mono.add(channelData.slice(0, nChannels));
}

/** Where the frames begin, and what is said there. */
function readStart(
  bytes: Uint8Array,
  where: string,
): { at: number; first: FrameHeader; tag: ReturnType<typeof readEncoderTag> } {
  const at = findFirstFrame(bytes);
  const first = at < 0 ? undefined : readFrameHeader(bytes, at);
  if (first === undefined) {
    const searched = Math.min(bytes.length, id3Length(bytes) + SEARCH_BYTES);
    throw new AudioError(
      `${where}: expected MP3 frames, got none within ${inFigures(searched / 1024)} KiB; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  return { at, first, tag: readEncoderTag(bytes, at + first.tagOffset) };
}

function findFrames(bytes: Uint8Array, where: string): Stream {
  const { at, first, tag } = readStart(bytes, where);
  const walk = walkFrames(bytes, at, bytes.length - (isId3v1(bytes) ? 128 : 0), first);
  return { ...walk, first, nFrames: walk.nFrames - (tag.isTag ? 1 : 0), nPromised: tag.nFrames };
}

/** The frames from `start` on, the encoder's tag among them, and where they end. */
function walkFrames(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: FrameHeader,
): Pick<Stream, 'runs' | 'nFrames' | 'nSkipped' | 'isCut'> & { readonly end: number } {
  const runs: Uint8Array[] = [];
  let at = start;
  let nFrames = 0;
  let nSkipped = 0;
  let isCut = false;
  let runStart = at;
  while (at < end) {
    const header = readFrameHeader(bytes, at);
    if (header !== undefined && belongs(header, first)) {
      if (at + header.length > end) {
        isCut = true;
        break;
      }
      at += header.length;
      nFrames++;
      if (at - runStart >= BYTES_PER_CALL) {
        runs.push(bytes.subarray(runStart, at));
        runStart = at;
      }
      continue;
    }
    const next = findNextFrame(bytes, at, end, first);
    if (at > runStart) runs.push(bytes.subarray(runStart, at));
    // What follows the last frame is a tag of some kind, or padding.
    if (next < 0) return { runs, nFrames, nSkipped, isCut, end: at };
    nSkipped += next - at;
    at = next;
    runStart = at;
  }
  if (at > runStart) runs.push(bytes.subarray(runStart, at));
  return { runs, nFrames, nSkipped, isCut, end: at };
}

function findNextFrame(bytes: Uint8Array, start: number, end: number, first: FrameHeader): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0 && at < end; at = bytes.indexOf(0xff, at + 1)) {
    const header = readFrameHeader(bytes, at);
    if (header !== undefined && belongs(header, first) && isFollowed(bytes, at, header, 1)) return at;
  }
  return -1;
}

/** Whether `nMore` frames of the same kind follow the one at `at`, or the file ends after it. */
function isFollowed(bytes: Uint8Array, at: number, header: FrameHeader | undefined, nMore: number): boolean {
  if (header === undefined) return false;
  const next = at + header.length;
  if (nMore === 0 || next === bytes.length || (isId3v1(bytes) && next === bytes.length - 128)) return true;
  const following = readFrameHeader(bytes, next);
  return following !== undefined && belongs(following, header) && isFollowed(bytes, next, following, nMore - 1);
}

/** Whether two frames can be of one stream. Encoders may switch between stereo modes but not rates. */
function belongs(frame: FrameHeader, first: FrameHeader): boolean {
  return frame.sampleRate === first.sampleRate && frame.nSamples === first.nSamples;
}

/** The header at `at`, or undefined where there is none, or one of another layer or of no fixed bit rate. */
function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || bytes[at + 1] >> 5 !== 7) return undefined;
  const version = (bytes[at + 1] >> 3) & 3;
  const layer = (bytes[at + 1] >> 1) & 3;
  const bitRateCode = bytes[at + 2] >> 4;
  const rateCode = (bytes[at + 2] >> 2) & 3;
  if (version === 1 || layer !== 1 || bitRateCode === 0 || bitRateCode === 15 || rateCode === 3) return undefined;
  // Version 3 is MPEG-1; 2 and 0 are MPEG-2 and 2.5, at half and a quarter of its rates.
  const isFirst = version === 3;
  const sampleRate = [44100, 48000, 32000][rateCode] / (isFirst ? 1 : version === 2 ? 2 : 4);
  const bitRate = (isFirst ? BIT_RATES_1 : BIT_RATES_2)[bitRateCode] * 1000;
  const padding = (bytes[at + 2] >> 1) & 1;
  const isMono = bytes[at + 3] >> 6 === 3;
  const sideBytes = isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  return {
    length: Math.floor(((isFirst ? 144 : 72) * bitRate) / sampleRate) + padding,
    sampleRate,
    nChannels: isMono ? 1 : 2,
    nSamples: isFirst ? 1152 : 576,
    tagOffset: 4 + sideBytes,
  };
}

/** kbit/s by code, of layer III in MPEG-1, and in MPEG-2 and 2.5. */
const BIT_RATES_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const BIT_RATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;

/** The tag that LAME and others put into a first frame of silence, with the number of frames that follow. */
function readEncoderTag(bytes: Uint8Array, at: number): { isTag: boolean; nFrames: number } {
  const name = String.fromCharCode(...bytes.subarray(at, at + 4));
  if ((name !== 'Xing' && name !== 'Info') || at + 12 > bytes.length) return { isTag: false, nFrames: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasFrames = (view.getUint32(at + 4) & 1) === 1;
  return { isTag: true, nFrames: hasFrames ? view.getUint32(at + 8) : 0 };
}
