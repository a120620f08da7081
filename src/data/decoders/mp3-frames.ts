/** The frames of MP3 (MPEG-1, 2 and 2.5, layer III), found and counted by their headers. */
import { AudioError } from '../../runtime/errors.js';
import { inFigures } from './decoded.js';
import { id3Length, isId3v1 } from './id3.js';

/** Bytes decoded in one call, about: bounds the memory for channels that are averaged right after. */
const BYTES_PER_CALL = 2 ** 19;
/** How far into a file its first frame is looked for. */
export const SEARCH_BYTES = 2 ** 16;
/** Frames that must follow one of another kind, or one after a gap, for it to be taken for one. */
const FOLLOWERS = { ofAnotherKind: 2, afterGap: 1 };

/** What is needed of a frame's header. */
export interface FrameHeader {
  /** Bytes. */
  readonly length: number;
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Samples of one channel. */
  readonly nSamples: number;
  /** Bytes from the frame's start to the end of its side information, where an encoder's tag would stand. */
  readonly tagOffset: number;
}

/** Frames of one kind in a row. A file has several sections where recordings of different kinds were put together. */
export interface Section {
  readonly first: FrameHeader;
  /** Unbroken runs of frames, each of about `BYTES_PER_CALL`. */
  readonly runs: readonly Uint8Array[];
  /** Frames, an encoder's tag not among them. */
  readonly nFrames: number;
  /** Frames that the encoder's tag promises; undefined where there is none. */
  readonly nPromised: number | undefined;
  /** Bytes between frames that belong to none. */
  readonly nSkipped: number;
  /** Whether the bytes end within a frame. */
  readonly isCut: boolean;
  /** Where the last frame ends, or the one of another kind begins. */
  readonly end: number;
  /** The frame of another kind that follows. */
  readonly next: FrameHeader | undefined;
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

/** @throws AudioError where no frames begin within 64 KiB */
export function findStart(bytes: Uint8Array, where: string): { readonly at: number; readonly first: FrameHeader } {
  const at = findFirstFrame(bytes);
  const first = at < 0 ? undefined : readFrameHeader(bytes, at);
  if (first !== undefined) return { at, first };
  const searched = Math.min(bytes.length, id3Length(bytes) + SEARCH_BYTES);
  throw new AudioError(
    `${where}: expected MP3 frames, got none within ${inFigures(searched / 1024)} KiB; ` +
      'the file is cut short or damaged, copy it again',
  );
}

/** @throws AudioError where no frames begin within 64 KiB */
export function findSections(bytes: Uint8Array, where: string): readonly [Section, ...Section[]] {
  const { at, first } = findStart(bytes, where);
  const end = bytes.length - (isId3v1(bytes) ? 128 : 0);
  const start = readSection(bytes, at, end, first, true);
  const sections: [Section, ...Section[]] = [start];
  for (let last = start; last.next !== undefined; ) {
    last = readSection(bytes, last.end, end, last.next, true);
    sections.push(last);
  }
  return sections;
}

/**
 * The frames from `start` on, as long as they are of one kind.
 *
 * @param isStart whether an encoder's tag may stand here
 */
export function readSection(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: FrameHeader,
  isStart: boolean,
): Section {
  const tag = isStart ? readEncoderTag(bytes, start, first) : undefined;
  const runs: Uint8Array[] = [];
  // mpg123 knows what LAME writes, and needs it; of Fraunhofer's it would make silence.
  let at = tag?.isUnheard === true ? Math.min(end, start + first.length) : start;
  let nFrames = tag === undefined || tag.isUnheard ? 0 : -1;
  let nSkipped = 0;
  let isCut = false;
  let next: FrameHeader | undefined;
  let runStart = at;
  const endRun = (to: number) => {
    if (to > runStart) runs.push(bytes.subarray(runStart, to));
    runStart = to;
  };
  while (at < end) {
    const header = readFrameHeader(bytes, at);
    if (header !== undefined && isOfKind(header, first)) {
      if (at + header.length > end) {
        isCut = true;
        break;
      }
      at += header.length;
      nFrames++;
      if (at - runStart >= BYTES_PER_CALL) endRun(at);
      continue;
    }
    endRun(at);
    const found = findNextFrame(bytes, at, end, first);
    // What follows the last frame is a tag of some kind, or padding.
    if (found === undefined) break;
    nSkipped += found.at - at;
    at = found.at;
    runStart = at;
    if (isOfKind(found.header, first)) continue;
    next = found.header;
    break;
  }
  endRun(at);
  return { first, runs, nFrames: Math.max(0, nFrames), nPromised: tag?.nFrames, nSkipped, isCut, end: at, next };
}

/** The next frame of this kind, or of another one. */
function findNextFrame(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: FrameHeader,
): { readonly at: number; readonly header: FrameHeader } | undefined {
  for (let at = bytes.indexOf(0xff, start); at >= 0 && at < end; at = bytes.indexOf(0xff, at + 1)) {
    const header = readFrameHeader(bytes, at);
    if (header === undefined) continue;
    const nMore = isOfKind(header, first) ? FOLLOWERS.afterGap : FOLLOWERS.ofAnotherKind;
    if (isFollowed(bytes, at, header, nMore)) return { at, header };
  }
  return undefined;
}

/** Whether `nMore` frames of the same kind follow the one at `at`, or the file ends after it. */
function isFollowed(bytes: Uint8Array, at: number, header: FrameHeader | undefined, nMore: number): boolean {
  if (header === undefined) return false;
  const next = at + header.length;
  if (nMore === 0 || next === bytes.length || (isId3v1(bytes) && next === bytes.length - 128)) return true;
  const following = readFrameHeader(bytes, next);
  return following !== undefined && isOfKind(following, header) && isFollowed(bytes, next, following, nMore - 1);
}

/** Whether two frames can be of one section. Encoders may switch between kinds of stereo, but neither rates nor channels. */
function isOfKind(frame: FrameHeader, first: FrameHeader): boolean {
  return (
    frame.sampleRate === first.sampleRate && frame.nSamples === first.nSamples && frame.nChannels === first.nChannels
  );
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

/** The tag that an encoder puts into a first frame of silence, with the number of frames that follow; 0 where it does not say. */
function readEncoderTag(
  bytes: Uint8Array,
  at: number,
  { tagOffset }: FrameHeader,
): { readonly nFrames: number; readonly isUnheard: boolean } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = nameAt(bytes, at + tagOffset);
  if ((name === 'Xing' || name === 'Info') && at + tagOffset + 12 <= bytes.length) {
    const hasFrames = (view.getUint32(at + tagOffset + 4) & 1) === 1;
    return { nFrames: hasFrames ? view.getUint32(at + tagOffset + 8) : 0, isUnheard: false };
  }
  if (nameAt(bytes, at + VBRI_OFFSET) === 'VBRI' && at + VBRI_OFFSET + 18 <= bytes.length) {
    return { nFrames: view.getUint32(at + VBRI_OFFSET + 14), isUnheard: true };
  }
  return undefined;
}

/** Bytes from the start of a frame to Fraunhofer's tag, whatever the frame. */
const VBRI_OFFSET = 36;

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
