/** A file held one piece at a time, for decoders that walk through it from the front. */
import type { ByteSource } from './decoded.js';

/** Walks through a file. */
export class PieceReader {
  /** The piece; replaced by `readMore` and `skip`. */
  bytes: Uint8Array;
  /** The place in `bytes` that the walk has come to. */
  at = 0;

  /**
   * @param position in the file where the walk begins
   * @param end in the file of what belongs to it
   * @param pieceBytes read at a time
   */
  constructor(
    private readonly source: ByteSource,
    private position: number,
    private readonly end: number,
    private readonly pieceBytes: number,
  ) {
    this.bytes = this.read(pieceBytes);
  }

  /** Bytes of the piece from here on. */
  get nLeft(): number {
    return this.bytes.length - this.at;
  }

  /** Whether nothing comes behind this piece. */
  get isLast(): boolean {
    return this.position + this.bytes.length >= this.end;
  }

  /**
   * Reads on: the piece then begins here, and is at least twice as long as what is left of it.
   *
   * @returns whether there was anything more
   */
  readMore(): boolean {
    if (this.isLast) return false;
    const nLeft = this.nLeft;
    this.position += this.at;
    this.at = 0;
    this.bytes = this.read(Math.max(this.pieceBytes, 2 * nLeft));
    return true;
  }

  /** Steps over so many bytes, in this piece or beyond it, but not past the end. */
  skip(nBytes: number): void {
    this.at += nBytes;
    if (this.at <= this.bytes.length) return;
    this.position = Math.min(this.end, this.position + this.at);
    this.at = 0;
    this.bytes = this.read(this.pieceBytes);
  }

  private read(nBytes: number): Uint8Array {
    return this.source.read(this.position, Math.min(nBytes, this.end - this.position));
  }
}
