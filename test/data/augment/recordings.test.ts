import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listRecordings, openRecordings } from '../../../src/data/augment/recordings.js';
import { createRandom } from '../../../src/runtime/random.js';
import { encodeWav, tone } from '../../support/clips.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-recordings-'));
writeFileSync(join(directory, 'short.wav'), encodeWav(tone(300, 900, 0.2)));
writeFileSync(join(directory, 'long.WAV'), encodeWav(tone(16000, 500, 0.1)));
writeFileSync(join(directory, 'notes.txt'), 'not audio');
afterAll(() => rmSync(directory, { recursive: true }));

describe('openRecordings', () => {
  it('keeps recordings while there is room for them', async () => {
    const picks = async (room: number) => {
      const clips = openRecordings(
        ['short.wav', 'long.WAV'].map((name) => join(directory, name)),
        16000,
        room,
      );
      const first = new Map<number, Float32Array>();
      let nDecodedAgain = 0;
      for (let i = 0; i < 40; i++) {
        const clip = await clips.pick(createRandom(i));
        if (first.has(clip.length) && first.get(clip.length) !== clip) nDecodedAgain++;
        first.set(clip.length, clip);
      }
      expect([...first.keys()].sort((a, b) => a - b)).toEqual([300, 16000]);
      return nDecodedAgain;
    };
    expect(await picks(16300)).toBe(0);
    expect(await picks(16299)).toBeGreaterThan(5);
  });
});

describe('listRecordings', () => {
  it('finds what is audio, and refuses a folder without any', () => {
    expect([...listRecordings('reverb', directory)].sort()).toEqual(
      ['long.WAV', 'short.wav'].map((name) => join(directory, name)),
    );
    const empty = mkdtempSync(join(tmpdir(), 'voiceproof-empty-'));
    expect(() => listRecordings('reverb', empty)).toThrow(/^reverb: expected recordings in .*; name a directory$/);
    rmSync(empty, { recursive: true });
  });
});
