/** The header of a FLAC stream (RFC 9639, section 8). */
import { AudioError } from '../../runtime/errors.js';
import { id3Length } from './id3.js';

/** What STREAMINFO says. */
export interface StreamInfo {
  /** Hz. */
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Of a sample. */
  readonly bits: number;
  /** Of one channel; 0 where the encoder did not know. */
  readonly nSamples: number;
  /** Bytes from where the header was read to the first frame. */
  readonly framesStart: number;
}

/** Four bytes of name, four of the block's header, 34 of STREAMINFO, which is always the first block. */
const HEADER_BYTES = 42;

/** Whether the name that a stream begins with stands at `at`. */
export function isFlac(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x66 && bytes[at + 1] === 0x4c && bytes[at + 2] === 0x61 && bytes[at + 3] === 0x43;
}

/**
 * Reads the header at the start of a file, behind ID3 tags.
 *
 * @param where named in errors
 * @throws AudioError where it is cut short or damaged
 */
export function readStreamInfo(bytes: Uint8Array, where: string): StreamInfo {
  const start = id3Length(bytes);
  const info = streamInfoAt(bytes.subarray(start));
  if (typeof info === 'object') return { ...info, framesStart: start + info.framesStart };
  const what = info <= HEADER_BYTES ? 'a FLAC header of' : 'FLAC metadata of at least';
  throw new AudioError(
    `${where}: expected ${what} ${info} bytes, got ${bytes.length - start}; ` +
      'the file is cut short or damaged, copy it again',
  );
}

/** The header at the start of `bytes`, or the bytes that it needs at least where there are too few or others. */
export function streamInfoAt(bytes: Uint8Array): StreamInfo | number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || (view.getUint8(4) & 127) !== 0) return HEADER_BYTES;
  const packed = view.getUint32(18);
  let at = 4;
  let isLast = false;
  while (!isLast && at + 4 <= bytes.length) {
    const header = view.getUint32(at);
    isLast = header >>> 31 === 1;
    at += 4 + (header & 0xffffff);
  }
  if (!isLast || at > bytes.length) return at;
  return {
    sampleRate: packed >>> 12,
    nChannels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    nSamples: (packed & 15) * 2 ** 32 + view.getUint32(22),
    framesStart: at,
  };
}
