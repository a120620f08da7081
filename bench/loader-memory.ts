/**
 * Memory of the loader over many clips: the bundled corpus again and again under new names, decoded, augmented and
 * featurised on threads. Memory must not grow with the number of clips.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLoader } from '../src/data/loader.js';
import type { Trial } from '../src/data/trial.js';
import { silentLogger } from '../src/runtime/logger.js';
import { PROJECT_ROOT } from '../src/runtime/project-root.js';
import type { Benchmark } from './main.js';
import { quantile } from './support/comparison.js';

const CORPUS = join(PROJECT_ROOT, 'corpus');
const N_CLIPS = 50_000;
/** Share of the early memory in the late: below it, memory has grown. */
const BAR = 0.95;

/** Resident memory of the process, threads included, early and late in an epoch of 50,000 clips. */
export const benchmark: Benchmark = async (say) => {
  const loader = createLoader({
    trials: bundledTrials(N_CLIPS),
    feature: { type: 'lfcc' },
    nSamples: 64_000,
    mode: 'train',
    augment: [
      { type: 'noise', kind: 'recorded', directory: join(CORPUS, 'noise'), snrDb: [5, 20], probability: 0.3 },
      { type: 'time-shift', probability: 0.3 },
    ],
    seed: 1,
    batchSize: 32,
    workers: 2,
    logger: silentLogger,
  });
  const samples: number[] = [];
  for await (const { indices } of loader.batches(0)) {
    samples.push(process.memoryUsage.rss() / 2 ** 20);
    if (samples.length % 50 === 0) say(`${samples.length * indices.length} clips, ${samples.at(-1)?.toFixed(0)} MiB`);
  }
  await loader.close();
  const share = (from: number, to: number) =>
    quantile(samples.slice(samples.length * from, Math.ceil(samples.length * to)), 0.5);
  // The first tenth fills threads, tables and pools.
  const [early, late] = [share(0.1, 0.2), share(0.9, 1)];
  const ratio = early / late;
  return [{ name: 'MiB late; peer: MiB early', ours: late, peer: early, ratio, bar: BAR, spread: [ratio, ratio] }];
};

/** As many trials as asked for: the clips of the bundled corpus, over and over, each time under another name. */
function bundledTrials(nClips: number): Trial[] {
  const paths = ['train', 'dev', 'eval'].flatMap((split) => {
    const folder = join(CORPUS, `ASVspoof2019_LA_${split}`, 'flac');
    return readdirSync(folder).map((name) => join(folder, name));
  });
  return Array.from({ length: nClips }, (_, i) => ({
    utterance: `clip-${i}`,
    path: paths[i % paths.length],
    label: i % 2 === 0 ? 'bonafide' : 'spoof',
  }));
}
