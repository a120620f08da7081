/** Whether a decoder remembers: every file of `encoders/` after every other one, whole and in pieces. */
import { expect, test } from 'vitest';
import { changedInRow, decodeStream, decodeWhole, expectedOfEncoders, pairwise } from '../../support/encoder-files.js';

const names = Object.keys(expectedOfEncoders);

test.each([
  ['whole', decodeWhole],
  ['in pieces', decodeStream],
])('a file read %s gives the same samples whatever came before it', async (_, decode) => {
  const row = pairwise(names);
  expect(row.length).toBe(names.length ** 2 + 1);
  expect(await changedInRow(row, decode)).toEqual([]);
});

test('a file read whole gives the same samples after one that was read in pieces, and the reverse', async () => {
  const row = pairwise(names);
  let isStream = false;
  const alternating = (name: string) => {
    isStream = !isStream;
    return isStream ? decodeStream(name).then(() => decodeWhole(name)) : decodeWhole(name);
  };
  expect(await changedInRow(row, alternating)).toEqual([]);
});
