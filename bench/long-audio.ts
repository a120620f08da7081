/**
 * An hour of audio through LCNN, in windows as long as it sees, half a window apart: how many times faster than it plays, and
 * the most memory that the process ever held. WAV at 16 kHz, and MP3 at 44.1 kHz, which has to be decoded and resampled.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMp3Encoder } from 'wasm-media-encoders';
import { SAMPLE_RATE } from '../src/data/audio.js';
import { encodeWav } from '../src/data/wav-file.js';
import { loadDetector } from '../src/inference/detector.js';
import { scoreRecording } from '../src/inference/score-recording.js';
import { startEngine } from '../src/runtime/engine.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import { createRandom } from '../src/runtime/random.js';
import type { Benchmark } from './main.js';
import { timed } from './support/comparison.js';
import { writeFreshCheckpoint } from './support/fresh-checkpoint.js';

const MINUTES = 60;
/** How many times real time, and how many MiB at most. */
const BARS = { speed: 20, memory: 600 };

/** An hour of WAV, and an hour of MP3. */
export const benchmark: Benchmark = async (say, note) => {
  const directory = mkdtempSync(join(tmpdir(), 'voiceproof-long-audio-'));
  const engine = await startEngine({ engine: 'native', purpose: 'inference', device: 'cpu', logger: silentLogger });
  try {
    const checkpoint = join(directory, 'lcnn');
    writeFreshCheckpoint(checkpoint, 'lcnn', engine);
    const detector = loadDetector(checkpoint);
    note(`${engine.source}, ${detector.nParameters} parameters`);
    const rows = [];
    for (const [kind, sampleRate] of [
      ['wav', 16_000],
      ['mp3', 44_100],
    ] as const) {
      const path = join(directory, `hour.${kind}`);
      await writeHour(path, kind, sampleRate);
      say(`an hour of ${kind} at ${sampleRate} Hz ...`);
      let nWindows = 0;
      const seconds = await timed(async () => {
        const result = await scoreRecording(detector, path, { windowSeconds: detector.nSamples / SAMPLE_RATE });
        if ('error' in result) throw new VoiceproofError(result.error);
        nWindows = result.windows.length;
      });
      const rate = (60 * MINUTES) / seconds;
      note(`${kind}: ${nWindows} windows in ${seconds.toFixed(1)} s`);
      rows.push(
        row(`times real time, ${kind} at ${sampleRate} Hz; peer: the bar`, rate, BARS.speed, rate / BARS.speed),
      );
    }
    const peak = process.resourceUsage().maxRSS / 1024;
    rows.push(row('MiB at most; peer: the bar', peak, BARS.memory, BARS.memory / peak));
    detector.dispose();
    return rows;
  } finally {
    engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

function row(name: string, ours: number, peer: number, ratio: number) {
  return { name, ours, peer, ratio, bar: 1, spread: [ratio, ratio] as const };
}

/** A minute of noise that comes and goes, over and over. */
async function writeHour(path: string, kind: 'wav' | 'mp3', sampleRate: number): Promise<void> {
  const random = createRandom('long-audio');
  const minute = Float32Array.from({ length: 60 * sampleRate }, (_, i) => {
    return 0.3 * Math.sin((2 * Math.PI * i) / sampleRate) ** 2 * (2 * random.uniform() - 1);
  });
  const file = openSync(path, 'w');
  if (kind === 'wav') {
    const bytes = Buffer.from(encodeWav(minute, sampleRate, 'pcm16'));
    const data = bytes.subarray(44);
    bytes.writeUInt32LE(36 + MINUTES * data.length, 4);
    bytes.writeUInt32LE(MINUTES * data.length, 40);
    writeSync(file, bytes.subarray(0, 44));
    for (let i = 0; i < MINUTES; i++) writeSync(file, data);
  } else {
    const encoder = await createMp3Encoder();
    encoder.configure({ channels: 1, sampleRate, bitrate: 64 });
    for (let i = 0; i < MINUTES; i++) writeSync(file, encoder.encode([minute]));
    writeSync(file, encoder.finalize());
  }
  closeSync(file);
}
