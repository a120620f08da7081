import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WaveFile } from 'wavefile';
import { readAudio } from '../../src/data/audio.js';
import { encodeWav, writeWav } from '../../src/data/wav-file.js';
import { tone } from '../support/clips.js';

const clip = tone(1001, 440, 0.7);

describe('encodeWav', () => {
  it('writes what another reader reads', () => {
    const pcm = new WaveFile(encodeWav(Float32Array.of(0, 0.5, -1, 2, -3), 22050, 'pcm16'));
    expect(pcm.fmt).toMatchObject({ sampleRate: 22050, numChannels: 1, bitsPerSample: 16, audioFormat: 1 });
    expect([...pcm.getSamples()]).toEqual([0, 16384, -32768, 32767, -32768]);
    const float = new WaveFile(encodeWav(Float32Array.of(0.1, 2, -3), 16000, 'float32'));
    expect(float.fmt).toMatchObject({ sampleRate: 16000, numChannels: 1, bitsPerSample: 32, audioFormat: 3 });
    expect([...float.getSamples()]).toEqual([...Float32Array.of(0.1, 2, -3)]);
  });
});

describe('writeWav', () => {
  it('writes what we read again: exactly in float, to half a step in 16 bits, and 16 bits as they were', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'voiceproof-wav-'));
    const path = join(directory, 'made', 'clip.wav');
    writeWav(path, clip, 16000, 'float32');
    expect((await readAudio(path)).waveform).toEqual(clip);
    writeWav(path, clip, 16000, 'pcm16');
    const { waveform } = await readAudio(path);
    expect(Math.max(...waveform.map((x, i) => Math.abs(x - clip[i])))).toBeLessThanOrEqual(0.5 / 32768 + 1e-9);
    writeWav(path, waveform, 16000, 'pcm16');
    expect((await readAudio(path)).waveform).toEqual(waveform);
    expect(readdirSync(join(directory, 'made'))).toEqual(['clip.wav']);
    rmSync(directory, { recursive: true });
  });
});
