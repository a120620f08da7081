/** ID3 tags, which stand before and after MP3 streams, and at times FLAC ones. Format: https://id3.org/id3v2.4.0-structure */

/** Bytes of the ID3v2 tags at the start, as they claim, even where the file ends before; 0 where there is none. */
export function id3Length(bytes: Uint8Array): number {
  let at = 0;
  while (at + 10 <= bytes.length && bytes[at] === 0x49 && bytes[at + 1] === 0x44 && bytes[at + 2] === 0x33) {
    const size = (bytes[at + 6] << 21) | (bytes[at + 7] << 14) | (bytes[at + 8] << 7) | bytes[at + 9];
    const footer = bytes[at + 5] & 0x10 ? 10 : 0;
    at += 10 + size + footer;
  }
  return at;
}

/** Whether the last 128 bytes are an ID3v1 tag. */
export function isId3v1(bytes: Uint8Array): boolean {
  const at = bytes.length - 128;
  return at >= 0 && bytes[at] === 0x54 && bytes[at + 1] === 0x41 && bytes[at + 2] === 0x47;
}
