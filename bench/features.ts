/**
 * Features beside librosa's: per core from decoded audio, and from files with two cores. Rates are clips of four seconds
 * per second, so a ratio of 2 is twice the throughput.
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
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, timed } from './support/comparison.js';
import type { FeatureResult, FeatureTask } from './support/feature-thread.js';
import { ROOT } from './support/project-root.js';
import { type PythonPeer, preparePython, startPeer } from './support/python-peer.js';

const SAMPLE_RATE = 16000;
const N_SAMPLES = 4 * SAMPLE_RATE;
const CORPUS = join(ROOT, 'corpus/ASVspoof2019_LA_dev/flac');
/** Bars of docs: one core from decoded audio, and two cores from WAV files. FLAC has none: the figure is reported. */
const BAR_PER_CORE = 1.5;
const BAR_WAV = 1;
const TIMES_PER_ROUND = 40;
const N_ROUNDS = 15;
const N_FILES = 64;
const N_FILE_ROUNDS = 7;
const N_WORKERS = 2;

/** Log-mel and LFCC beside librosa. */
export const benchmark: Benchmark = async (say) => {
  const python = preparePython('features', say);
  const folder = mkdtempSync(join(tmpdir(), 'voiceproof-bench-'));
  const peers = Array.from({ length: N_WORKERS }, () => startPeer(python, 'features.py'));
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
    for (const type of ['log-mel', 'lfcc']) {
      say(`${type} ...`);
      rows.push(await compareOnOneCore(type, waveform, path, peers[0]));
    }
    const clips = sources.map((source, i) => ({
      source,
      targets: ['wav', 'flac'].map((extension) => join(folder, `${i}.${extension}`)),
    }));
    await peers[0].ask({ action: 'write', clips, nSamples: N_SAMPLES });
    for (const [index, extension] of ['wav', 'flac'].entries()) {
      say(`decoding and log-mel, ${extension} ...`);
      const paths = clips.map(({ targets }) => targets[index]);
      rows.push(await compareOnTwoCores(extension.toUpperCase(), paths, index === 0 ? BAR_WAV : null, peers));
    }
    return rows;
  } finally {
    for (const peer of peers) peer.close();
    rmSync(folder, { recursive: true });
  }
};

async function compareOnOneCore(
  type: string,
  waveform: Float32Array,
  path: string,
  peer: PythonPeer,
): Promise<TimedComparison> {
  const task: FeatureTask = { type, sampleRate: SAMPLE_RATE, waveform };
  const thread = new Worker(new URL('./support/feature-thread.js', import.meta.url), { workerData: task });
  const compute = async (times: number): Promise<FeatureResult> => {
    thread.postMessage(times);
    const [result] = (await once(thread, 'message')) as [FeatureResult];
    return result;
  };
  const computeThere = (times: number): Promise<FeatureResult> =>
    peer.ask({ action: 'compute', type, waveform: path, times });

  try {
    // A race between two different computations would say nothing.
    const ours = await compute(1);
    const theirs = await computeThere(1);
    if (ours.size !== theirs.size || Math.abs(ours.sum - theirs.sum) > 1e-3 * ours.size) {
      throw new VoiceproofError(`bench: ${type}: expected equal features, got sums ${ours.sum} and ${theirs.sum}`);
    }
    return await compare({
      name: `${type}, clips/s on one core`,
      units: TIMES_PER_ROUND,
      rounds: N_ROUNDS,
      bar: BAR_PER_CORE,
      ours: async () => (await compute(TIMES_PER_ROUND)).seconds,
      peer: async () => (await computeThere(TIMES_PER_ROUND)).seconds,
    });
  } finally {
    await thread.terminate();
  }
}

async function compareOnTwoCores(
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
    workers: N_WORKERS,
    logger: silentLogger,
  });
  try {
    return await compare({
      name: `${container} files to log-mel, clips/s on ${N_WORKERS} cores`,
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
