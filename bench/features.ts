/**
 * Features beside librosa's: from decoded audio on one core and on two, and from files on two. Rates are clips of four
 * seconds per second, so a ratio of 2 is twice the throughput. On two cores ours are two threads, and librosa's two
 * processes.
 */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { readAudio } from '../src/data/audio.js';
import { toFixedLength } from '../src/data/fixed-length.js';
import { createLoader } from '../src/data/loader.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import { encodeNpy } from '../src/runtime/npy.js';
import { PROJECT_ROOT } from '../src/runtime/project-root.js';
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, timed } from './support/comparison.js';
import type { FeatureResult, FeatureTask } from './support/feature-thread.js';
import { type PythonPeer, preparePython, startPeer } from './support/python-peer.js';

const SAMPLE_RATE = 16000;
const N_SAMPLES = 4 * SAMPLE_RATE;
const CORPUS = join(PROJECT_ROOT, 'corpus/ASVspoof2019_LA_dev/flac');
/** A feature that both sides compute. */
interface Race {
  readonly type: string;
  /** The ratio to reach. */
  readonly bar: number;
  /** How far the mean of all values may be from the peer's. */
  readonly tolerance: number;
  readonly timesPerRound: number;
}

/** Ours is the constant-Q transform by its definition; librosa's resamples, which changes the levels of weak bins. */
const RACES: readonly Race[] = [
  { type: 'log-mel', bar: 1.5, tolerance: 1e-3, timesPerRound: 40 },
  { type: 'mfcc', bar: 1.5, tolerance: 1e-3, timesPerRound: 40 },
  { type: 'lfcc', bar: 1.5, tolerance: 1e-3, timesPerRound: 40 },
  { type: 'cqt', bar: 1, tolerance: 1, timesPerRound: 10 },
];
/** Of decoding WAV files and log-mel. FLAC has none: the figure is reported. */
const BAR_WAV = 1;
const N_ROUNDS = 15;
const N_FILES = 64;
const N_FILE_ROUNDS = 7;
const N_CORES = 2;

/** Features beside librosa. */
export const benchmark: Benchmark = async (say) => {
  const python = preparePython('features', say);
  const folder = mkdtempSync(join(tmpdir(), 'voiceproof-bench-'));
  const peers = Array.from({ length: N_CORES }, () => startPeer(python, 'features.py'));
  try {
    say(await peers[0].ask<string>({ action: 'describe' }));
    const sources = readdirSync(CORPUS)
      .sort()
      .slice(0, N_FILES)
      .map((name) => join(CORPUS, name));
    const first = await readAudio(sources[0]);
    const waveform = toFixedLength(first.waveform, N_SAMPLES);
    const path = join(folder, 'waveform.npy');
    writeFileSync(path, encodeNpy({ shape: [N_SAMPLES], data: waveform }));

    const rows: TimedComparison[] = [];
    for (const race of RACES) {
      for (const nCores of [1, N_CORES]) {
        say(`${race.type}, cores: ${nCores} ...`);
        rows.push(await compareFromAudio(race, waveform, path, peers.slice(0, nCores)));
      }
    }
    const clips = sources.map((source, i) => ({
      source,
      targets: ['wav', 'flac'].map((extension) => join(folder, `${i}.${extension}`)),
    }));
    await peers[0].ask({ action: 'write', clips, nSamples: N_SAMPLES });
    for (const [index, extension] of ['wav', 'flac'].entries()) {
      say(`decoding and log-mel, ${extension} ...`);
      const paths = clips.map(({ targets }) => targets[index]);
      rows.push(await compareFromFiles(extension.toUpperCase(), paths, index === 0 ? BAR_WAV : null, peers));
    }
    return rows;
  } finally {
    for (const peer of peers) peer.close();
    rmSync(folder, { recursive: true });
  }
};

async function compareFromAudio(
  { type, bar, tolerance, timesPerRound }: Race,
  waveform: Float32Array,
  path: string,
  peers: readonly PythonPeer[],
): Promise<TimedComparison> {
  const task: FeatureTask = { type, sampleRate: SAMPLE_RATE, waveform };
  const threads = peers.map(
    () => new Worker(new URL('./support/feature-thread.js', import.meta.url), { workerData: task }),
  );
  const compute = async (thread: Worker, times: number): Promise<FeatureResult> => {
    thread.postMessage(times);
    const [result] = (await once(thread, 'message')) as [FeatureResult];
    return result;
  };
  const computeThere = (peer: PythonPeer, times: number): Promise<FeatureResult> =>
    peer.ask({ action: 'compute', type, waveform: path, times });

  try {
    // A race between two different computations would say nothing.
    const ours = await compute(threads[0], 1);
    const theirs = await computeThere(peers[0], 1);
    if (ours.size !== theirs.size || Math.abs(ours.sum - theirs.sum) > tolerance * ours.size) {
      throw new VoiceproofError(`bench: ${type}: expected equal features, got sums ${ours.sum} and ${theirs.sum}`);
    }
    return await compare({
      name: `${type}, clips/s on ${peers.length === 1 ? 'one core' : `${peers.length} cores`}`,
      units: timesPerRound * peers.length,
      rounds: N_ROUNDS,
      bar,
      ours: () => timed(async () => void (await Promise.all(threads.map((thread) => compute(thread, timesPerRound))))),
      peer: () => timed(async () => void (await Promise.all(peers.map((peer) => computeThere(peer, timesPerRound))))),
    });
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

async function compareFromFiles(
  container: string,
  paths: readonly string[],
  bar: number | null,
  peers: readonly PythonPeer[],
): Promise<TimedComparison> {
  const loader = createLoader({
    trials: paths.map((path, i) => ({ utterance: String(i), path, label: 'spoof' })),
    feature: { type: 'log-mel' },
    nSamples: N_SAMPLES,
    mode: 'eval',
    seed: 0,
    batchSize: 4,
    workers: N_CORES,
    logger: silentLogger,
  });
  try {
    return await compare({
      name: `${container} files to log-mel, clips/s on ${N_CORES} cores`,
      units: paths.length,
      rounds: N_FILE_ROUNDS,
      bar,
      ours: () =>
        timed(async () => {
          for await (const batch of loader.batches(0)) if (batch.shape[0] === 0) throw new VoiceproofError('no batch');
        }),
      peer: () =>
        timed(async () => {
          const share = (place: number) => paths.filter((_, i) => i % peers.length === place);
          await Promise.all(peers.map((peer, place) => peer.ask({ action: 'files', paths: share(place) })));
        }),
    });
  } finally {
    await loader.close();
  }
}
