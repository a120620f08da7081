/**
 * One FLAC frame (RFC 9639, section 9): header, subframes and checksums, in integers. Nothing is kept from frame to frame, so
 * that no file can depend on the one before it.
 */

/** What a stream's header says of its frames. */
export interface FrameFormat {
  /** Hz. */
  readonly sampleRate: number;
  readonly nChannels: number;
  /** Of a sample, 4 to 32. */
  readonly bits: number;
}

/** A frame's header. */
interface FrameHeader {
  /** Samples of one channel, 1 to 65,536. */
  readonly blockSize: number;
  /** Of the frame, or of its first sample where blocks differ in size. */
  readonly number: number;
  readonly isVariable: boolean;
  /** 0 to 7: channels less one, each for itself; 8 to 10: left and side, side and right, mid and side. */
  readonly channelCode: number;
  /** Bytes. */
  readonly length: number;
}

/** A frame that is whole. */
export interface Frame {
  /** Where the next one may begin. */
  readonly end: number;
  /** The average of all channels, -1 to 1. */
  readonly mono: Float32Array;
  /** Counts frames from 0, or with `isVariable` samples. */
  readonly number: number;
  readonly isVariable: boolean;
}

/** Where the bytes end within a frame that was right until there. */
export const CUT = 'cut';

/** Where a frame breaks its own rules or its checksum. */
export const DAMAGED = 'damaged';

/** Samples of a channel: 33 bits, which the difference of two channels of 32 takes, don't fit an Int32Array. */
type Samples = Int32Array | Float64Array;

/** Bits that one look at the bytes gives at least, wherever it starts. */
const WINDOW_BITS = 25;

/** Ends the decoding of a frame; thrown once a damaged frame, of which a file has few. */
class FrameFault extends Error {}

/** Decodes the frames of one stream. */
export class FlacFrameDecoder {
  /** Of the frame at work. */
  private channels: Samples[] = [];
  private bytes: Uint8Array = new Uint8Array(0);
  /** The first byte of the frame. */
  private base = 0;
  /** Bits read since. */
  private at = 0;
  /** Bits that there are. */
  private limit = 0;

  constructor(private readonly format: FrameFormat) {}

  /** Whether the header of a frame of this stream stands at `at`, as far as its own checksum tells. */
  isFrame(bytes: Uint8Array, at: number, end: number): boolean {
    return readHeader(bytes, at, end, this.format) !== undefined;
  }

  /**
   * Decodes the frame at `start`.
   *
   * @param end of the bytes that belong to the stream
   */
  decode(bytes: Uint8Array, start: number, end: number): Frame | typeof CUT | typeof DAMAGED {
    const header = readHeader(bytes, start, end, this.format);
    if (header === undefined) return DAMAGED;
    this.bytes = bytes;
    this.base = start;
    this.at = 8 * header.length;
    this.limit = 8 * (end - start);
    try {
      this.readSubframes(header);
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error;
      return this.at > this.limit ? CUT : DAMAGED;
    }
    // Zeros up to a whole byte, then the checksum, which makes that of the whole frame 0.
    const frameEnd = start + ((this.at + 7) >>> 3) + 2;
    if (frameEnd > end) return CUT;
    if (crc16(bytes, start, frameEnd) !== 0) return DAMAGED;
    const { number, isVariable } = header;
    return { end: frameEnd, mono: this.mix(header), number, isVariable };
  }

  private readSubframes({ blockSize, channelCode }: FrameHeader): void {
    const { nChannels, bits } = this.format;
    const sideChannel = channelCode < 8 ? -1 : channelCode === 9 ? 0 : 1;
    this.channels = [];
    for (let channel = 0; channel < nChannels; channel++) {
      const samples = bits < 32 ? new Int32Array(blockSize) : new Float64Array(blockSize);
      this.readSubframe(samples, blockSize, channel === sideChannel ? bits + 1 : bits);
      this.channels.push(samples);
    }
  }

  private readSubframe(samples: Samples, blockSize: number, frameBits: number): void {
    if (this.readBits(1) !== 0) throw new FrameFault();
    const type = this.readBits(6);
    const wasted = this.readBits(1) === 0 ? 0 : this.readUnary() + 1;
    const bits = frameBits - wasted;
    if (bits < 1) throw new FrameFault();
    if (type === 0) samples.fill(this.readSigned(bits), 0, blockSize);
    else if (type === 1) this.readVerbatim(samples, 0, blockSize, bits);
    else if (type >= 8 && type <= 12) this.readFixed(samples, blockSize, bits, type - 8);
    else if (type >= 32) this.readPredicted(samples, blockSize, bits, type - 31);
    else throw new FrameFault();
    if (wasted > 0) {
      const factor = 2 ** wasted;
      for (let i = 0; i < blockSize; i++) samples[i] *= factor;
    }
  }

  private readVerbatim(samples: Samples, from: number, to: number, bits: number): void {
    for (let i = from; i < to; i++) samples[i] = this.readSigned(bits);
  }

  /** Polynomials through the samples before (section 9.2.5). */
  private readFixed(samples: Samples, blockSize: number, bits: number, order: number): void {
    if (order > blockSize) throw new FrameFault();
    this.readVerbatim(samples, 0, order, bits);
    this.readResidual(samples, order, blockSize);
    const s = samples;
    if (order === 1) for (let i = 1; i < blockSize; i++) s[i] += s[i - 1];
    else if (order === 2) for (let i = 2; i < blockSize; i++) s[i] += 2 * s[i - 1] - s[i - 2];
    else if (order === 3) for (let i = 3; i < blockSize; i++) s[i] += 3 * (s[i - 1] - s[i - 2]) + s[i - 3];
    else if (order === 4) {
      for (let i = 4; i < blockSize; i++) s[i] += 4 * (s[i - 1] + s[i - 3]) - 6 * s[i - 2] - s[i - 4];
    }
  }

  /** Linear prediction (section 9.2.6). */
  private readPredicted(samples: Samples, blockSize: number, bits: number, order: number): void {
    if (order > blockSize) throw new FrameFault();
    this.readVerbatim(samples, 0, order, bits);
    const precision = this.readBits(4) + 1;
    const shift = this.readSigned(5);
    if (precision === 16 || shift < 0) throw new FrameFault();
    const coefficients = Array.from({ length: order }, () => this.readSigned(precision));
    this.readResidual(samples, order, blockSize);
    const largestSum = coefficients.reduce((sum, coefficient) => sum + Math.abs(coefficient), 0) * 2 ** (bits - 1);
    if (largestSum < 2 ** 31 && samples instanceof Int32Array) {
      predictNarrow(samples, Int32Array.from(coefficients), shift, blockSize);
    } else {
      predictWide(samples, Float64Array.from(coefficients), 2 ** -shift, blockSize);
    }
  }

  /** What prediction leaves, in partitions of Rice codes (section 9.2.7). */
  private readResidual(samples: Samples, order: number, blockSize: number): void {
    const method = this.readBits(2);
    if (method > 1) throw new FrameFault();
    const parameterBits = method === 0 ? 4 : 5;
    const escapeCode = 2 ** parameterBits - 1;
    const partitionOrder = this.readBits(4);
    const partitionSize = blockSize >> partitionOrder;
    if (partitionSize << partitionOrder !== blockSize || partitionSize < order) throw new FrameFault();
    let i = order;
    for (let partition = 1; partition <= 1 << partitionOrder; partition++) {
      const to = partition * partitionSize;
      const parameter = this.readBits(parameterBits);
      if (parameter < escapeCode) {
        this.readRice(samples, i, to, parameter);
      } else {
        const bits = this.readBits(5);
        if (bits === 0) samples.fill(0, i, to);
        else this.readVerbatim(samples, i, to, bits);
      }
      i = to;
    }
  }

  /** As many zeros as the high bits count, a one, the low bits; the last of all is the sign. */
  private readRice(samples: Samples, from: number, to: number, nLow: number): void {
    const { bytes, base, limit } = this;
    let at = this.at;
    for (let i = from; i < to; i++) {
      const byte = base + (at >>> 3);
      const window =
        ((bytes[byte] << 24) | (bytes[byte + 1] << 16) | (bytes[byte + 2] << 8) | bytes[byte + 3]) << (at & 7);
      const nZeros = Math.clz32(window);
      const length = nZeros + 1 + nLow;
      let code: number;
      if (length <= WINDOW_BITS) {
        // Shifted twice, as a shift by 32 would be none.
        code = (nZeros << nLow) | ((((window << nZeros) << 1) >>> 1) >>> (31 - nLow));
        at += length;
      } else {
        this.at = at;
        code = this.readUnary() * 2 ** nLow + this.readBits(nLow);
        if (code > 0xffffffff) throw new FrameFault();
        at = this.at;
      }
      samples[i] = (code >>> 1) ^ -(code & 1);
    }
    this.at = at;
    if (at > limit) throw new FrameFault();
  }

  /** Zeros up to the next one, which is read too. */
  private readUnary(): number {
    let nZeros = 0;
    for (;;) {
      if (this.at > this.limit) throw new FrameFault();
      const n = Math.min(WINDOW_BITS, Math.clz32(this.window()));
      nZeros += n;
      this.at += n;
      if (n < WINDOW_BITS) {
        this.at++;
        return nZeros;
      }
    }
  }

  /** `count` bits, up to 32, as a number of at least 0. */
  private readBits(count: number): number {
    if (count === 0) return 0;
    if (count > WINDOW_BITS - 1) return this.readBits(count - 16) * 65_536 + this.readBits(16);
    const value = this.window() >>> (32 - count);
    this.at += count;
    if (this.at > this.limit) throw new FrameFault();
    return value;
  }

  /** `count` bits, up to 33, in two's complement. */
  private readSigned(count: number): number {
    if (count > WINDOW_BITS - 1) return this.readSigned(count - 16) * 65_536 + this.readBits(16);
    const value = this.window() >> (32 - count);
    this.at += count;
    if (this.at > this.limit) throw new FrameFault();
    return value;
  }

  /** The next 25 to 32 bits from the top of an integer, then zeros; zeros, too, past the end. */
  private window(): number {
    const { bytes } = this;
    const byte = this.base + (this.at >>> 3);
    const word = (bytes[byte] << 24) | (bytes[byte + 1] << 16) | (bytes[byte + 2] << 8) | bytes[byte + 3];
    return word << (this.at & 7);
  }

  /** The average of the channels, once side channels are undone. */
  private mix({ blockSize, channelCode }: FrameHeader): Float32Array {
    const { nChannels, bits } = this.format;
    const mono = new Float32Array(blockSize);
    const scale = 2 ** (1 - bits) / nChannels;
    const [first, second] = this.channels;
    if (nChannels === 1) {
      for (let i = 0; i < blockSize; i++) mono[i] = first[i] * scale;
    } else if (channelCode < 8) {
      for (let i = 0; i < blockSize; i++) {
        let sum = 0;
        for (let channel = 0; channel < nChannels; channel++) sum += this.channels[channel][i];
        mono[i] = sum * scale;
      }
    } else if (channelCode === 8) {
      for (let i = 0; i < blockSize; i++) mono[i] = (2 * first[i] - second[i]) * scale;
    } else if (channelCode === 9) {
      for (let i = 0; i < blockSize; i++) mono[i] = (2 * second[i] + first[i]) * scale;
    } else {
      // The sum of the channels, less the bit that it shares with their difference.
      for (let i = 0; i < blockSize; i++) mono[i] = (2 * first[i] + Math.abs(second[i] % 2)) * scale;
    }
    return mono;
  }
}

/** Samples of which no sum takes more than 32 bits. */
function predictNarrow(s: Int32Array, coefficients: Int32Array, shift: number, blockSize: number): void {
  const order = coefficients.length;
  for (let i = order; i < blockSize; i++) {
    let sum = 0;
    for (let j = 0, k = i - 1; j < order; j++, k--) sum = (sum + Math.imul(coefficients[j], s[k])) | 0;
    s[i] += sum >> shift;
  }
}

/** Samples of which sums take more: up to 53 bits are exact in a double, in any order. */
function predictWide(s: Samples, coefficients: Float64Array, scale: number, blockSize: number): void {
  const order = coefficients.length;
  const paired = order & ~1;
  for (let i = order; i < blockSize; i++) {
    // Two sums, as each addition waits for the one before it.
    let even = 0;
    let odd = 0;
    for (let j = 0, k = i - 1; j < paired; j += 2, k -= 2) {
      even += coefficients[j] * s[k];
      odd += coefficients[j + 1] * s[k - 1];
    }
    if (paired < order) even += coefficients[paired] * s[i - order];
    s[i] += Math.floor((even + odd) * scale);
  }
}

/** The header at `at`; undefined where there is none that can belong to this stream. */
function readHeader(bytes: Uint8Array, at: number, end: number, format: FrameFormat): FrameHeader | undefined {
  // Sync, blocking strategy; block size and rate; channels, bits and a reserved 0; number; checksum.
  if (at + 6 > end || bytes[at] !== 0xff || bytes[at + 1] >> 1 !== 0x7c) return undefined;
  const blockCode = bytes[at + 2] >> 4;
  const rateCode = bytes[at + 2] & 15;
  const channelCode = bytes[at + 3] >> 4;
  const bitsCode = (bytes[at + 3] >> 1) & 7;
  const nChannels = channelCode < 8 ? channelCode + 1 : channelCode < 11 ? 2 : 0;
  if (blockCode === 0 || rateCode === 15 || (bytes[at + 3] & 1) === 1) return undefined;
  if (nChannels !== format.nChannels || (BITS[bitsCode] ?? format.bits) !== format.bits) return undefined;
  // The number is coded as UTF-8 codes characters: as many leading ones as bytes, none for a single byte.
  const nLeadingOnes = Math.clz32(~(bytes[at + 4] << 24));
  if (nLeadingOnes === 1 || nLeadingOnes > 7) return undefined;
  let number = bytes[at + 4] & (0x7f >> nLeadingOnes);
  let p = at + 5;
  for (; p < at + 4 + nLeadingOnes; p++) number = number * 64 + (bytes[p] & 63);
  let blockSize: number = BLOCK_SIZES[blockCode];
  if (blockCode === 6) blockSize = bytes[p++] + 1;
  if (blockCode === 7) {
    blockSize = ((bytes[p] << 8) | bytes[p + 1]) + 1;
    p += 2;
  }
  if (rateCode >= 12) p += rateCode === 12 ? 1 : 2;
  if (p >= end) return undefined;
  let checksum = 0;
  for (let i = at; i <= p; i++) checksum = CRC8[checksum ^ bytes[i]];
  return checksum === 0
    ? { blockSize, number, isVariable: (bytes[at + 1] & 1) === 1, channelCode, length: p + 1 - at }
    : undefined;
}

function crc16(bytes: Uint8Array, from: number, to: number): number {
  let checksum = 0;
  for (let i = from; i < to; i++) checksum = ((checksum << 8) & 0xffff) ^ CRC16[(checksum >> 8) ^ bytes[i]];
  return checksum;
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
