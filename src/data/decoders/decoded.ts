/** What every decoder of a container returns, and the checks and small steps that they share. */
import { AudioError } from '../../runtime/errors.js';

/** A decoded clip at the rate it was recorded with. */
export interface DecodedAudio {
  /** The average of all channels, about -1 to 1; integer samples are divided by `2 ** (bits - 1)`. */
  readonly waveform: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly nChannels: number;
  /** For people, such as `WAV (16-bit PCM)`. */
  readonly format: string;
  /** What is wrong with the file though it could be read. */
  readonly warnings: readonly string[];
}

/**
 * A decoder of one container: takes the whole file, a name for it in errors, and the longest clip to decode, which is
 * checked before memory is taken for it. Throws an `AudioError` where nothing usable is in the file.
 */
export type Decoder = (bytes: Uint8Array, where: string, maxSeconds: number) => DecodedAudio | Promise<DecodedAudio>;

/** A file, read at places of one's choice. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** Up to `length` bytes from `position`: fewer where the file ends. */
  read(position: number, length: number): Uint8Array;
}

/** A recording that is decoded piece by piece. */
export interface DecodedStream {
  /** Hz. */
  readonly sampleRate: number;
  readonly nChannels: number;
  /** For people, such as `WAV (16-bit PCM)`. */
  readonly format: string;
  /** Samples of one channel by the header; absent where that doesn't tell. */
  readonly nSamples?: number;
  /**
   * The average of all channels in pieces, as `DecodedAudio.waveform`.
   *
   * @param warn takes what is wrong with the file though it can be read
   */
  blocks(warn: (line: string) => void): AsyncGenerator<Float32Array>;
}

/** Opens a container to be decoded piece by piece. Throws an `AudioError` where nothing usable is in it. */
export type StreamDecoder = (source: ByteSource, where: string) => DecodedStream;

/** Rates that a recording of speech can have, in Hz. */
const MIN_SAMPLE_RATE = 1000;
const MAX_SAMPLE_RATE = 768_000;
/** Samples of one channel that are ever held: 1 GiB as float32, 4.6 h at 16 kHz, 1.5 h at 48 kHz. */
const MAX_SAMPLES = 2 ** 28;

/** @throws AudioError where a header gives no channels, or a rate beyond 1 to 768 kHz */
export function checkHeader(where: string, sampleRate: number, nChannels: number): void {
  if (nChannels < 1) {
    throw new AudioError(
      `${where}: expected at least 1 channel, got ${nChannels}; the header is damaged, encode again`,
    );
  }
  if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
    throw new AudioError(
      `${where}: expected a sample rate of ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz, got ${sampleRate}; ` +
        'the header is damaged, encode again',
    );
  }
}

/** @throws AudioError where `nSamples` is nothing, or more than may be decoded at once */
export function checkLength(where: string, nSamples: number, sampleRate: number, maxSeconds: number): void {
  if (nSamples === 0) {
    throw new AudioError(`${where}: expected audio, got a header without a single sample; record or encode it again`);
  }
  const longest = Math.min(maxSeconds, MAX_SAMPLES / sampleRate);
  if (nSamples / sampleRate > longest) {
    throw new AudioError(
      `${where}: expected at most ${inFigures(longest)} s at ${sampleRate} Hz, got ${inFigures(nSamples / sampleRate)} s; ` +
        'cut it into shorter files',
    );
  }
}

/** The warning that a file holds less than it should. `nExpected` 0 where its length is not known. */
export function truncated(nSamples: number, nExpected: number, sampleRate: number): string {
  const got = `${inFigures(nSamples / sampleRate)} s`;
  if (nExpected <= nSamples) return `truncated: the file breaks off or is damaged after ${got}`;
  const missing = (100 * (1 - nSamples / nExpected)).toPrecision(3);
  return `truncated: ${got} of ${inFigures(nExpected / sampleRate)} s could be read (${missing} % missing)`;
}

/** A duration or the like for a message: three significant digits at least, without exponent. */
export function inFigures(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Decoded blocks averaged over their channels and joined. */
export class MonoBlocks {
  private readonly blocks: Float32Array[] = [];
  private length = 0;

  /** Samples taken so far. */
  get nSamples(): number {
    return this.length;
  }

  /** Takes a block: one array a channel, of equal length. */
  add(channels: readonly Float32Array[]): void {
    const mono = averageOf(channels);
    this.blocks.push(mono);
    this.length += mono.length;
  }

  /** All blocks as one waveform. */
  join(): Float32Array {
    if (this.blocks.length === 1) return this.blocks[0];
    const joined = new Float32Array(this.length);
    let at = 0;
    for (const block of this.blocks) {
      joined.set(block, at);
      at += block.length;
    }
    return joined;
  }
}

/** The average of channels of equal length; of a single one that itself. */
export function averageOf(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(channels[0]?.length ?? 0);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i];
    mono[i] = sum / channels.length;
  }
  return mono;
}
