/**
 * MP3 (MPEG-1, 2 and 2.5, layer III). The frames are found and counted in `mp3-frames.ts`; mpg123 (`mpg123-decoder`) decodes
 * them, and takes off the encoder's delay and padding where a LAME tag gives them.
 */
import { resample } from '../../dsp/resample.js';
import { createStreamResampler } from '../../dsp/stream-resampler.js';
import { AudioError, messageOf } from '../../runtime/errors.js';
import {
  type ByteSource,
  checkHeader,
  checkLength,
  type DecodedAudio,
  type DecodedStream,
  MonoBlocks,
  truncated,
} from './decoded.js';
import { id3Length, isId3v1 } from './id3.js';
import { type FrameHeader, findSections, findStart, readSection, SEARCH_BYTES, type Section } from './mp3-frames.js';
import { openWasmPool } from './pool.js';

/** Bytes of a piece of a stream: eight seconds at 64 kbit/s. Decoded, it is twenty times as large, and there several times over. */
const BYTES_PER_PIECE = 2 ** 16;
/** Bytes at the end of a piece in which a frame can't be told for want of those that follow: three of the longest. */
const BORDER_BYTES = 3 * 2 ** 12;

const pool = openWasmPool(async () => (await import('mpg123-decoder')).MPEGDecoder);

/** What is used of the decoder. */
type MpegDecoder = InstanceType<typeof import('mpg123-decoder').MPEGDecoder>;

/**
 * Decodes an MP3 file. What is damaged is left out, with a warning. Where rate or channels change, the samples go on at the
 * rate of the start.
 *
 * @throws AudioError where not a single frame is whole
 */
export async function decodeMp3(bytes: Uint8Array, where: string, maxSeconds: number): Promise<DecodedAudio> {
  const sections = findSections(bytes, where);
  const { sampleRate } = sections[0].first;
  for (const { first } of sections) checkHeader(where, first.sampleRate, first.nChannels);
  checkLength(where, Math.ceil(sum(sections, secondsOf) * sampleRate), sampleRate, maxSeconds);
  const waveform = await decodeSections(sections, where);
  checkLength(where, waveform.length, sampleRate, maxSeconds);
  return {
    waveform,
    sampleRate,
    nChannels: Math.max(...sections.map(({ first }) => first.nChannels)),
    format: 'MP3',
    warnings: faultsOf({
      nSamples: waveform.length,
      nMissing: sum(sections, ({ nFrames, nPromised = 0, first }) => Math.max(0, nPromised - nFrames) * first.nSamples),
      nSkipped: sum(sections, ({ nSkipped }) => nSkipped),
      isCut: sections.at(-1)?.isCut === true,
      sampleRate,
    }),
  };
}

function secondsOf({ nFrames, first }: Section): number {
  return (nFrames * first.nSamples) / first.sampleRate;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** What was found to be wrong with a file. */
interface Faults {
  /** Samples that came out. */
  readonly nSamples: number;
  /** Samples that encoders promised beyond. */
  readonly nMissing: number;
  /** Bytes between frames that belong to none. */
  readonly nSkipped: number;
  readonly isCut: boolean;
  readonly sampleRate: number;
}

function faultsOf({ nSamples, nMissing, nSkipped, isCut, sampleRate }: Faults): string[] {
  const isShort = nMissing > 0 || isCut;
  return [
    ...(isShort ? [truncated(nSamples, nMissing > 0 ? nSamples + nMissing : 0, sampleRate)] : []),
    ...(nSkipped > 0 ? [`damaged: ${nSkipped} bytes between frames belong to none`] : []),
  ];
}

/** All sections at the rate of the first. */
async function decodeSections(sections: readonly Section[], where: string): Promise<Float32Array> {
  const [{ first }] = sections;
  const all = new MonoBlocks();
  try {
    await pool.use(async (decoder) => {
      for (const section of sections) {
        const mono = new MonoBlocks();
        for (const run of section.runs) decodeRun(decoder, run, section.first, mono, where);
        all.add([resample(mono.join(), section.first.sampleRate, first.sampleRate)]);
        // A section is a stream of its own, with its own delay.
        await decoder.reset();
      }
    });
  } catch (error) {
    if (error instanceof AudioError) throw error;
    throw new AudioError(`${where}: expected MP3 frames, but mpg123 failed: ${messageOf(error)}; encode again`, {
      cause: error,
    });
  }
  return all.join();
}

/**
 * Opens an MP3 file to be decoded in pieces.
 *
 * @throws AudioError where it does not begin with MP3 frames; while it is read, where mpg123 fails
 */
export function streamMp3(source: ByteSource, where: string): DecodedStream {
  const tagBytes = id3Length(source.read(0, 16));
  const { at: offset, first } = findStart(source.read(tagBytes, 2 * SEARCH_BYTES), where);
  checkHeader(where, first.sampleRate, first.nChannels);
  return {
    sampleRate: first.sampleRate,
    nChannels: first.nChannels,
    format: 'MP3',
    async *blocks(warn) {
      const decoder = await pool.take();
      const walk = new SectionWalk(source, tagBytes + offset, first);
      let nSamples = 0;
      let kind = first;
      let resampler = createStreamResampler(kind.sampleRate, first.sampleRate);
      for (let piece = walk.read(); piece !== undefined; piece = walk.read()) {
        const mono = new MonoBlocks();
        for (const run of piece.runs) decodeRun(decoder, run, kind, mono, where);
        const blocks = mono.nSamples === 0 ? [] : [resampler.push(mono.join())];
        if (piece.next !== undefined || walk.isAtEnd) blocks.push(resampler.finish());
        for (const block of blocks) {
          nSamples += block.length;
          if (block.length > 0) yield block;
        }
        if (piece.next === undefined) continue;
        // A section is a stream of its own, with its own delay.
        await decoder.reset();
        kind = piece.next;
        checkHeader(where, kind.sampleRate, kind.nChannels);
        resampler = createStreamResampler(kind.sampleRate, first.sampleRate);
      }
      await decoder.reset();
      pool.giveBack(decoder);
      const { nMissing, nSkipped, isCut } = walk;
      for (const line of faultsOf({ nSamples, nMissing, nSkipped, isCut, sampleRate: first.sampleRate })) warn(line);
    },
  };
}

/** The sections of a file, piece by piece. */
class SectionWalk {
  /** Samples that encoders promised beyond those that came. */
  nMissing = 0;
  /** Bytes between frames that belong to none. */
  nSkipped = 0;
  /** Whether the file ends within a frame. */
  isCut = false;
  private readonly end: number;
  private isStart = true;
  /** Frames that the section's tag promises and that have not come; undefined without a tag. */
  private nDue: number | undefined;

  /** @param position of the first frame, which is `kind` */
  constructor(
    private readonly source: ByteSource,
    private position: number,
    private kind: FrameHeader,
  ) {
    this.end = source.size - (isId3v1(source.read(Math.max(0, source.size - 128), 128)) ? 128 : 0);
  }

  /** Whether all was read. */
  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  /** The frames of the next piece, up to those of another kind; undefined at the end. */
  read(): Section | undefined {
    if (this.isAtEnd) return undefined;
    const bytes = this.source.read(this.position, Math.min(BYTES_PER_PIECE, this.end - this.position));
    const section = readSection(bytes, 0, bytes.length, this.kind, this.isStart);
    const isLast = this.position + bytes.length >= this.end && section.next === undefined;
    if (this.isStart) this.nDue = section.nPromised;
    if (this.nDue !== undefined) this.nDue -= section.nFrames;
    this.nSkipped += section.nSkipped;
    this.isCut = isLast && section.isCut;
    if (isLast || section.next !== undefined) this.nMissing += Math.max(0, this.nDue ?? 0) * this.kind.nSamples;
    this.isStart = section.next !== undefined;
    this.kind = section.next ?? this.kind;
    // A frame may lie across the border; what is no frame is left behind but for its end.
    const isWhole = section.isCut || section.next !== undefined;
    const used = isWhole ? section.end : Math.max(section.end, bytes.length - BORDER_BYTES);
    if (!isLast) this.nSkipped += used - section.end;
    this.position = isLast ? this.end : this.position + used;
    return section;
  }
}

/** @throws AudioError where mpg123 fails */
function decodeRun(
  decoder: MpegDecoder,
  run: Uint8Array,
  { nChannels }: FrameHeader,
  mono: MonoBlocks,
  where: string,
): void {
  const { channelData, errors } = decoder.decode(run);
  if (errors.length > 0) {
    throw new AudioError(`${where}: expected MP3 frames, but mpg123 failed: ${errors[0].message}; encode again`);
  }
  // A mono stream comes out as two equal channels.
  mono.add(channelData.slice(0, nChannels));
}
