import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { decodeAudio, readAudio } from '../../src/data/audio.js';
import { AudioError } from '../../src/runtime/errors.js';
import { encodeNpy } from '../../src/runtime/npy.js';
import { fixturePath } from '../support/audio-fixtures.js';
import { encodeWav, tone } from '../support/clips.js';
import { hasShared, sharedPath } from '../support/shared.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-audio-'));
afterAll(() => rmSync(folder, { recursive: true }));
const printed = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')];
afterEach(() => {
  for (const stream of printed) expect(stream).not.toHaveBeenCalled();
});

describe('readAudio', () => {
  for (const [name, format, seconds, rate, nChannels] of [
    ['mono_16k.flac', 'FLAC (16-bit)', 0.25, 16000, 1],
    ['stereo_44k.mp3', 'MP3', 0.5, 44100, 2],
    ['stereo_44k_vorbis.ogg', 'Ogg Vorbis', 0.4, 44100, 2],
    ['mono_48k_opus.ogg', 'Ogg Opus', 0.5, 48000, 1],
  ] as const) {
    it(`reads ${name} at 16 kHz`, async () => {
      const audio = await readAudio(fixturePath(name));
      expect(audio).toMatchObject({
        sampleRate: 16000,
        sourceSampleRate: rate,
        durationSeconds: seconds,
        format,
        nChannels,
      });
      expect(audio.waveform.length).toBe(seconds * 16000);
    });
  }

  it('goes by content, not by name', async () => {
    const path = join(folder, 'clip.mp3');
    writeFileSync(path, encodeWav(tone(16000, 440)));
    const audio = await readAudio(path);
    expect(audio.format).toBe('WAV (16-bit PCM)');
    expect(audio.warnings).toEqual([]);
  });

  it('gives the rate that is asked for', async () => {
    const file = encodeWav(tone(16000, 440));
    const audio = await decodeAudio(file, 'clip.wav', { sampleRate: 8000 });
    expect(audio.sampleRate).toBe(8000);
    expect(audio.waveform.length).toBe(8000);
    expect(audio.durationSeconds).toBe(1);
    // The same sine at half the rate, away from the ends; int16 is good for 2e-5.
    for (let i = 2000; i < 6000; i++)
      expect(Math.abs(audio.waveform[i] - 0.5 * Math.sin((2 * Math.PI * 440 * i) / 8000))).toBeLessThan(4e-5);
  });

  it('takes float32 .npy clips as they are, at 16 kHz', async () => {
    const data = tone(8000, 440).map((x) => x * 1.3);
    const audio = await decodeAudio(encodeNpy({ shape: [8000], data }), 'clip.npy');
    expect(audio.waveform).toEqual(data);
    expect(audio.sourceSampleRate).toBe(16000);
    for (const array of [
      { shape: [8000], data: new Float64Array(8000) },
      { shape: [2, 4000], data },
    ]) {
      await expect(decodeAudio(encodeNpy(array), 'clip.npy')).rejects.toThrow(
        /^clip\.npy: expected float32 of shape \[samples\], mono at 16 kHz, got float/,
      );
    }
    const whole = encodeNpy({ shape: [8000], data });
    await expect(decodeAudio(whole.subarray(0, 500), 'clip.npy')).rejects.toThrow(AudioError);
    await expect(decodeAudio(encodeNpy({ shape: [0], data: new Float32Array(0) }), 'clip.npy')).rejects.toThrow(
      /without a single sample/,
    );
  });

  it('refuses clips beyond the longest: four hours, or what is asked for', async () => {
    const file = encodeWav(tone(16000, 440));
    await expect(decodeAudio(file, 'clip.wav', { maxSeconds: 0.5 })).rejects.toThrow(
      'clip.wav: expected at most 0.5 s at 16000 Hz, got 1 s; cut it into shorter files',
    );
    expect((await decodeAudio(file, 'clip.wav', { maxSeconds: 1 })).durationSeconds).toBe(1);
    // Five hours at 1 kHz and 8 bits.
    const long = Buffer.alloc(44 + 5 * 3600 * 1000, 128);
    encodeWav(new Float32Array(0), 1000).copy(long);
    long.writeUInt16LE(1, 32);
    long.writeUInt16LE(8, 34);
    long.writeUInt32LE(long.length - 44, 40);
    await expect(decodeAudio(long, 'clip.wav')).rejects.toThrow(/at most 14400 s at 1000 Hz, got 18000 s/);
  });

  it('says in one line why a file can not be opened', async () => {
    await expect(readAudio(join(folder, 'missing.wav'))).rejects.toThrow(
      /missing\.wav: expected an audio file, got nothing/,
    );
    await expect(readAudio(folder)).rejects.toThrow(/got a folder/);
    await expect(readAudio('/dev/null')).rejects.toThrow(/got a device/);
    const error = await readAudio(join(folder, 'missing.wav')).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(AudioError);
    expect((error as Error).cause).toBeDefined();
  });
});

describe('the warnings of readAudio', () => {
  const warningsOf = async (waveform: Float32Array, sampleRate = 16000) =>
    (await decodeAudio(encodeWav(waveform, sampleRate), 'clip.wav')).warnings;

  it('are none for a clip without fault', async () => {
    expect(await warningsOf(tone(16000, 440, 0.99))).toEqual([]);
  });

  it('tell of clipping by the share of samples in runs at full scale', async () => {
    const clipped = tone(16000, 100, 2).map((x) => Math.max(-1, Math.min(1, x)));
    const [warning] = await warningsOf(clipped);
    // A sine of twice full scale lies beyond it for two thirds of the time.
    expect(warning).toMatch(/^clipped: 66\.\d % of samples at full scale$/);
    const single = tone(16000, 440);
    single[100] = 1;
    single[200] = -1;
    expect(await warningsOf(single)).toEqual([]);
  });

  it('tell of silence, whole or all but', async () => {
    expect(await warningsOf(new Float32Array(16000))).toEqual(['silent: every sample is 0']);
    const faint = new Float32Array(16000).fill(2 / 32768);
    expect(await warningsOf(faint)).toEqual(['silent: peak at -84 dB of full scale']);
  });

  it('tell of short clips, from one sample on', async () => {
    expect(await warningsOf(tone(4799, 440))).toEqual(['short: 0.3 s']);
    expect(await warningsOf(tone(4800, 440))).toEqual([]);
    expect(await warningsOf(new Float32Array([0.5]))).toEqual(['short: 0.0000625 s']);
  });

  it('tell of a rate below the one asked for, and of averaged channels', async () => {
    expect(await warningsOf(tone(8000, 440), 8000)).toEqual(['narrowband: recorded at 8000 Hz, nothing above 4000 Hz']);
    const stereo = encodeWav(tone(16000, 440));
    stereo.writeUInt16LE(2, 22);
    stereo.writeUInt16LE(4, 32);
    expect((await decodeAudio(stereo, 'clip.wav')).warnings).toEqual(['channels: 2 averaged to mono']);
  });

  it('tell of samples on another scale', async () => {
    const data = tone(16000, 440).map((x) => x * 32768);
    const { warnings } = await decodeAudio(encodeNpy({ shape: [16000], data }), 'clip.npy');
    expect(warnings).toEqual(['loud: peak at 16384 times full scale; samples should lie within -1 to 1']);
  });
});

it('decodeAudio refuses samples that are not finite, with how many and where', async () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const data = tone(1000, 440);
    data[10] = value;
    data[500] = value;
    await expect(decodeAudio(encodeNpy({ shape: [1000], data }), 'clip.npy')).rejects.toThrow(
      'clip.npy: expected finite samples, got 2 of 1000 NaN or infinite, the first at sample 10; write the file again',
    );
  }
});

const bad = sharedPath('corpus/bad');
describe.skipIf(!hasShared || !existsSync(bad))('readAudio of broken files', () => {
  const errors: Record<string, RegExp> = {
    'empty.flac': /an empty file \(0 bytes\)/,
    'empty.wav': /an empty file \(0 bytes\)/,
    'flac_header_garbage.flac': /expected 32640 samples, got no FLAC frame that is whole/,
    'mp3_codec_tag.wav': /got MP3 \(codec tag 0x55\)/,
    'nan_samples.wav': /got 101 of 8000 NaN or infinite, the first at sample 1000/,
    'odd_bits.wav': /bits a sample, got 13/,
    'text.flac': /got text \("this is not audio either/,
    'text.wav': /got text \("this is not audio, only/,
    'truncated_header.flac': /expected a FLAC header of 42 bytes, got 30/,
    'truncated_header.wav': /expected a WAV header/,
    'zero_channels.wav': /at least 1 channel, got 0/,
    'zero_length_data.wav': /without a single sample/,
    'zero_rate.wav': /1000 to 768000 Hz, got 0/,
  };
  for (const [name, message] of Object.entries(errors)) {
    it(`refuses ${name}`, async () => {
      const error = await readAudio(join(bad, name)).catch((reason: Error) => reason);
      expect(error).toBeInstanceOf(AudioError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toMatch(/^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+$/);
    });
  }

  const usable: Record<string, { nSamples: number; warnings: RegExp[] }> = {
    'clipped.wav': { nSamples: 16000, warnings: [/^clipped: 100 %/] },
    'eight_channels.wav': { nSamples: 8000, warnings: [/^channels: 8 averaged/] },
    'huge_claim.wav': { nSamples: 160, warnings: [/^truncated: 0\.01 s of 134218 s/, /^short: 0\.01 s/] },
    'one_sample.wav': { nSamples: 1, warnings: [/^short/] },
    'silence.wav': { nSamples: 32000, warnings: [/^silent: every sample is 0/] },
    'ten_ms.wav': { nSamples: 160, warnings: [/^short: 0\.01 s/] },
    'truncated.flac': { nSamples: 8192, warnings: [/^truncated: 0\.512 s of 2\.04 s/] },
    'truncated_data.wav': { nSamples: 1478, warnings: [/^truncated: 0\.0924 s of 2\.63 s/, /^short/] },
  };
  for (const [name, { nSamples, warnings }] of Object.entries(usable)) {
    it(`uses what is there of ${name}, with warnings`, async () => {
      const audio = await readAudio(join(bad, name));
      expect(audio.waveform.length).toBe(nSamples);
      expect(audio.warnings).toHaveLength(warnings.length);
      audio.warnings.forEach((warning, i) => {
        expect(warning).toMatch(warnings[i]);
      });
    });
  }
});
