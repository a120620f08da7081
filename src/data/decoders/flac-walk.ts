/**
 * The way from frame to frame of a FLAC file. What is no frame is stepped over: tags, a second stream behind the first, and
 * damage, of which a warning says how much it took.
 */
import { type ByteSource, inFigures, MonoBlocks, truncated } from './decoded.js';
import { CUT, DAMAGED, FlacFrameDecoder, type Frame } from './flac-frame.js';
import { isFlac, type StreamInfo, streamInfoAt } from './flac-header.js';
import { isId3v1 } from './id3.js';
import { PieceReader } from './piece-reader.js';

/** Above any frame: 65,536 samples of eight channels, one of them of 33 bits. */
const LARGEST_FRAME = 2 ** 21 + 2 ** 16;
/** Bytes at least that tell whether a frame or a stream begins. */
const MARGIN = 64;
/** Samples given on in one go: frames may have as few as 16. */
const BLOCK_SAMPLES = 2 ** 15;
/** Frames that may turn out damaged before a file is given up: one that was made to waste time has no end of them. */
const MOST_DAMAGED = 4096;

/**
 * Decodes frame after frame.
 *
 * @param info of the first stream
 * @param pieceBytes read at a time
 * @param warn takes what is left out of the file, at the end
 * @returns the average of all channels, in blocks; none where not a single frame is whole
 */
export function* walkFrames(
  source: ByteSource,
  info: StreamInfo,
  pieceBytes: number,
  warn: (line: string) => void,
): Generator<Float32Array> {
  const decoder = new FlacFrameDecoder(info);
  const end = source.size - (isId3v1(source.read(Math.max(0, source.size - 128), 128)) ? 128 : 0);
  const reader = new PieceReader(source, info.framesStart, end, pieceBytes);
  const findings = new Findings(info);
  let block = new MonoBlocks();
  let nDamaged = 0;
  while (nDamaged < MOST_DAMAGED && (reader.nLeft > 0 || reader.readMore())) {
    const frame = decoder.decode(reader.bytes, reader.at, reader.bytes.length);
    // The frame may go on in the next piece, but no frame goes on for ever.
    if (frame === CUT && reader.nLeft < LARGEST_FRAME && reader.readMore()) continue;
    if (frame !== CUT && frame !== DAMAGED) {
      reader.at = frame.end;
      findings.addFrame(frame);
      block.add([frame.mono]);
      if (block.nSamples < BLOCK_SAMPLES) continue;
      yield block.join();
      block = new MonoBlocks();
      continue;
    }
    const stream = readStream(reader);
    if (stream === undefined) {
      nDamaged++;
      skipToFrame(reader, decoder, findings);
    } else if (findings.addStream(stream)) {
      reader.skip(stream.framesStart);
    } else {
      break;
    }
  }
  if (block.nSamples > 0) yield block.join();
  if (findings.nRead > 0) for (const line of findings.warnings()) warn(line);
}

/** The header of another stream, where one begins here. */
function readStream(reader: PieceReader): StreamInfo | undefined {
  if (reader.nLeft < MARGIN) reader.readMore();
  if (!isFlac(reader.bytes, reader.at)) return undefined;
  for (;;) {
    const info = streamInfoAt(reader.bytes.subarray(reader.at));
    // Pictures may take more than a piece.
    if (typeof info === 'object') return info;
    if (!reader.readMore()) return undefined;
  }
}

/** Steps over at least a byte, to what may be a frame or another stream, or to the end. */
function skipToFrame(reader: PieceReader, decoder: FlacFrameDecoder, findings: Findings): void {
  findings.openGap(reader.bytes.subarray(reader.at));
  let at = reader.at + 1;
  for (;;) {
    const { bytes } = reader;
    const to = reader.isLast ? bytes.length : bytes.length - MARGIN;
    while (at < to && !decoder.isFrame(bytes, at, bytes.length) && !isFlac(bytes, at)) at++;
    findings.addToGap(at - reader.at);
    reader.at = at;
    if (at < to || !reader.readMore()) return;
    at = reader.at;
  }
}

/** What there was in a file, and what was not. */
class Findings {
  /** Samples of whole frames. */
  nRead = 0;
  /** Samples by the headers; undefined where one does not tell. */
  private nExpected: number | undefined;
  /** Samples that the numbers of the frames leave out. */
  private nMissing = 0;
  /** The sample of the stream that comes next, and the size of its first block. */
  private nextSample = 0;
  private blockSize = 0;
  /** Bytes between frames that belong to none. */
  private nStray = 0;
  /** Bytes since the last frame that belong to none. */
  private gapBytes = 0;
  /** Whether they are a tag or zeros. */
  private isHarmless = true;
  /** A stream whose samples can't be joined to the first one's. */
  private foreign: StreamInfo | undefined;

  constructor(private readonly first: StreamInfo) {
    this.nExpected = first.nSamples || undefined;
  }

  addFrame({ mono, number, isVariable }: Frame): void {
    if (this.blockSize === 0) this.blockSize = mono.length;
    const firstSample = isVariable ? number : number * this.blockSize;
    if (this.gapBytes > 0 && !this.isHarmless) {
      this.nStray += this.gapBytes;
      this.nMissing += Math.max(0, firstSample - this.nextSample);
    }
    this.nextSample = firstSample + mono.length;
    this.nRead += mono.length;
    this.gapBytes = 0;
    this.isHarmless = true;
  }

  /** @param bytes from the first that is no frame */
  openGap(bytes: Uint8Array): void {
    if (this.gapBytes === 0) this.isHarmless = isTagOrZeros(bytes);
  }

  addToGap(nBytes: number): void {
    this.gapBytes += nBytes;
  }

  /** Takes the header of another stream. @returns whether its samples can be joined to the first one's */
  addStream(stream: StreamInfo): boolean {
    const { sampleRate, nChannels, bits } = this.first;
    if (stream.sampleRate !== sampleRate || stream.nChannels !== nChannels || stream.bits !== bits) {
      this.foreign = stream;
      return false;
    }
    if (this.nExpected !== undefined)
      this.nExpected = stream.nSamples === 0 ? undefined : this.nExpected + stream.nSamples;
    this.nextSample = 0;
    this.blockSize = 0;
    return true;
  }

  warnings(): string[] {
    const { nRead, nExpected = 0, nMissing, nStray, foreign, first } = this;
    const seconds = (nSamples: number) => `${inFigures(nSamples / first.sampleRate)} s`;
    const endsInDamage = this.gapBytes > 0 && !this.isHarmless;
    const warnings: string[] = [];
    if (nRead + nMissing < nExpected || (endsInDamage && nExpected === 0)) {
      warnings.push(truncated(nRead, nExpected, first.sampleRate));
    } else if (nMissing > 0) {
      warnings.push(`damaged: ${seconds(nMissing)} of ${seconds(nRead + nMissing)} are left out`);
    } else if (nStray > 0 || endsInDamage) {
      warnings.push(`damaged: ${nStray + this.gapBytes} bytes between or after frames belong to none`);
    }
    if (foreign !== undefined) {
      const length = foreign.nSamples === 0 ? 'all' : `${inFigures(foreign.nSamples / foreign.sampleRate)} s`;
      warnings.push(
        `incomplete: ${length} of another stream (${foreign.sampleRate} Hz, ${foreign.nChannels} channels, ${foreign.bits} bits) is left out; part the file`,
      );
    }
    return warnings;
  }
}

/** Names with which tags begin that players leave behind the audio: APEv2, Lyrics3, ID3. */
const TAGS = ['APETAGEX', 'LYRICSBEGIN', 'ID3', 'TAG'];

function isTagOrZeros(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  return TAGS.some((tag) => start.startsWith(tag)) || bytes.every((byte) => byte === 0);
}
