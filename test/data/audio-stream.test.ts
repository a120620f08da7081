import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readAudio } from '../../src/data/audio.js';
import { countSamples, openAudioStream } from '../../src/data/audio-stream.js';
import { fixturePath } from '../support/audio-fixtures.js';
import { encodeWav, tone } from '../support/clips.js';
import { hasShared, sharedPath } from '../support/shared.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-stream-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function readStream(path: string): Promise<{ waveform: Float32Array; nBlocks: number; warnings: string[] }> {
  const stream = await openAudioStream(path);
  const warnings: string[] = [];
  const blocks: Float32Array[] = [];
  for await (const block of stream.blocks((line) => warnings.push(line))) blocks.push(block);
  const waveform = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    waveform.set(block, at);
    at += block.length;
  }
  return { waveform, nBlocks: blocks.length, warnings };
}

/** Bit for bit, as both ways go through the same arithmetic. */
async function expectAsWhole(path: string): Promise<{ nBlocks: number; warnings: string[] }> {
  const [whole, streamed] = [await readAudio(path), await readStream(path)];
  expect(streamed.waveform.length).toBe(whole.waveform.length);
  expect(Buffer.compare(Buffer.from(streamed.waveform.buffer), Buffer.from(whole.waveform.slice().buffer))).toBe(0);
  return streamed;
}

const clips = readdirSync(fileURLToPath(new URL('../fixtures/audio/', import.meta.url))).filter((name) =>
  /\.(flac|mp3|ogg|opus|wav)$/.test(name),
);

describe('a stream of audio', () => {
  it.each(clips)('gives the samples of %s that reading it whole gives', async (name) => {
    await expectAsWhole(fixturePath(name));
  });

  it.each(clips)('knows how many samples %s has', async (name) => {
    const { waveform } = await readAudio(fixturePath(name));
    expect(await countSamples(fixturePath(name))).toBe(waveform.length);
  });

  it.each([8000, 44_100])('resamples %i Hz piece by piece to the same samples', async (sampleRate) => {
    const path = join(directory, `${sampleRate}.wav`);
    writeFileSync(path, encodeWav(tone(150_123, 400), sampleRate));
    expect((await expectAsWhole(path)).nBlocks).toBeGreaterThan(1);
    expect(await countSamples(path)).toBe((await readAudio(path)).waveform.length);
  });

  it('says that a WAV file ends early, after what there is', async () => {
    const path = join(directory, 'cut.wav');
    writeFileSync(path, encodeWav(tone(100_000, 300)).subarray(0, 150_000));
    const { waveform, warnings } = await readStream(path);
    expect(waveform.length).toBe(74_978);
    expect(warnings).toEqual([expect.stringMatching(/^truncated: 4\.69 s of 6\.25 s/)]);
  });

  it('joins FLAC frames that lie across the pieces it reads, up to damage', async () => {
    // One clip's frames again and again: more than a piece of 1 MiB.
    const name = 'mono_16k.flac';
    const bytes = readFileSync(fixturePath(name));
    const start = framesStart(bytes);
    const frames = bytes.subarray(start);
    const nTimes = Math.ceil((1.1 * 2 ** 20) / frames.length);
    const head = Buffer.from(bytes.subarray(0, start));
    // The number of samples in the header: not known.
    head[21] &= 0xf0;
    head.fill(0, 22, 26);
    const path = join(directory, 'long.flac');
    writeFileSync(path, Buffer.concat([head, ...Array.from({ length: nTimes }, () => frames)]));
    const once = (await readAudio(fixturePath(name))).durationSeconds;
    const whole = await readAudio(path);
    expect(whole.durationSeconds).toBeCloseTo(nTimes * once, 6);
    await expectAsWhole(path);
    writeFileSync(path, damaged(readFileSync(path)));
    const { warnings } = await expectAsWhole(path);
    expect(warnings).toEqual([expect.stringMatching(/^damaged: \d+ bytes between or after frames belong to none$/)]);
  });

  it('joins MP3 frames that lie across the pieces it reads, but for damaged ones', async () => {
    const name = 'mono_16k.mp3';
    const bytes = readFileSync(fixturePath(name));
    const path = join(directory, 'long.mp3');
    const nTimes = Math.ceil((1.1 * 2 ** 20) / bytes.length);
    writeFileSync(path, damaged(Buffer.concat(Array.from({ length: nTimes }, () => bytes))));
    const { warnings } = await expectAsWhole(path);
    expect(warnings).toEqual([expect.stringMatching(/^damaged: \d+ bytes/)]);
  });

  it('names a file that is none', async () => {
    await expect(openAudioStream(join(directory, 'absent.wav'))).rejects.toThrow(/absent\.wav.*nothing there/);
    await expect(openAudioStream(directory)).rejects.toThrow(/got a folder/);
  });

  it.skipIf(!hasShared)('fails where reading whole fails, over the bad files of the corpus', async () => {
    for (const name of readdirSync(sharedPath('corpus/bad'))) {
      const path = sharedPath(`corpus/bad/${name}`);
      const [whole, streamed] = await Promise.all(
        [readAudio(path), readStream(path)].map((reading) =>
          reading.then(
            () => 'read',
            (error) => error.name,
          ),
        ),
      );
      expect([name, streamed]).toEqual([name, whole]);
    }
  });
});

/** The bytes with a thousand of them overwritten, late in the file. */
function damaged(bytes: Buffer): Buffer {
  const at = Math.floor(bytes.length * 0.97);
  return Buffer.from(bytes.fill(0x55, at, at + 1000));
}

/** Where the metadata of a FLAC file ends. */
function framesStart(bytes: Buffer): number {
  let at = 4;
  for (let isLast = false; !isLast; ) {
    isLast = bytes[at] >= 128;
    at += 4 + bytes.readUIntBE(at + 1, 3);
  }
  return at;
}
