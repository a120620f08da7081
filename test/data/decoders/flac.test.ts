/** FLAC against libsndfile: integers come out exactly, so the tolerance is what averaging two channels costs in float32. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeFlac } from '../../../src/data/decoders/flac.js';
import { AudioError } from '../../../src/runtime/errors.js';
import { decodeNpy } from '../../../src/runtime/npy.js';
import { expectAsLibsndfile, fixtureBytes } from '../../support/audio-fixtures.js';
import { hasShared, sharedPath } from '../../support/shared.js';

const HOUR = 3600;
const TOLERANCE = 1e-7;
const CLIP = 'stereo_24bit_44k.flac';

describe('decodeFlac', () => {
  for (const [name, format] of [
    ['mono_16k.flac', 'FLAC (16-bit)'],
    [CLIP, 'FLAC (24-bit)'],
    ['mono_8bit_8k.flac', 'FLAC (8-bit)'],
  ]) {
    it(`reads ${name} as libsndfile does`, async () => {
      const decoded = await decode(fixtureBytes(name));
      expectAsLibsndfile(name, decoded, TOLERANCE);
      expect(decoded.format).toBe(format);
      expect(decoded.warnings).toEqual([]);
    });
  }

  it('gives the same samples again and again, at once and after a bad file', async () => {
    const { waveform } = await decode(fixtureBytes('mono_16k.flac'));
    const damaged = decode(fixtureBytes('mono_16k.flac').fill(7, 100)).catch((error: Error) => error);
    const again = await Promise.all([decode(fixtureBytes('mono_16k.flac')), decode(fixtureBytes('mono_16k.flac'))]);
    expect(await damaged).toBeInstanceOf(AudioError);
    for (const decoded of again) expect(decoded.waveform).toEqual(waveform);
    expectAsLibsndfile(CLIP, await decode(fixtureBytes(CLIP)), TOLERANCE);
  });

  it('steps over ID3 tags before and after', async () => {
    const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x05', 'latin1'), Buffer.alloc(5)]);
    const end = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
    const decoded = await decode(Buffer.concat([tag, fixtureBytes('mono_16k.flac'), end]));
    expectAsLibsndfile('mono_16k.flac', decoded, TOLERANCE);
    expect(decoded.warnings).toEqual([]);
  });

  it('steps over zeros at the end', async () => {
    const decoded = await decode(Buffer.concat([fixtureBytes('mono_16k.flac'), Buffer.alloc(1000)]));
    expectAsLibsndfile('mono_16k.flac', decoded, TOLERANCE);
    expect(decoded.warnings).toEqual([]);
  });

  // One clip in 256: its last two bytes are a checksum, which may end in 0 as any number may.
  it.each(['train/flac/DB_T_000381', 'eval/flac/DB_E_000184'])(
    'takes the 0 that ends a checksum for part of it: %s',
    async (name) => {
      const file = readFileSync(new URL(`../../../corpus/ASVspoof2019_LA_${name}.flac`, import.meta.url));
      expect(file.at(-1)).toBe(0);
      expect((await decode(file)).warnings).toEqual([]);
    },
  );

  it('reads a stream whose header leaves the length open', async () => {
    const file = fixtureBytes('mono_16k.flac');
    file[21] &= 0xf0;
    file.writeUInt32BE(0, 22);
    const decoded = await decode(file);
    expectAsLibsndfile('mono_16k.flac', decoded, TOLERANCE);
    expect(decoded.warnings).toEqual([]);
  });

  it('uses the frames before one that is damaged, and says how much is missing', async () => {
    const starts = frameStarts(twoFrames());
    expect(starts.length).toBe(2);
    const file = twoFrames();
    file[starts[1] + 50] ^= 1;
    const { waveform, warnings } = await decode(file);
    expect(waveform.length).toBe(4000);
    expect(warnings).toEqual(['truncated: 0.25 s of 0.5 s could be read (50.0 % missing)']);
  });

  it('joins many frames', async () => {
    const file = fixtureBytes('mono_16k.flac');
    const frame = file.subarray(frameStarts(file)[0]);
    file.writeUInt32BE(130 * 4000, 22);
    const { waveform } = await decode(Buffer.concat([file, ...new Array(129).fill(frame)]));
    const { waveform: once } = await decode(fixtureBytes('mono_16k.flac'));
    expect(waveform.length).toBe(130 * 4000);
    for (const part of [0, 63, 64, 129]) expect(waveform.subarray(part * 4000, (part + 1) * 4000)).toEqual(once);
  });

  it('keeps a whole frame before one whose header is damaged', async () => {
    const file = twoFrames();
    file[frameStarts(file)[1] + 2] ^= 0x10;
    expect((await decode(file)).waveform.length).toBe(4000);
  });

  it('uses the frames before the file breaks off, wherever it does', async () => {
    const file = twoFrames();
    const [, second] = frameStarts(file);
    for (const length of [second, second + 1, second + 10, file.length - 1]) {
      const { waveform, warnings } = await decode(file.subarray(0, length));
      expect(waveform.length).toBe(4000);
      expect(warnings[0]).toMatch(/^truncated: 0\.25 s of 0\.5 s/);
    }
    expect((await decode(file)).waveform.length).toBe(8000);
  });

  const faults: [string, (file: Buffer) => Uint8Array, RegExp][] = [
    ['a header that is cut short', (file) => file.subarray(0, 30), /header of 42 bytes, got 30/],
    ['metadata that is cut short', (file) => file.subarray(0, 60), /metadata of at least 86 bytes, got 60/],
    ['a header alone', (file) => file.subarray(0, frameStarts(file)[0]), /expected 4000 samples, got no FLAC frame/],
    ['noise after the header', (file) => file.fill(0xff, frameStarts(file)[0]), /no FLAC frame that is whole/],
    ['a rate of 0', (file) => file.fill(0, 18, 20), /sample rate of 1000 to 768000 Hz/],
    ['another first block than STREAMINFO', (file) => file.fill(4, 4, 5), /header of 42 bytes/],
  ];
  for (const [name, damage, message] of faults) {
    it(`refuses ${name} in one line`, async () => {
      const error = await decode(damage(fixtureBytes('mono_16k.flac'))).catch((reason: Error) => reason);
      expect(error).toBeInstanceOf(AudioError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toMatch(/^clip\.flac: expected [^\n]+; [^\n]+$/);
    });
  }

  it('reads frames that leave their rate to the header', async () => {
    const file = fixtureBytes('mono_16k.flac');
    const frame = file.subarray(frameStarts(file)[0]);
    frame[2] &= 0xf0;
    // Sync, codes and number take seven bytes, of which two are the block size; then the header's checksum.
    frame[7] = checksum(frame.subarray(0, 7), 8, 0x07);
    frame.writeUInt16BE(checksum(frame.subarray(0, -2), 16, 0x8005), frame.length - 2);
    expectAsLibsndfile('mono_16k.flac', await decode(file), TOLERANCE);
  });

  it('refuses a clip beyond the longest before decoding it', async () => {
    const file = fixtureBytes('mono_16k.flac');
    file.writeUInt32BE(0xfffffff0, 22);
    await expect(decode(file)).rejects.toThrow(/at most 3600 s at 16000 Hz, got 268435 s/);
  });

  it('survives bytes changed anywhere', async () => {
    for (let at = 0; at < 120; at++) {
      const file = fixtureBytes('mono_16k.flac');
      const place = at < 60 ? at : Math.floor((file.length * at) / 120);
      file[place] ^= 1 << (at % 8);
      const result = await decode(file).catch((error: Error) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(AudioError);
      else expect(result.waveform.every(Number.isFinite)).toBe(true);
    }
  });
});

describe.skipIf(!hasShared)('decodeFlac against the reference', () => {
  for (const name of ['flac16_stereo', 'flac24_mono']) {
    it(`gives the samples of ${name}`, async () => {
      const { waveform, nChannels } = await decode(readFileSync(sharedPath(`reference/inputs/decode/${name}.flac`)));
      const { data } = decodeNpy(readFileSync(sharedPath(`reference/inputs/decode/${name}.npy`)), name);
      expect(waveform.length).toBe(data.length / nChannels);
      for (let i = 0; i < waveform.length; i++) {
        let mean = 0;
        for (let c = 0; c < nChannels; c++) mean += data[i * nChannels + c] / nChannels;
        expect(Math.abs(waveform[i] - mean)).toBeLessThan(TOLERANCE);
      }
    });
  }
});

async function decode(bytes: Uint8Array) {
  return decodeFlac(bytes, 'clip.flac', HOUR);
}

/** The one frame of the mono clip twice, as a stream of 8000 samples of which the header knows. */
function twoFrames(): Buffer {
  const file = fixtureBytes('mono_16k.flac');
  const frame = file.subarray(frameStarts(file)[0]);
  file.writeUInt32BE(8000, 22);
  return Buffer.concat([file, frame]);
}

/** A cyclic redundancy check bit by bit: 8 or 16 bits, starting from 0. */
function checksum(bytes: Uint8Array, bits: number, polynomial: number): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let i = 0; i < 8; i++) value = (value << 1) ^ (value & (1 << (bits - 1)) ? polynomial : 0);
    value &= 2 ** bits - 1;
  }
  return value;
}

/** Where frames of 16 kHz mono begin: sync, then a header that says so in its third and fourth byte. */
function frameStarts(file: Buffer): number[] {
  const starts: number[] = [];
  for (let at = file.indexOf(0xff, 42); at >= 0; at = file.indexOf(0xff, at + 1)) {
    if (file[at + 1] === 0xf8 && (file[at + 2] & 15) === 5 && file[at + 3] === 8) starts.push(at);
  }
  return starts;
}
