/** Tells what a file is from its first bytes; its name is never asked. */
import { AudioError } from '../../runtime/errors.js';
import { id3Length } from './id3.js';
import { findFirstFrame } from './mp3-frames.js';

/** What can be decoded. */
export type Container = 'wav' | 'flac' | 'mp3' | 'ogg' | 'npy';

/** First bytes, at an offset, of what is met under the name of audio but not read here. */
const FOREIGN: readonly (readonly [number, string, string])[] = [
  [4, 'ftyp', 'an MPEG-4 file (M4A, MP4)'],
  [0, '\x1a\x45\xdf\xa3', 'a Matroska or WebM file'],
  [0, '\x30\x26\xb2\x75', 'a Windows Media file'],
  [0, 'FORM', 'an AIFF file'],
  [0, 'caff', 'a Core Audio file'],
  [0, '.snd', 'a Sun audio file'],
  [0, '#!AMR', 'an AMR file'],
  [0, 'NIST_1A', 'a NIST Sphere file'],
  [0, 'MAC ', "a Monkey's Audio file"],
  [0, 'wvpk', 'a WavPack file'],
  [0, 'RIFX', 'a big-endian WAV file'],
  [0, 'RIFF', 'a RIFF file that is no WAV'],
  [0, 'PK\x03\x04', 'a zip archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, '%PDF', 'a PDF document'],
  [0, '\x89PNG', 'a picture'],
  [0, '\xff\xd8\xff', 'a picture'],
];

/**
 * @param where named in errors
 * @throws AudioError that says what the file seems to be, where it is none of these
 */
export function detectContainer(bytes: Uint8Array, where: string): Container {
  if (bytes.length === 0) {
    throw new AudioError(`${where}: expected audio, got an empty file (0 bytes); record or copy it again`);
  }
  // Taggers put an ID3 tag in front of whatever they are given.
  const start = ascii(bytes, id3Length(bytes), 16);
  if (/^(RIFF|RF64|BW64).{4}WAVE/s.test(start) || start.startsWith('riff\x2e\x91\xcf\x11')) return 'wav';
  if (start.startsWith('OggS')) return 'ogg';
  if (start.startsWith('\x93NUMPY')) return 'npy';
  if (start.startsWith('fLaC')) return 'flac';
  if (ascii(bytes, 0, 3) === 'ID3') return 'mp3';
  const foreign = FOREIGN.find(([at, magic]) => ascii(bytes, at, magic.length) === magic);
  if (foreign === undefined && findFirstFrame(bytes) >= 0) return 'mp3';
  const got = foreign?.[2] ?? (isText(bytes) ? `text ("${excerpt(bytes)}")` : `unknown bytes (${hex(bytes)})`);
  throw new AudioError(
    `${where}: expected WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus or .npy, got ${got}; convert it to WAV or FLAC`,
  );
}

function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).every((byte) => (byte >= 32 ? byte !== 127 : byte === 9 || byte === 10 || byte === 13));
}

function excerpt(bytes: Uint8Array): string {
  const line = Buffer.from(bytes.subarray(0, 24)).toString('utf8').replace(/\s+/g, ' ').trim();
  return bytes.length > 24 ? `${line}...` : line;
}

function hex(bytes: Uint8Array): string {
  const digits = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > 8 ? `${digits} ...` : digits;
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
