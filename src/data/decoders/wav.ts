/**
 * WAV: RIFF, RF64 and Wave64, with 8 to 32-bit PCM, 32 and 64-bit float, A-law or mu-law samples.
 * Formats: RFC 2361, EBU Tech 3306 (RF64), ITU-T G.711.
 */
import { A_LAW_TABLE, MU_LAW_TABLE } from '../../dsp/companding.js';
import { AudioError } from '../../runtime/errors.js';
import {
  type ByteSource,
  checkHeader,
  checkLength,
  type DecodedAudio,
  type DecodedStream,
  truncated,
} from './decoded.js';

/** The codecs of the `fmt ` chunk that are read, and names for those that are met but not read. */
const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;
const FOREIGN_CODECS: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG layer 1 or 2',
  85: 'MP3',
  352: 'Windows Media Audio',
  255: 'AAC',
};
/** The last 14 bytes of an extensible format's GUID; the first two are the codec. */
const GUID_TAIL = '000000001000800000aa00389b71';
/** Where the header of a file that is read in pieces must lie: before it may stand the names of a whole album. */
const HEAD_BYTES = 2 ** 23;
/** Samples of one channel in a piece. */
const BLOCK_SAMPLES = 2 ** 16;
/** Stands where RF64 gives the size in a chunk of its own, and where ffmpeg does not know it. */
const ALL_ONES = 0xffffffff;

/** How the samples lie in the `data` chunk. */
interface SampleFormat {
  readonly codec: number;
  readonly nChannels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/** Where the two chunks that matter lie; sizes as claimed, which may be more than there is. */
interface Chunks {
  readonly formatStart: number;
  readonly formatSize: number;
  readonly dataStart: number;
  readonly dataSize: number;
}

/**
 * Decodes a WAV file. Data that ends early is used as far as it goes, with a warning.
 *
 * @throws AudioError where the header is cut short, contradicts itself or names another codec, or no sample is there
 */
export function decodeWav(bytes: Uint8Array, where: string, maxSeconds: number): DecodedAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = findChunks(view, where, bytes.length);
  const format = readFormat(view, chunks, where);
  const { nChannels, sampleRate, bits } = format;
  const frameBytes = (nChannels * bits) / 8;
  const available = bytes.length - chunks.dataStart;
  const nClaimed = Math.floor(chunks.dataSize / frameBytes);
  const nSamples = Math.min(nClaimed, Math.floor(available / frameBytes));
  if (nSamples === 0 && nClaimed > 0) {
    throw new AudioError(
      `${where}: expected ${nClaimed} samples, got ${available} bytes of data; the file is cut short, copy it again`,
    );
  }
  checkLength(where, nSamples, sampleRate, maxSeconds);
  const data = bytes.subarray(chunks.dataStart, chunks.dataStart + nSamples * frameBytes);
  return {
    waveform: toMono(data, nSamples, format),
    sampleRate,
    nChannels,
    format: `WAV (${describe(format)})`,
    warnings: nSamples < nClaimed ? [truncated(nSamples, nClaimed, sampleRate)] : [],
  };
}

/**
 * Opens a WAV file to be decoded in pieces; its header has to lie within the first 8 MiB.
 *
 * @throws AudioError as `decodeWav`; of what is in the data only once it is read
 */
export function streamWav(source: ByteSource, where: string): DecodedStream {
  const head = source.read(0, HEAD_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const chunks = findChunks(view, where, source.size);
  const format = readFormat(view, chunks, where);
  const { nChannels, sampleRate, bits } = format;
  const frameBytes = (nChannels * bits) / 8;
  const nClaimed = Math.floor(chunks.dataSize / frameBytes);
  const nSamples = Math.min(nClaimed, Math.floor((source.size - chunks.dataStart) / frameBytes));
  if (nSamples <= 0) throw new AudioError(`${where}: expected audio, got a WAV file without a sample; record it again`);
  return {
    sampleRate,
    nChannels,
    format: `WAV (${describe(format)})`,
    nSamples,
    async *blocks(warn) {
      for (let at = 0; at < nSamples; at += BLOCK_SAMPLES) {
        const nHere = Math.min(BLOCK_SAMPLES, nSamples - at);
        yield toMono(source.read(chunks.dataStart + at * frameBytes, nHere * frameBytes), nHere, format);
      }
      if (nSamples < nClaimed) warn(truncated(nSamples, nClaimed, sampleRate));
    },
  };
}

/** @param fileBytes of the whole file, of which `view` may be the beginning */
function findChunks(view: DataView, where: string, fileBytes: number): Chunks {
  const isWave64 = ascii(view, 0, 4) === 'riff';
  // A Wave64 chunk has a GUID, whose first four bytes are the id, and a size that counts its own header.
  const headerBytes = isWave64 ? 24 : 8;
  const alignment = isWave64 ? 8 : 2;
  let formatStart = -1;
  let formatSize = 0;
  let dataStart = -1;
  let dataSize = 0;
  let longDataSize = 0;
  let at = isWave64 ? 40 : 12;
  while (at + headerBytes <= view.byteLength && (formatStart < 0 || dataStart < 0)) {
    const id = ascii(view, at, 4);
    const start = at + headerBytes;
    let size = isWave64 ? Number(view.getBigUint64(at + 16, true)) - headerBytes : view.getUint32(at + 4, true);
    if (size < 0) break;
    if (id === 'ds64' && start + 16 <= view.byteLength) {
      longDataSize = Number(view.getBigUint64(start + 8, true));
    } else if (id === 'fmt ') {
      formatStart = start;
      formatSize = Math.min(size, view.byteLength - start);
    } else if (id === 'data') {
      const rest = fileBytes - start;
      if (size === ALL_ONES && longDataSize > 0) size = longDataSize;
      else if (size > rest && isPlaceholder(size)) size = rest;
      else if (size === 0 && !isChunkHeader(view, start)) size = rest;
      dataStart = start;
      dataSize = size;
    }
    at = start + Math.ceil(size / alignment) * alignment;
    // Some writers leave out the byte that makes an odd chunk even.
    if (size % 2 === 1 && !isWave64 && !isChunkHeader(view, at) && isChunkHeader(view, at - 1)) at--;
  }
  if (formatStart < 0 || dataStart < 0) {
    const missing = formatStart < 0 ? '"fmt "' : '"data"';
    throw new AudioError(
      `${where}: expected a WAV header with a ${missing} chunk, got ${view.byteLength} bytes without one; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  return { formatStart, formatSize, dataStart, dataSize };
}

/**
 * Whether a size is what writers to a pipe put for one that they don't know yet: all ones, half of all sizes or a header less
 * (eSpeak, sox), or in Wave64 one near 2 ** 63.
 */
function isPlaceholder(size: number): boolean {
  return size === ALL_ONES || (size >= 0x7fff0000 && size <= 0x80000000) || size >= 2 ** 62;
}

function readFormat(view: DataView, { formatStart, formatSize }: Chunks, where: string): SampleFormat {
  if (formatSize < 16) {
    throw new AudioError(
      `${where}: expected a "fmt " chunk of at least 16 bytes, got ${formatSize}; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  let codec = view.getUint16(formatStart, true);
  const nChannels = view.getUint16(formatStart + 2, true);
  const sampleRate = view.getUint32(formatStart + 4, true);
  const blockBytes = view.getUint16(formatStart + 12, true);
  const bits = view.getUint16(formatStart + 14, true);
  if (codec === EXTENSIBLE) {
    const tail = formatSize >= 40 ? hex(view, formatStart + 26, 14) : '';
    if (tail !== GUID_TAIL) {
      throw new AudioError(
        `${where}: expected an extensible format with a known sub-format, got ${tail || `${formatSize} bytes`}; ` +
          'convert it to 16-bit PCM',
      );
    }
    codec = view.getUint16(formatStart + 24, true);
  }
  const allowed = codec === PCM ? [8, 16, 24, 32] : codec === FLOAT ? [32, 64] : [8];
  if (codec !== PCM && codec !== FLOAT && codec !== A_LAW && codec !== MU_LAW) {
    const name = FOREIGN_CODECS[codec] ?? 'an unknown codec';
    throw new AudioError(
      `${where}: expected PCM, float, A-law or mu-law samples, got ${name} (codec tag 0x${codec.toString(16)}); ` +
        'convert it to 16-bit PCM',
    );
  }
  checkHeader(where, sampleRate, nChannels);
  if (!allowed.includes(bits)) {
    throw new AudioError(
      `${where}: expected ${allowed.join(', ')} bits a sample, got ${bits}; convert it to 16-bit PCM`,
    );
  }
  if (blockBytes !== 0 && blockBytes !== (nChannels * bits) / 8) {
    throw new AudioError(
      `${where}: expected ${(nChannels * bits) / 8} bytes for ${nChannels} channels of ${bits} bits, got ` +
        `${blockBytes}; the header contradicts itself, encode again`,
    );
  }
  return { codec, nChannels, sampleRate, bits };
}

/** The samples averaged over channels and scaled to -1 to 1. */
function toMono(data: Uint8Array, nSamples: number, { codec, nChannels, bits }: SampleFormat): Float32Array {
  if (codec === FLOAT) {
    return scaleAndAverage(bits === 32 ? asFloat32(data) : asFloat64(data), nSamples, nChannels, 1);
  }
  if (codec !== PCM) {
    const table = codec === A_LAW ? A_LAW_TABLE : MU_LAW_TABLE;
    const expanded = new Int16Array(data.length);
    for (let i = 0; i < data.length; i++) expanded[i] = table[data[i]];
    return scaleAndAverage(expanded, nSamples, nChannels, 2 ** 15);
  }
  switch (bits) {
    case 8: {
      const signed = new Int8Array(data.length);
      for (let i = 0; i < data.length; i++) signed[i] = data[i] - 128;
      return scaleAndAverage(signed, nSamples, nChannels, 2 ** 7);
    }
    case 16:
      return nChannels === 1 ? scaleInt16(asInt16(data)) : scaleAndAverage(asInt16(data), nSamples, nChannels, 2 ** 15);
    case 24: {
      const unpacked = new Int32Array(data.length / 3);
      for (let i = 0, at = 0; i < unpacked.length; i++, at += 3) {
        unpacked[i] = ((data[at] << 8) | (data[at + 1] << 16) | (data[at + 2] << 24)) >> 8;
      }
      return scaleAndAverage(unpacked, nSamples, nChannels, 2 ** 23);
    }
    default:
      return scaleAndAverage(asInt32(data), nSamples, nChannels, 2 ** 31);
  }
}

/** The usual case apart from the others, so that its loop is compiled for one type of array. */
function scaleInt16(values: Int16Array): Float32Array {
  const scaled = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) scaled[i] = values[i] / 32768;
  return scaled;
}

function scaleAndAverage(
  interleaved: Int8Array | Int16Array | Int32Array | Float32Array | Float64Array,
  nSamples: number,
  nChannels: number,
  fullScale: number,
): Float32Array {
  const mono = new Float32Array(nSamples);
  const scale = fullScale * nChannels;
  for (let i = 0, at = 0; i < nSamples; i++) {
    let sum = 0;
    for (let c = 0; c < nChannels; c++) sum += interleaved[at++];
    mono[i] = sum / scale;
  }
  return mono;
}

// Views over the file's own memory (little endian, as every platform that the engine runs on), or over a copy where the
// chunk does not lie on a multiple of the sample's size.
function asInt16(data: Uint8Array): Int16Array {
  const { buffer, byteOffset, byteLength } = aligned(data, 2);
  return new Int16Array(buffer, byteOffset, byteLength / 2);
}

function asInt32(data: Uint8Array): Int32Array {
  const { buffer, byteOffset, byteLength } = aligned(data, 4);
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

function asFloat32(data: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = aligned(data, 4);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

function asFloat64(data: Uint8Array): Float64Array {
  const { buffer, byteOffset, byteLength } = aligned(data, 8);
  return new Float64Array(buffer, byteOffset, byteLength / 8);
}

function aligned(data: Uint8Array, size: number): Uint8Array {
  return data.byteOffset % size === 0 ? data : new Uint8Array(data);
}

function describe({ codec, bits }: SampleFormat): string {
  if (codec === A_LAW) return 'A-law';
  if (codec === MU_LAW) return 'mu-law';
  return `${bits}-bit ${codec === PCM ? 'PCM' : 'float'}`;
}

/** Whether a chunk that fits in the file could begin at `at`, or the file ends there. */
function isChunkHeader(view: DataView, at: number): boolean {
  if (at === view.byteLength) return true;
  if (at + 8 > view.byteLength) return false;
  return /^[ -~]{4}$/.test(ascii(view, at, 4)) && at + 8 + view.getUint32(at + 4, true) <= view.byteLength + 1;
}

function ascii(view: DataView, at: number, length: number): string {
  let text = '';
  for (let i = at; i < Math.min(at + length, view.byteLength); i++) text += String.fromCharCode(view.getUint8(i));
  return text;
}

function hex(view: DataView, at: number, length: number): string {
  let text = '';
  for (let i = at; i < at + length; i++) text += view.getUint8(i).toString(16).padStart(2, '0');
  return text;
}
