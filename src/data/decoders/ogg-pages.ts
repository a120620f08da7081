/** The container Ogg (RFC 3533): pages with checksums, whose packets make up streams, one after the other or side by side. */

/** A packet, whole. */
export interface Packet {
  readonly bytes: Uint8Array;
  /** The position, in samples, at the end of the page on which it ends; undefined where an earlier packet ends there too. */
  readonly position: number | undefined;
}

/** One logical stream, from the page that opens it to its last. */
export interface OggStream {
  readonly packets: readonly Packet[];
  /** Whether the page that is marked as last was reached. */
  readonly isComplete: boolean;
}

/** A link of a chain: streams that run side by side. */
export type Link = readonly OggStream[];

/** One stream of a file, decoded. */
export interface DecodedLink {
  readonly codec: 'Vorbis' | 'Opus' | 'FLAC';
  /** The average of all channels. */
  readonly waveform: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Samples of one channel that damage took from its middle. */
  readonly nMissing: number;
}

/** What is gathered of a stream. */
interface OpenStream {
  readonly packets: Packet[];
  /** Parts of the packet that goes on on the next page. */
  partial: Uint8Array[];
  isComplete: boolean;
}

const HEADER_BYTES = 27;
const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

/** Whether a packet begins with this name. */
export function startsWith({ bytes }: Packet, name: string): boolean {
  return Buffer.from(bytes.subarray(0, name.length)).equals(Buffer.from(name, 'latin1'));
}

/**
 * Reads the links of a file. Pages that are damaged are stepped over, with the packets that go on in them.
 *
 * @returns none where not a single page opens a stream
 */
export function readLinks(bytes: Uint8Array): Link[] {
  const links: Map<number, OpenStream>[] = [];
  // Streams side by side all open before any goes on.
  let isOpening = false;
  for (let at = nextPage(bytes, 0); at < bytes.length; ) {
    const length = pageLength(bytes, at);
    const serial = readUint32(bytes, at + 14);
    const isFirst = (bytes[at + 5] & FIRST) !== 0;
    if (isFirst && !isOpening) links.push(new Map());
    if (isFirst) links.at(-1)?.set(serial, { packets: [], partial: [], isComplete: false });
    isOpening = isFirst;
    const stream = links.at(-1)?.get(serial);
    if (stream !== undefined && !stream.isComplete) addPage(stream, bytes, at);
    const next = nextPage(bytes, at + length);
    if (next > at + length) for (const open of links.at(-1)?.values() ?? []) open.partial = [];
    at = next;
  }
  return links.map((streams) => [...streams.values()]);
}

function addPage(stream: OpenStream, bytes: Uint8Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nSegments = bytes[at + 26];
  const flags = bytes[at + 5];
  // All ones stands for a page on which no packet ends.
  const position = Number(view.getBigInt64(at + 6, true));
  let start = at + HEADER_BYTES + nSegments;
  let size = 0;
  let last = -1;
  // The rest of a packet whose start was lost is of no use.
  let isUsed = (flags & CONTINUED) === 0 || stream.partial.length > 0;
  if ((flags & CONTINUED) === 0) stream.partial = [];
  for (let i = 0; i < nSegments; i++) {
    const segment = bytes[at + HEADER_BYTES + i];
    size += segment;
    if (segment === 255) continue;
    if (isUsed)
      last =
        stream.packets.push({
          bytes: joined(stream.partial, bytes.subarray(start, start + size)),
          position: undefined,
        }) - 1;
    isUsed = true;
    stream.partial = [];
    start += size;
    size = 0;
  }
  if (size > 0 && isUsed) stream.partial.push(bytes.subarray(start, start + size));
  if (last >= 0 && position >= 0) stream.packets[last] = { ...stream.packets[last], position };
  if ((flags & LAST) !== 0) stream.isComplete = true;
}

function joined(parts: readonly Uint8Array[], end: Uint8Array): Uint8Array {
  return parts.length === 0 ? end : Buffer.concat([...parts, end]);
}

/** Where the next page that is whole begins; the length of `bytes` where none does. */
function nextPage(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    at = bytes.indexOf(0x4f, at);
    if (at < 0) break;
    const length = pageLength(bytes, at);
    if (length > 0 && checksumOf(bytes, at, length) === readUint32(bytes, at + 22)) return at;
  }
  return bytes.length;
}

/** Bytes of the page at `at`; 0 where none begins there or the file ends within it. */
function pageLength(bytes: Uint8Array, at: number): number {
  if (at + HEADER_BYTES > bytes.length || String.fromCharCode(...bytes.subarray(at, at + 5)) !== 'OggS\0') return 0;
  const nSegments = bytes[at + 26];
  let length = HEADER_BYTES + nSegments;
  if (at + length > bytes.length) return 0;
  for (let i = 0; i < nSegments; i++) length += bytes[at + HEADER_BYTES + i];
  return at + length <= bytes.length ? length : 0;
}

/**
 * Writes packets as pages of one stream: the first on a page of its own, as both Vorbis and Opus ask for, and each of the
 * others ends a page where it has a position.
 */
export function writePages(packets: readonly Packet[]): Uint8Array {
  const pages: Uint8Array[] = [];
  let lacing: number[] = [];
  let parts: Uint8Array[] = [];
  let isContinued = false;
  const flush = (position: number | undefined, isLast: boolean) => {
    const flags = (isContinued ? CONTINUED : 0) | (pages.length === 0 ? FIRST : 0) | (isLast ? LAST : 0);
    pages.push(page(lacing, parts, position, flags, pages.length));
    lacing = [];
    parts = [];
  };
  packets.forEach(({ bytes, position }, i) => {
    const isLast = i === packets.length - 1;
    for (let at = 0; at <= bytes.length; at += 255) {
      if (lacing.length === 255) {
        flush(undefined, false);
        isContinued = at > 0;
      }
      const part = bytes.subarray(at, at + 255);
      lacing.push(part.length);
      parts.push(part);
    }
    if (!isLast && i > 0 && position === undefined) return;
    flush(i === 0 ? 0 : position, isLast);
    isContinued = false;
  });
  return Buffer.concat(pages);
}

function page(
  lacing: readonly number[],
  parts: readonly Uint8Array[],
  position: number | undefined,
  flags: number,
  sequence: number,
): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('OggS', 'latin1');
  header[5] = flags;
  header.writeBigInt64LE(BigInt(position ?? -1), 6);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = lacing.length;
  const whole = Buffer.concat([header, Buffer.from(lacing), ...parts]);
  whole.writeUInt32LE(checksumOf(whole, 0, whole.length), 22);
  return whole;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** The checksum of a page, taken as if its own field were 0. */
function checksumOf(bytes: Uint8Array, at: number, length: number): number {
  let checksum = 0;
  for (let i = 0; i < length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : bytes[at + i];
    checksum = (checksum << 8) ^ CRC32[(checksum >>> 24) ^ byte];
  }
  return checksum >>> 0;
}

const CRC32 = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});
