/**
 * An hour of audio through LCNN, in windows as long as it sees, half a window apart: how many times faster than it plays, and
 * the most memory that its process ever held. WAV at 16 kHz, and MP3 at 44.1 kHz, which has to be decoded and resampled.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMp3Encoder } from 'wasm-media-encoders';
import { encodeWav } from '../src/data/wav-file.js';
import { startEngine } from '../src/runtime/engine.js';
import { silentLogger } from '../src/runtime/logger.js';
import { createRandom } from '../src/runtime/random.js';
import type { Benchmark } from './main.js';
import { writeFreshCheckpoint } from './support/fresh-checkpoint.js';
import type { RecordingWork } from './support/recording-work.js';

const MINUTES = 60;
/** How many times real time, how many MiB at most, and which share of the memory the first ten minutes have. */
const BARS = { speed: 20, memory: 600, early: 0.95 };

/** An hour of WAV, and an hour of MP3, each scored by a process of its own. */
export const benchmark: Benchmark = async (say, note) => {
  const directory = mkdtempSync(join(tmpdir(), 'voiceproof-long-audio-'));
  const checkpoint = join(directory, 'lcnn');
  try {
    const engine = await startEngine({ engine: 'native', purpose: 'inference', device: 'cpu', logger: silentLogger });
    note(engine.source);
    try {
      await writeFreshCheckpoint(checkpoint, 'lcnn', engine);
    } finally {
      engine.close();
    }
    const rows = [];
    for (const [kind, sampleRate] of [
      ['wav', 16_000],
      ['mp3', 44_100],
    ] as const) {
      const path = join(directory, `hour.${kind}`);
      await writeHour(path, kind, sampleRate);
      const name = `${kind} at ${sampleRate} Hz`;
      say(`an hour of ${name} ...`);
      const { nWindows, seconds, loadedPeak, earlyPeak, peak } = scoreInProcess(checkpoint, path);
      const speed = (60 * MINUTES) / seconds;
      note(
        `${name}: ${nWindows} windows in ${seconds.toFixed(1)} s; ${loadedPeak.toFixed(0)} MiB at most before the first`,
      );
      rows.push(
        row(`times real time, ${name}; peer: the bar`, speed, BARS.speed, speed / BARS.speed),
        row(`MiB at most, ${name}; peer: the bar`, peak, BARS.memory, BARS.memory / peak),
        row(`MiB at most, ${name}; peer: of its first ten minutes`, peak, earlyPeak, earlyPeak / peak, BARS.early),
      );
    }
    return rows;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

function scoreInProcess(checkpoint: string, path: string): RecordingWork {
  const script = fileURLToPath(new URL('./support/recording-work.js', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, checkpoint, path], { encoding: 'utf8' })) as RecordingWork;
}

function row(name: string, ours: number, peer: number, ratio: number, bar = 1) {
  return { name, ours, peer, ratio, bar, spread: [ratio, ratio] as const };
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
