import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { encodePng } from '../../src/report/png.js';

it('holds the pixels in rows without a filter, and its four chunks in order', () => {
  const pixels = Uint8Array.from({ length: 18 }, (_, i) => 10 * i);
  const file = Buffer.from(encodePng(pixels, 3, 2));
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([3, 2]);
  expect([...file.subarray(24, 29)]).toEqual([8, 2, 0, 0, 0]);
  // The checksum that the standard gives for the end, which has no content.
  expect(file.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  const start = file.indexOf('IDAT');
  const rows = inflateSync(file.subarray(start + 4, start + 4 + file.readUInt32BE(start - 4)));
  expect([...rows]).toEqual([0, ...pixels.subarray(0, 9), 0, ...pixels.subarray(9)]);
});
