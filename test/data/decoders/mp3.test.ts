/** MP3 against libsndfile, which runs the same mpg123 in another build: 1e-6, for its rounding in float32. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeMp3 } from '../../../src/data/decoders/mp3.js';
import { findFirstFrame } from '../../../src/data/decoders/mp3-frames.js';
import { AudioError } from '../../../src/runtime/errors.js';
import { expectAsLibsndfile, fixtureBytes } from '../../support/audio-fixtures.js';

const HOUR = 3600;
const TOLERANCE = 1e-6;

describe('decodeMp3', () => {
  const printed = vi.spyOn(console, 'error');
  afterEach(() => expect(printed).not.toHaveBeenCalled());

  for (const name of ['mono_16k.mp3', 'stereo_44k.mp3', 'mono_16k_id3.mp3']) {
    it(`reads ${name} as libsndfile does, delay and padding taken off`, async () => {
      const decoded = await decode(fixtureBytes(name));
      expectAsLibsndfile(name, decoded, TOLERANCE);
      expect(decoded.warnings).toEqual([]);
      expect(decoded.format).toBe('MP3');
    });
  }

  it('gives the same samples again and again, at once and after a bad file', async () => {
    const noise = fixtureBytes('mono_16k.mp3').fill(0x55, 700);
    await decode(noise);
    const all = await Promise.all([
      decode(fixtureBytes('mono_16k.mp3')),
      decode(fixtureBytes('stereo_44k.mp3')),
      decode(fixtureBytes('mono_16k.mp3')),
    ]);
    expectAsLibsndfile('mono_16k.mp3', all[0], TOLERANCE);
    expectAsLibsndfile('stereo_44k.mp3', all[1], TOLERANCE);
    expect(all[2].waveform).toEqual(all[0].waveform);
  });

  it('uses what is there of a file that breaks off, and says how much its encoder had promised', async () => {
    const whole = fixtureBytes('mono_16k.mp3');
    const { waveform, warnings } = await decode(whole.subarray(0, Math.floor(whole.length / 2)));
    // Five frames of 576 samples, less the encoder's delay of 1105.
    expect(waveform.length).toBe(1775);
    expect(waveform).toEqual((await decode(whole)).waveform.subarray(0, 1775));
    expect(warnings).toEqual(['truncated: 0.111 s of 0.507 s could be read (78.1 % missing)']);
  });

  it('says that a file breaks off where no encoder promised anything', async () => {
    const whole = withoutTag(fixtureBytes('mono_16k.mp3'));
    expect((await decode(whole)).warnings).toEqual([]);
    const { warnings } = await decode(whole.subarray(0, whole.length - 10));
    expect(warnings[0]).toMatch(/^truncated: the file breaks off or is damaged after 0\.\d+ s$/);
  });

  it('steps over bytes between frames that belong to none, and says so', async () => {
    const whole = fixtureBytes('mono_16k.mp3');
    const gap = 2 * secondFrame(whole);
    const { waveform, warnings } = await decode(
      Buffer.concat([whole.subarray(0, gap), Buffer.alloc(50, 0x41), whole.subarray(gap)]),
    );
    expect(waveform.length).toBe(8000);
    expect(warnings).toEqual(['damaged: 50 bytes between frames belong to none']);
  });

  it('joins what takes the decoder several calls', async () => {
    const frames = withoutTag(fixtureBytes('stereo_44k.mp3'));
    const { waveform } = await decode(Buffer.concat(new Array(100).fill(frames)));
    const { waveform: once } = await decode(frames);
    expect(frames.length * 100).toBeGreaterThan(2 ** 19);
    expect(waveform.length).toBe(100 * once.length);
    // Past the start, which leans on the frames before it.
    const last = waveform.subarray(99 * once.length);
    for (let i = once.length / 2; i < once.length; i++) expect(Math.abs(last[i] - once[i])).toBeLessThan(TOLERANCE);
  });

  it('takes no bytes after the last frame for damage', async () => {
    const decoded = await decode(Buffer.concat([fixtureBytes('mono_16k.mp3'), Buffer.from('APETAGEX and more')]));
    expectAsLibsndfile('mono_16k.mp3', decoded, TOLERANCE);
    expect(decoded.warnings).toEqual([]);
  });

  it('refuses a tag without a frame, and a clip beyond the longest', async () => {
    const tagged = fixtureBytes('mono_16k_id3.mp3');
    await expect(decode(tagged.subarray(0, 229))).rejects.toThrow(/^clip\.mp3: expected MP3 frames, got none/);
    await expect(decodeMp3(tagged, 'clip.mp3', 0.1)).rejects.toThrow(
      /at most 0\.1 s at 16000 Hz, got 0\.\d+ s; cut it/,
    );
  });

  it('survives bytes changed anywhere', async () => {
    for (let i = 0; i < 60; i++) {
      const file = fixtureBytes(i % 2 === 0 ? 'mono_16k.mp3' : 'stereo_44k.mp3');
      for (let k = 0; k < 5; k++) file[(i * 977 + k * 7919) % file.length] ^= 0xa5;
      const result = await decode(file).catch((error: Error) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(AudioError);
      else expect(result.waveform.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('findFirstFrame', () => {
  it('finds a frame behind tags and other bytes, but none in what only looks like one', () => {
    const file = fixtureBytes('mono_16k.mp3');
    expect(findFirstFrame(file)).toBe(0);
    expect(findFirstFrame(fixtureBytes('mono_16k_id3.mp3'))).toBe(229);
    expect(findFirstFrame(Buffer.concat([Buffer.alloc(1000), file]))).toBe(1000);
    expect(findFirstFrame(Buffer.concat([file.subarray(0, 4), Buffer.alloc(5000)]))).toBe(-1);
    expect(findFirstFrame(Buffer.alloc(0))).toBe(-1);
  });
});

function decode(bytes: Uint8Array) {
  return decodeMp3(bytes, 'clip.mp3', HOUR);
}

/** Where the second frame begins: the first header comes again, but for bits that differ from frame to frame. */
function secondFrame(file: Buffer): number {
  for (let at = 4; ; at++) {
    if (file[at] === file[0] && file[at + 1] === file[1] && (file[at + 2] & 0x0c) === (file[2] & 0x0c)) return at;
  }
}

/** The stream without its first frame, which holds the encoder's tag. */
function withoutTag(file: Buffer): Buffer {
  return file.subarray(secondFrame(file));
}
