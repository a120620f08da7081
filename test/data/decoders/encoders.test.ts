/**
 * Files of the encoders that people use (`test/fixtures/audio/make_encoders.py`), against ffmpeg and libsndfile: to 1e-6
 * where nothing is lost (their values are rounded to 1e-7), else to 1e-4, as float arithmetic differs between builds and the
 * reference of Opus is rounded to 16 bits.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeAudio } from '../../../src/data/audio.js';
import { changedInRow, decodeWhole, ENCODER_FILES, expectedOfEncoders, pairwise } from '../../support/encoder-files.js';

const names = Object.keys(expectedOfEncoders);
const isExact = (name: string) => /\.(flac|wav)$|_flac\.ogg$/.test(name);

describe('decoders', () => {
  test('the fixtures are all described', () => {
    expect(readdirSync(ENCODER_FILES).filter((name) => name !== 'expected.json')).toEqual(names.toSorted());
  });

  test.each(names)('read %s as its reference decoder does', async (name) => {
    const { sampleRate, nChannels, nSamples, rms, at, samples } = expectedOfEncoders[name];
    const audio = await decodeAudio(readFileSync(ENCODER_FILES + name), name, { sampleRate });
    expect([audio.sourceSampleRate, audio.nChannels, audio.waveform.length]).toEqual([sampleRate, nChannels, nSamples]);
    const tolerance = isExact(name) ? 1e-6 : 1e-4;
    const errors = at.map((index, i) => Math.abs(audio.waveform[index] - samples[i]));
    expect(Math.max(...errors)).toBeLessThan(tolerance);
    const energy = audio.waveform.reduce((sum, sample) => sum + sample * sample, 0) / nSamples;
    expect(Math.abs(Math.sqrt(energy) - rms)).toBeLessThan(tolerance);
    expect(audio.warnings.filter((warning) => /^(truncated|damaged|incomplete)/.test(warning))).toEqual([]);
  });

  // All formats after each other: pairs.suite.ts.
  test.each(['flac', 'mp3', 'opus', 'ogg'])('of %s keep nothing from file to file, in any order', async (extension) => {
    const row = pairwise(names.filter((name) => name.endsWith(`.${extension}`)));
    expect(row.length).toBeGreaterThan(9);
    expect(await changedInRow(row, decodeWhole)).toEqual([]);
  });
});
