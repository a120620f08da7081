/**
 * Ogg (RFC 3533) with Vorbis or Opus. The pages and their checksums are walked here; libvorbis
 * (`@wasm-audio-decoders/ogg-vorbis`) and libopus (`ogg-opus-decoder`) are given the pages that are whole.
 */
import { AudioError, messageOf } from '../../runtime/errors.js';
import { checkHeader, checkLength, type DecodedAudio, MonoBlocks, truncated } from './decoded.js';
import { type DecoderPool, openWasmPool } from './pool.js';

const vorbisPool = openWasmPool(async () => (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder);

const opusPool = openWasmPool(async () => (await import('ogg-opus-decoder')).OggOpusDecoder);

/** The first stream of a file, as far as its pages are whole. */
interface Stream {
  readonly bytes: Uint8Array;
  /** The first packet, which says what the stream is. */
  readonly identification: Uint8Array;
  /** Samples up to the ends of the first and the last page with audio; 0 where no page says. */
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** Whether the page that is marked as last was reached. */
  readonly isComplete: boolean;
}

/** What the first packet says. */
interface Identification {
  readonly codec: 'Vorbis' | 'Opus';
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Samples at the start that only let the decoder settle. */
  readonly preSkip: number;
}

/**
 * Decodes an Ogg file. Where a page is damaged or cut off, what comes before it is used, with a warning.
 *
 * @throws AudioError where the codec is another one, or no audio comes before the damage
 */
export async function decodeOgg(bytes: Uint8Array, where: string, maxSeconds: number): Promise<DecodedAudio> {
  const stream = findPages(bytes, where);
  const { codec, sampleRate, nChannels, preSkip } = identify(stream.identification, where);
  const { firstPosition, lastPosition, isComplete } = stream;
  checkHeader(where, sampleRate, nChannels);
  // A recording of a broadcast may begin at any position, so the first is taken off.
  if (lastPosition > firstPosition) checkLength(where, lastPosition - firstPosition, sampleRate, maxSeconds);
  const decoded = await decodeStream(codec, stream.bytes, where);
  if (decoded.length === 0 && !isComplete) {
    throw new AudioError(
      `${where}: expected Ogg ${codec} audio, got no page of it that is whole; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  // The last packet is longer than what is left of the audio; the last page says where it ends.
  const waveform = isComplete && lastPosition > preSkip ? decoded.slice(0, lastPosition - preSkip) : decoded;
  checkLength(where, waveform.length, sampleRate, maxSeconds);
  return {
    waveform,
    sampleRate,
    nChannels,
    format: `Ogg ${codec}`,
    warnings: isComplete ? [] : [truncated(waveform.length, 0, sampleRate)],
  };
}

async function decodeStream(codec: 'Vorbis' | 'Opus', bytes: Uint8Array, where: string): Promise<Float32Array> {
  const mono = new MonoBlocks();
  try {
    const pool: DecoderPool<OggDecoder> = codec === 'Vorbis' ? vorbisPool : opusPool;
    await pool.use(async (decoder) => {
      const { channelData, errors } = await decoder.decodeFile(bytes);
      if (errors.length > 0) throw new Error(errors[0].message);
      mono.add(channelData);
    });
  } catch (error) {
    throw new AudioError(`${where}: expected Ogg ${codec}, but its decoder failed: ${messageOf(error)}; encode again`, {
      cause: error,
    });
  }
  return mono.join();
}

/** What both decoders have in common. */
interface OggDecoder {
  decodeFile(file: Uint8Array): Promise<{
    readonly channelData: Float32Array[];
    readonly errors: readonly { message: string }[];
  }>;
}

function identify(packet: Uint8Array, where: string): Identification {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const name = String.fromCharCode(...packet.subarray(0, 8));
  if (name.startsWith('\x01vorbis') && packet.length >= 16) {
    return { codec: 'Vorbis', sampleRate: view.getUint32(12, true), nChannels: packet[11], preSkip: 0 };
  }
  // Opus always decodes to 48 kHz, whatever the recording had.
  if (name === 'OpusHead' && packet.length >= 19) {
    return { codec: 'Opus', sampleRate: 48000, nChannels: packet[9], preSkip: view.getUint16(10, true) };
  }
  const known = FOREIGN_STREAMS.find(([magic]) => name.startsWith(magic));
  throw new AudioError(
    `${where}: expected Vorbis or Opus in Ogg, got ${known?.[1] ?? 'an unknown codec'}; convert it to FLAC or WAV`,
  );
}

const FOREIGN_STREAMS: readonly (readonly [string, string])[] = [
  ['\x7fFLAC', 'FLAC'],
  ['Speex', 'Speex'],
  ['fishead', 'a skeleton stream first'],
  ['\x80theora', 'Theora video'],
];

/** Walks the pages of the first stream; pages of others that run beside it are left out. */
function findPages(bytes: Uint8Array, where: string): Stream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pages: Uint8Array[] = [];
  let identification: Uint8Array | undefined;
  let serial = -1;
  let firstPosition = 0;
  let lastPosition = 0;
  let isComplete = false;
  for (let at = 0; !isComplete; ) {
    const length = pageLength(bytes, at);
    if (length === 0 || !isIntact(bytes.subarray(at, at + length), view.getUint32(at + 22, true))) break;
    if (identification === undefined) {
      serial = view.getUint32(at + 14, true);
      identification = bytes.subarray(at + 27 + bytes[at + 26], at + length);
    }
    if (view.getUint32(at + 14, true) === serial) {
      pages.push(bytes.subarray(at, at + length));
      // All ones stands for a page on which no packet ends.
      const position = view.getBigInt64(at + 6, true);
      if (position > 0n) lastPosition = Number(position);
      if (firstPosition === 0) firstPosition = lastPosition;
      isComplete = (bytes[at + 5] & 4) !== 0;
    }
    at += length;
  }
  if (identification === undefined) {
    throw new AudioError(
      `${where}: expected an Ogg page that is whole, got ${bytes.length} bytes; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  return { bytes: Buffer.concat(pages), identification, firstPosition, lastPosition, isComplete };
}

/** Bytes of the page at `at`; 0 where none begins there or the file ends within it. */
function pageLength(bytes: Uint8Array, at: number): number {
  if (at + 27 > bytes.length || String.fromCharCode(...bytes.subarray(at, at + 5)) !== 'OggS\0') return 0;
  const nSegments = bytes[at + 26];
  let length = 27 + nSegments;
  if (at + length > bytes.length) return 0;
  for (let i = 0; i < nSegments; i++) length += bytes[at + 27 + i];
  return at + length <= bytes.length ? length : 0;
}

/** Whether the page's checksum, taken as if its own field were 0, is `expected`. */
function isIntact(page: Uint8Array, expected: number): boolean {
  let checksum = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i];
    checksum = (checksum << 8) ^ CRC32[(checksum >>> 24) ^ byte];
  }
  return checksum >>> 0 === expected;
}

const CRC32 = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});
