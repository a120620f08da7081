/** The compressed clips of `test/fixtures/audio`, and what libsndfile reads from them (`make_audio.py` there). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** What libsndfile says of a clip, averaged over channels. */
interface Expected {
  readonly sampleRate: number;
  readonly nChannels: number;
  readonly nSamples: number;
  readonly rms: number;
  /** Positions of `samples`. */
  readonly at: readonly number[];
  readonly samples: readonly number[];
}

const folder = fileURLToPath(new URL('../fixtures/audio/', import.meta.url));
const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as { clips: Record<string, Expected> };

/** Absolute path of a clip. */
export function fixturePath(name: string): string {
  return folder + name;
}

/** The bytes of a clip, free to be changed. */
export function fixtureBytes(name: string): Buffer {
  return readFileSync(folder + name);
}

/** Expects what libsndfile reads from the clip: rate, channels and length exactly, samples and energy to `tolerance`. */
export function expectAsLibsndfile(
  name: string,
  decoded: { waveform: Float32Array; sampleRate: number; nChannels: number },
  tolerance: number,
): void {
  const clip = expected.clips[name];
  expect([decoded.sampleRate, decoded.nChannels, decoded.waveform.length]).toEqual([
    clip.sampleRate,
    clip.nChannels,
    clip.nSamples,
  ]);
  const errors = clip.at.map((at, i) => Math.abs(decoded.waveform[at] - clip.samples[i]));
  expect(Math.max(...errors)).toBeLessThan(tolerance);
  const energy = decoded.waveform.reduce((sum, sample) => sum + sample * sample, 0) / decoded.waveform.length;
  expect(Math.abs(Math.sqrt(energy) - clip.rms)).toBeLessThan(tolerance);
}
