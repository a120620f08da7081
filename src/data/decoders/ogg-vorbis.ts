/** Vorbis in Ogg: libvorbis (`@wasm-audio-decoders/ogg-vorbis`), which is given pages of its own making. */
import { AudioError, messageOf } from '../../runtime/errors.js';
import { checkHeader, checkLength, MonoBlocks } from './decoded.js';
import { type DecodedLink, type OggStream, startsWith, writePages } from './ogg-pages.js';
import { openWasmPool } from './pool.js';

const pool = openWasmPool(async () => (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder);

/** The identification, the comment and the code books. */
const HEADER_PACKETS = 3;
/** A comment of nothing: what the file has in its place may be a picture of any size. */
const COMMENT = Buffer.from('\x03vorbis\0\0\0\0\0\0\0\0\x01', 'latin1');

/** Whether a stream begins with Vorbis's identification. */
export function isVorbis({ packets }: OggStream): boolean {
  return packets.length > 0 && packets[0].bytes.length >= 16 && startsWith(packets[0], '\x01vorbis');
}

/**
 * Decodes a stream.
 *
 * @throws AudioError where it is damaged beyond use, or longer than `maxSeconds`
 */
export async function decodeVorbis(stream: OggStream, where: string, maxSeconds: number): Promise<DecodedLink> {
  const [{ bytes: head }] = stream.packets;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [sampleRate, nChannels] = [view.getUint32(12, true), head[11]];
  checkHeader(where, sampleRate, nChannels);
  const link = { codec: 'Vorbis', sampleRate, nChannels } as const;
  const audio = stream.packets.slice(HEADER_PACKETS);
  const positions = audio.flatMap(({ position }) => position ?? []);
  const [first = 0, last = 0] = [positions[0], positions.at(-1)];
  // A recording of a broadcast may begin at any position, so the first is taken off.
  if (last > first) checkLength(where, last - first, sampleRate, maxSeconds);
  if (audio.length === 0) return { ...link, waveform: new Float32Array(0), nMissing: 0 };
  const setup = { bytes: stream.packets[2].bytes, position: 0 };
  const pages = writePages([{ bytes: head, position: 0 }, { bytes: COMMENT, position: undefined }, setup, ...audio]);
  const decoded = await decodePages(pages, where);
  // The last packet is longer than what is left of the audio; the last page says where it ends.
  const waveform = stream.isComplete && last > 0 ? decoded.slice(0, last) : decoded;
  return { ...link, waveform, nMissing: first <= decoded.length ? Math.max(0, last - waveform.length) : 0 };
}

async function decodePages(pages: Uint8Array, where: string): Promise<Float32Array> {
  const mono = new MonoBlocks();
  try {
    await pool.use(async (decoder) => {
      const { channelData, errors } = await decoder.decodeFile(pages);
      if (errors.length > 0) throw new Error(errors[0].message);
      mono.add(channelData);
    });
  } catch (error) {
    throw new AudioError(`${where}: expected Ogg Vorbis, but libvorbis failed: ${messageOf(error)}; encode again`, {
      cause: error,
    });
  }
  return mono.join();
}
