/**
 * Ogg against libsndfile: the same libvorbis to 1e-6; libopus, whose float arithmetic differs between builds, to 1e-4.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeOgg } from '../../../src/data/decoders/ogg.js';
import { AudioError } from '../../../src/runtime/errors.js';
import { expectAsLibsndfile, fixtureBytes } from '../../support/audio-fixtures.js';

const HOUR = 3600;
const CLIPS = [
  { name: 'mono_16k_vorbis.ogg', codec: 'Vorbis', tolerance: 1e-6 },
  { name: 'stereo_44k_vorbis.ogg', codec: 'Vorbis', tolerance: 1e-6 },
  { name: 'mono_48k_opus.ogg', codec: 'Opus', tolerance: 1e-4 },
  { name: 'stereo_48k_opus.ogg', codec: 'Opus', tolerance: 1e-4 },
];

describe('decodeOgg', () => {
  const printed = vi.spyOn(console, 'error');
  afterEach(() => expect(printed).not.toHaveBeenCalled());

  for (const { name, codec, tolerance } of CLIPS) {
    it(`reads ${name} as libsndfile does, to its very length`, async () => {
      const decoded = await decode(fixtureBytes(name));
      expectAsLibsndfile(name, decoded, tolerance);
      expect(decoded.warnings).toEqual([]);
      expect(decoded.format).toBe(`Ogg ${codec}`);
    });
  }

  it('gives the same samples again and again, at once and after a bad file', async () => {
    const bad = fixtureBytes('mono_16k_vorbis.ogg');
    await expect(decode(bad.fill(1, 100))).rejects.toThrow(AudioError);
    const all = await Promise.all([...CLIPS, ...CLIPS].map(({ name }) => decode(fixtureBytes(name))));
    CLIPS.forEach(({ name, tolerance }, i) => {
      expectAsLibsndfile(name, all[i], tolerance);
      expect(all[i + CLIPS.length].waveform).toEqual(all[i].waveform);
    });
  });

  for (const { name, codec } of CLIPS) {
    it(`uses the pages of ${name} before the file breaks off or is damaged`, async () => {
      const file = withTwoAudioPages(fixtureBytes(name));
      const starts = pageStarts(file);
      const last = starts.at(-1) as number;
      const damaged = Buffer.from(file);
      damaged[last + 100] ^= 1;
      for (const broken of [file.subarray(0, last), file.subarray(0, file.length - 1), damaged]) {
        const { waveform, warnings } = await decode(broken);
        expect(waveform.length).toBeGreaterThan(0);
        expect(warnings[0]).toMatch(/^truncated: the file breaks off or is damaged after 0\.\d+ s$/);
      }
      const cut = await decode(file.subarray(0, starts[2])).catch((error: Error) => error);
      expect((cut as Error).message).toMatch(
        new RegExp(`expected Ogg ${codec} audio, got no page of it that is whole`),
      );
    });
  }

  it('refuses a first page that is not whole', async () => {
    const file = fixtureBytes('mono_16k_vorbis.ogg');
    await expect(decode(file.subarray(0, 40))).rejects.toThrow(
      /^clip\.ogg: expected an Ogg page that is whole, got 40/,
    );
  });

  for (const [name, packet, got] of [
    ['Speex', 'Speex   1.2', 'Speex'],
    ['an unknown codec', 'whatever this is', 'an unknown codec'],
  ]) {
    it(`refuses ${name} in Ogg by name`, async () => {
      const error = await decode(page([Buffer.from(packet, 'latin1')], 0n, 0, 2)).catch((reason: Error) => reason);
      expect((error as Error).message).toBe(
        `clip.ogg: expected Vorbis, Opus or FLAC in Ogg, got ${got}; convert it to FLAC or WAV`,
      );
    });
  }

  it('refuses a clip beyond the longest before decoding it, whatever position it begins at', async () => {
    await expect(decodeOgg(withTwoAudioPages(fixtureBytes('mono_48k_opus.ogg')), 'clip.ogg', 0.1)).rejects.toThrow(
      /at most 0\.1 s at 48000 Hz/,
    );
  });

  it('leaves out another stream that runs beside the first', async () => {
    const file = fixtureBytes('mono_16k_vorbis.ogg');
    const second = pageStarts(file)[1];
    const other = page([Buffer.from('fishead')], 0n, 0, 2, 4711);
    const decoded = await decode(Buffer.concat([file.subarray(0, second), other, file.subarray(second)]));
    expectAsLibsndfile('mono_16k_vorbis.ogg', decoded, 1e-6);
  });
});

function decode(bytes: Uint8Array) {
  return decodeOgg(bytes, 'clip.ogg', HOUR);
}

function pageStarts(file: Buffer): number[] {
  const starts: number[] = [];
  for (let at = file.indexOf('OggS'); at >= 0; at = file.indexOf('OggS', at + 4)) starts.push(at);
  return starts;
}

/** The file with the packets of its last page shared out between two pages. */
function withTwoAudioPages(file: Buffer): Buffer {
  const last = pageStarts(file).at(-1) as number;
  const nSegments = file[last + 26];
  const packets: Buffer[] = [];
  let at = last + 27 + nSegments;
  let size = 0;
  for (let i = 0; i < nSegments; i++) {
    const segment = file[last + 27 + i];
    size += segment;
    if (segment < 255) {
      packets.push(file.subarray(at, at + size));
      at += size;
      size = 0;
    }
  }
  const serial = file.readUInt32LE(last + 14);
  const sequence = file.readUInt32LE(last + 18);
  const position = file.readBigInt64LE(last + 6);
  const half = packets.length >> 1;
  return Buffer.concat([
    file.subarray(0, last),
    page(packets.slice(0, half), position / 4n, sequence, 0, serial),
    page(packets.slice(half), position, sequence + 1, 4, serial),
  ]);
}

/** An Ogg page of whole packets. `flags`: 2 for the first of a stream, 4 for the last. */
function page(packets: Buffer[], position: bigint, sequence: number, flags: number, serial = 1): Buffer {
  const lacing = packets.flatMap(({ length }) => [...new Array(Math.floor(length / 255)).fill(255), length % 255]);
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header[5] = flags;
  header.writeBigInt64LE(position, 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = lacing.length;
  const whole = Buffer.concat([header, Buffer.from(lacing), ...packets]);
  let checksum = 0;
  for (const byte of whole) {
    checksum ^= byte << 24;
    for (let i = 0; i < 8; i++) checksum = (checksum << 1) ^ (checksum < 0 ? 0x04c11db7 : 0);
  }
  whole.writeUInt32LE(checksum >>> 0, 22);
  return whole;
}
