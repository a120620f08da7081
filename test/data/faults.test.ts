/** Files that once were read wrongly (`test/fixtures/faults`), and what is right: lengths and energies by ffmpeg and flac. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readAudio } from '../../src/data/audio.js';
import { openAudioStream } from '../../src/data/audio-stream.js';
import { AudioError } from '../../src/runtime/errors.js';

const pathOf = (name: string) => fileURLToPath(new URL(`../fixtures/faults/${name}`, import.meta.url));

/** Seconds and root mean square, at 16 kHz. */
const RIGHT: readonly (readonly [name: string, seconds: number, rms: number])[] = [
  ['flac_12bit.flac', 2, 0.0906],
  ['flac_20bit.flac', 2, 0.0906],
  ['flac_ape_tail.flac', 2, 0.0906],
  ['flac_twice.flac', 4, 0.0906],
  ['chained_vorbis.ogg', 2, 0.091],
  ['chained_opus.opus', 2, 0.0884],
  ['opus_comment_6k.opus', 2, 0.0884],
  ['opus_gain_-6dB.opus', 2, 0.0443],
  ['mp3_48k_then_44k.mp3', 3.27, 0.0894],
  ['mp3_mono_then_right_only.mp3', 2.456, 0.0758],
];

describe('a file that once was read wrongly', () => {
  test.each(RIGHT)('%s is read whole, without a word of damage', async (name, seconds, rms) => {
    const { waveform, durationSeconds, warnings } = await readAudio(pathOf(name));
    expect(Math.abs(durationSeconds - seconds)).toBeLessThan(0.005);
    expect(Math.abs(rmsOf(waveform) - rms)).toBeLessThan(0.0002);
    expect(warnings.filter((warning) => !warning.startsWith('channels'))).toEqual([]);
    expect(Math.abs((await streamedSamples(name)) - waveform.length)).toBeLessThan(2);
  });

  test.each([
    ['flac_order/a_4096.flac', 'flac_order/b_1152_ffmpeg.flac'],
    ['flac_order/c_4608_ffmpeg_44k.flac', 'flac_order/d_4096_44k.flac'],
  ])('%s and %s hold equal audio, in both orders', async (first, second) => {
    for (const [one, other] of [
      [first, second],
      [second, first],
    ]) {
      const { waveform } = await readAudio(pathOf(one));
      expect((await readAudio(pathOf(other))).waveform).toEqual(waveform);
    }
  });

  test('the right half of a call is heard where the first half was mono', async () => {
    const { waveform } = await readAudio(pathOf('mp3_mono_then_right_only.mp3'));
    expect(rmsOf(waveform.subarray(waveform.length / 2))).toBeGreaterThan(0.03);
  });

  test('hours of silence in a few bytes are refused whole, and streamed in small blocks', async () => {
    const name = 'flac-6h-constant-stream-bomb.flac';
    await expect(readAudio(pathOf(name))).rejects.toThrow(/at most 14400 s at 16000 Hz, got 21602 s/);
    let longest = 0;
    for await (const block of (await openAudioStream(pathOf(name))).blocks(() => undefined)) {
      longest = Math.max(longest, block.length);
      if (longest > 2 ** 20) break;
    }
    expect(longest).toBeLessThanOrEqual(2 ** 17);
  });

  test('positions that lie about the length take no memory for it', async () => {
    const before = process.memoryUsage().rss;
    const { durationSeconds } = await readAudio(pathOf('opus-granule-lie-1h.opus'));
    expect(durationSeconds).toBeLessThan(5);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  test('a file that is not whole does not spoil the next', async () => {
    const good = await readAudio(pathOf('flac_order/a_4096.flac'));
    const odd = await readAudio(pathOf('flac-poisons-next.flac')).catch((error: unknown) => error);
    if (odd instanceof Error) expect(odd).toBeInstanceOf(AudioError);
    expect((await readAudio(pathOf('flac_order/a_4096.flac'))).waveform).toEqual(good.waveform);
  });
});

function rmsOf(waveform: Float32Array): number {
  return Math.sqrt(waveform.reduce((sum, sample) => sum + sample * sample, 0) / waveform.length);
}

async function streamedSamples(name: string): Promise<number> {
  let nSamples = 0;
  for await (const block of (await openAudioStream(pathOf(name))).blocks(() => undefined)) nSamples += block.length;
  return nSamples;
}
