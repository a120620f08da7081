/** Opus in Ogg (RFC 7845), packet by packet: libopus (`libopus-wasm`; `opus-decoder` for more than two channels). */
import { AudioError, messageOf } from '../../runtime/errors.js';
import { averageOf, checkHeader, checkLength } from './decoded.js';
import { type DecodedLink, type OggStream, type Packet, startsWith } from './ogg-pages.js';

/** Opus always decodes to 48 kHz, whatever the recording had. */
const SAMPLE_RATE = 48_000;
/** Packets decoded in one call. */
const PACKETS_PER_CALL = 256;
/** Samples that the position at the end may leave of what the packets hold, without a word: a second, as a page has at most. */
const MOST_CUT = SAMPLE_RATE;
/** The identification and the comment. */
const HEADER_PACKETS = 2;

/** What the first packet says. */
interface Head {
  readonly nChannels: number;
  /** Samples at the start that only let the decoder settle. */
  readonly preSkip: number;
  /** Factor on the samples. */
  readonly gain: number;
  /** Only of more than two channels: streams, those of them that are stereo, and which channel is in which. */
  readonly streams: { readonly count: number; readonly coupled: number; readonly mapping: number[] } | undefined;
}

/** Whether a stream begins with Opus's identification. */
export function isOpus({ packets }: OggStream): boolean {
  return packets.length > 0 && startsWith(packets[0], 'OpusHead');
}

/**
 * Decodes a stream.
 *
 * @throws AudioError where its header is damaged, a packet is, or the whole is longer than `maxSeconds`
 */
export async function decodeOpus(stream: OggStream, where: string, maxSeconds: number): Promise<DecodedLink> {
  const head = readHead(stream.packets[0].bytes, where);
  checkHeader(where, SAMPLE_RATE, head.nChannels);
  const packets = stream.packets.slice(HEADER_PACKETS);
  const expected = lengthOf(packets, head.preSkip);
  const held = packets.reduce((sum, { bytes }) => sum + durationOf(bytes), 0);
  // The last packet is longer than what is left of the audio; the position at its end says how much.
  const end = stream.isComplete && expected !== undefined ? Math.min(held, head.preSkip + expected) : held;
  if (end > head.preSkip) checkLength(where, end - head.preSkip, SAMPLE_RATE, maxSeconds);
  const decoded = await decodePackets(packets, head, end, where);
  const waveform = decoded.subarray(Math.min(head.preSkip, decoded.length));
  if (head.gain !== 1) for (let i = 0; i < waveform.length; i++) waveform[i] *= head.gain;
  return {
    codec: 'Opus',
    waveform,
    sampleRate: SAMPLE_RATE,
    nChannels: head.nChannels,
    nMissing: Math.max(0, (expected ?? 0) - waveform.length, held - end - MOST_CUT),
  };
}

/** The first `nSamples` of what the packets hold, averaged over channels. */
async function decodePackets(
  packets: readonly Packet[],
  head: Head,
  nSamples: number,
  where: string,
): Promise<Float32Array> {
  const mono = new Float32Array(nSamples);
  let at = 0;
  const decoder = await openDecoder(head);
  try {
    for (let i = 0; i < packets.length && at < nSamples; i += PACKETS_PER_CALL) {
      for (const channels of decoder.decode(packets.slice(i, i + PACKETS_PER_CALL))) {
        const block = averageOf(channels).subarray(0, nSamples - at);
        mono.set(block, at);
        at += block.length;
      }
    }
  } catch (error) {
    throw new AudioError(`${where}: expected Ogg Opus, but libopus failed: ${messageOf(error)}; encode again`, {
      cause: error,
    });
  } finally {
    decoder.free();
  }
  return mono.subarray(0, at);
}

function readHead(bytes: Uint8Array, where: string): Head {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nChannels = bytes[9];
  const [family, count, coupled] = [bytes[18], bytes[19], bytes[20]];
  const nBytes = family === 0 ? 19 : 21 + nChannels;
  if (bytes.length < nBytes) {
    throw new AudioError(
      `${where}: expected an Opus header of ${bytes.length < 19 ? 19 : nBytes} bytes, got ${bytes.length}; copy the file again`,
    );
  }
  const streams =
    family === 0 ? undefined : { count, coupled, mapping: Array.from(bytes.subarray(21, 21 + nChannels)) };
  if (family === 0 ? nChannels > 2 : count < 1 || coupled > count) {
    throw new AudioError(
      `${where}: expected one or two Opus channels, or how more of them are stored, got ${nChannels}; encode again`,
    );
  }
  // RFC 7845, section 5.1: decibels in 256ths.
  const gain = 10 ** (view.getInt16(16, true) / 256 / 20);
  return { nChannels, preSkip: view.getUint16(10, true), gain, streams };
}

/** Decodes packets to blocks of channels. */
interface OpusPackets {
  decode(packets: readonly Packet[]): Iterable<readonly Float32Array[]>;
  free(): void;
}

/** A new one for each stream: what it remembers of one must not sound in the next. */
async function openDecoder({ nChannels, streams }: Head): Promise<OpusPackets> {
  if (streams !== undefined && nChannels > 2) return openSurround(nChannels, streams);
  const { createDecoder } = await import('libopus-wasm');
  const channels = nChannels === 1 ? 1 : 2;
  const decoder = await createDecoder({ sampleRate: SAMPLE_RATE, channels });
  return {
    *decode(packets) {
      for (const { bytes } of packets) {
        if (bytes.length > 0) yield parted(decoder.decodeFloat(bytes), channels);
      }
    },
    free: () => decoder.free(),
  };
}

async function openSurround(channels: number, streams: NonNullable<Head['streams']>): Promise<OpusPackets> {
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({
    channels,
    streamCount: streams.count,
    coupledStreamCount: streams.coupled,
    channelMappingTable: streams.mapping,
  });
  await decoder.ready;
  return {
    decode(packets) {
      const { channelData, errors } = decoder.decodeFrames(packets.map(({ bytes }) => bytes));
      if (errors.length > 0) throw new Error(errors[0].message);
      return [channelData];
    },
    free: () => decoder.free(),
  };
}

/** Channels one by one. */
function parted(interleaved: Float32Array, nChannels: number): Float32Array[] {
  if (nChannels === 1) return [interleaved];
  return Array.from({ length: nChannels }, (_, channel) => {
    const samples = new Float32Array(interleaved.length / nChannels);
    for (let i = 0; i < samples.length; i++) samples[i] = interleaved[i * nChannels + channel];
    return samples;
  });
}

/**
 * Samples of a stream, by the positions at the ends of its pages; undefined where none says. A recording of a broadcast may
 * begin at any position, which that of the first page gives, less what its packets hold.
 */
function lengthOf(packets: readonly Packet[], preSkip: number): number | undefined {
  const first = packets.findIndex(({ position }) => position !== undefined);
  const last = packets.findLast(({ position }) => position !== undefined)?.position;
  if (first < 0 || last === undefined) return undefined;
  const held = packets.slice(0, first + 1).reduce((sum, { bytes }) => sum + durationOf(bytes), 0);
  // On the only page the end may lie before that of its last packet, which is no start before 0.
  const start = Math.max(0, (packets[first].position ?? 0) - held);
  return Math.max(0, last - start - preSkip);
}

/** Samples of a packet by its first bytes (RFC 6716, section 3.1). */
function durationOf(packet: Uint8Array): number {
  if (packet.length === 0) return 0;
  const config = packet[0] >> 3;
  const shift = config & 3;
  const frame =
    config < 12 ? [480, 960, 1920, 2880][shift] : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][shift];
  const code = packet[0] & 3;
  const nFrames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  return frame * nFrames;
}
