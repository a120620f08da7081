import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AudioError,
  type AudioInput,
  type ClipResult,
  ConfigError,
  type Detector,
  encodeWav,
  type Failure,
  openDetector,
  readAudio,
  type WindowScore,
} from '../../src/index.js';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';
import { createRandom } from '../../src/runtime/random.js';
import { startTestEngine } from '../support/engine.js';
import { expectNear } from '../support/expect-near.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-detector-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = join(PROJECT_ROOT, 'corpus/long/DB_L_000001.flac');

/** Noise that swells and falls, so that windows differ. */
function recording(seconds: number, sampleRate: number): Float32Array {
  const random = createRandom('recording', sampleRate);
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    return 0.4 * Math.sin((3 * i) / sampleRate) ** 2 * random.uniformBetween(-1, 1);
  });
}

/** In pieces as a microphone gives them, of odd lengths. */
async function* chunksOf(waveform: Float32Array, nChunk: number): AsyncGenerator<Float32Array> {
  for (let at = 0; at < waveform.length; at += nChunk) yield waveform.subarray(at, at + nChunk);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

let detector: Detector;
beforeAll(async () => {
  await startTestEngine();
  detector = await openDetector();
});
afterAll(() => detector.dispose());

describe('a detector', () => {
  it('knows what it is', () => {
    expect(detector).toMatchObject({ sampleRate: 16_000, maxSeconds: 2.5, threshold: expect.any(Number) });
    expect(detector.description).toMatch(/^lcnn.*, epoch \d+$/);
    expect(detector.calibration?.map.method).toBe('platt');
  });

  it('scores a file, its URL, its bytes and its samples alike', async () => {
    // 44.1 kHz, so that the rate matters.
    const waveform = recording(2, 44_100);
    const bytes = encodeWav(waveform, 44_100, 'float32');
    const path = join(folder, 'clip.wav');
    writeFileSync(path, bytes);
    const inputs: [AudioInput, string][] = [
      [path, path],
      [pathToFileURL(path), path],
      [bytes, 'audio'],
      [readFileSync(path), 'audio'],
      [{ bytes, name: 'upload.wav' }, 'upload.wav'],
      [{ waveform, sampleRate: 44_100 }, 'audio'],
      [{ waveform, sampleRate: 44_100, name: 'line 3' }, 'line 3'],
    ];
    const results = await Promise.all(inputs.map(([input]) => detector.score(input)));
    const { file: _, ...expected } = results[0];
    expect(Number.isFinite(expected.score)).toBe(true);
    expect(expected.llr).toBeTypeOf('number');
    for (const [i, [, name]] of inputs.entries()) expect(results[i]).toEqual({ ...expected, file: name });

    const windows = { windowSeconds: 1, hopSeconds: 0.5 };
    const recordings = await Promise.all(inputs.map(([input]) => detector.scoreRecording(input, windows)));
    const { file: __, ...whole } = recordings[0];
    expect(whole.windows).toHaveLength(3);
    for (const [i, [, name]] of inputs.entries()) expect(recordings[i]).toEqual({ ...whole, file: name });
  });

  it('goes on past what can not be scored', async () => {
    const waveform = recording(1, 16_000);
    const inputs: AudioInput[] = [
      { waveform, sampleRate: 16_000 },
      join(folder, 'none.wav'),
      new Uint8Array([1, 2, 3]),
      { waveform: new Float32Array(100).fill(Number.NaN), sampleRate: 16_000, name: 'nan' },
      { waveform, sampleRate: 16_000.5 },
      null as unknown as AudioInput,
      new URL('https://example.org/clip.wav'),
      { waveform, sampleRate: 16_000 },
    ];
    const isFailure = (result: ClipResult | Failure): result is Failure => 'error' in result;
    const results = await collect(detector.scoreAll(inputs));
    expect(results.map((result) => (isFailure(result) ? result.error : result.file))).toEqual([
      'audio 1',
      expect.stringMatching(/none\.wav: expected an audio file, got nothing there/),
      expect.stringMatching(/^audio 3: /),
      expect.stringMatching(/^nan: expected finite samples, got 100 of 100/),
      'audio 5: expected a sampleRate in whole Hz, such as 16000, got 16000.5',
      expect.stringMatching(/^audio 6: expected a path, .* got null$/),
      expect.stringMatching(/expected a file: URL, got https:; fetch it, and give the bytes/),
      'audio 8',
    ]);
    // Also from a source that comes bit by bit.
    const source = (async function* () {
      yield* inputs.slice(0, 2);
    })();
    expect(await collect(detector.scoreAll(source))).toEqual(results.slice(0, 2));
  });

  it('throws for a single bad input, and for options that can not be used', async () => {
    const none = join(folder, 'none.wav');
    await expect(detector.score(none)).rejects.toThrow(AudioError);
    await expect(detector.scoreRecording(none, { windowSeconds: 1 })).rejects.toThrow(AudioError);
    await expect(detector.score(none, { prior: 2 })).rejects.toThrow(/^prior: expected a number between 0 and 1/);
    await expect(collect(detector.scoreAll([none], { prior: 2 }))).rejects.toThrow(ConfigError);
    await expect(collect(detector.scoreAll('clip.wav'))).rejects.toThrow(/expected a list of inputs, got a single one/);
    await expect(detector.scoreRecording(none, { windowSeconds: 9 })).rejects.toThrow(
      /at most the 2.5 s that the model sees/,
    );
    const stream = detector.stream([new Float32Array(9)], { sampleRate: 0, windowSeconds: 1 });
    await expect(collect(stream)).rejects.toThrow(/expected a sample rate of 1000 to/);
  });

  // Rates that are kept, halved, of a long fraction, and raised.
  it.each([16_000, 32_000, 44_100, 48_000, 8_000])(
    'streams the windows of a recording at %i Hz',
    async (sampleRate) => {
      const waveform = recording(5.3, sampleRate);
      const windows = { windowSeconds: 1, hopSeconds: 0.4 };
      const whole = await detector.scoreRecording({ waveform, sampleRate }, windows);
      const live = await collect(detector.stream(chunksOf(waveform, 1001), { sampleRate, ...windows }));
      expect(live.map(({ start, end, label }) => ({ start, end, label }))).toEqual(
        whole.windows.map(({ start, end, label }) => ({ start, end, label })),
      );
      // A recording's windows are scored four at a time, whose sums the engine may add in another order.
      for (const [i, { score }] of live.entries()) expectNear(score, whole.windows[i].score, 2e-6);
      const { llr, probability } = live[0];
      expect([typeof llr, typeof probability]).toEqual(['number', 'number']);
    },
  );

  it('streams each window as soon as it can be heard', async () => {
    const sampleRate = 48_000;
    const waveform = recording(3, sampleRate);
    let given = 0;
    const microphone = (async function* () {
      for await (const chunk of chunksOf(waveform, 480)) {
        given += chunk.length / sampleRate;
        yield chunk;
      }
    })();
    const delays: number[] = [];
    for await (const { end } of detector.stream(microphone, { sampleRate, windowSeconds: 1, hopSeconds: 0.5 })) {
      delays.push(given - end);
    }
    expect(delays).toHaveLength(5);
    for (const delay of delays) expect(delay).toBeLessThan(0.2);
  });

  it('stops between windows, clips and chunks where it is told to, and closes what it read from', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const seen: WindowScore[] = [];
    let isClosed = false;
    const endless = (async function* () {
      try {
        for (;;) yield recording(1, 16_000);
      } finally {
        isClosed = true;
      }
    })();
    const streaming = async () => {
      const options = { sampleRate: 16_000, windowSeconds: 1, signal: stop.signal };
      for await (const window of detector.stream(endless, options)) {
        seen.push(window);
        if (seen.length === 3) stop.abort(reason);
      }
    };
    await expect(streaming()).rejects.toBe(reason);
    expect([seen.length, isClosed]).toEqual([3, true]);

    const { signal } = stop;
    await expect(detector.score(LONG, { signal })).rejects.toBe(reason);
    await expect(collect(detector.scoreAll([LONG], { signal }))).rejects.toBe(reason);
    const later = new AbortController();
    const onProgress = () => later.abort(reason);
    const scoring = detector.scoreRecording(LONG, { windowSeconds: 1, signal: later.signal, onProgress });
    await expect(scoring).rejects.toBe(reason);
  });

  it('gives everything back, and says so to who still asks', async () => {
    const before = tf.memory().numTensors;
    const { waveform } = await readAudio(LONG);
    {
      await using second = await openDetector();
      expect(tf.memory().numTensors).toBeGreaterThan(before);
      const clip = { waveform: waveform.subarray(0, 32_000), sampleRate: 16_000 };
      // Twice: the second time it is recorded.
      for (let i = 0; i < 2; i++) await second.score(clip);
      expect((await second.score(clip)).score).toBeCloseTo((await detector.score(clip)).score, 5);
      await collect(second.stream([clip.waveform], { sampleRate: 16_000, windowSeconds: 1 }));
      second.dispose();
      const closed = /expected an open detector, got one that was disposed of/;
      await expect(second.score(clip)).rejects.toThrow(closed);
      await expect(collect(second.scoreAll([clip]))).rejects.toThrow(closed);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
