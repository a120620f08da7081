/**
 * Memory of the loader over many clips: the bundled corpus again and again under new names, decoded, augmented and
 * featurised on threads. Memory must not grow with the number of clips.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLoader } from '../src/data/loader.js';
import type { Trial } from '../src/data/trial.js';
import type { Logger } from '../src/runtime/logger.js';

const CORPUS = fileURLToPath(new URL('../corpus/', import.meta.url));

/** Resident memory of the process, threads included, in MiB. */
export interface MemoryFigures {
  readonly nClips: number;
  readonly clipsPerSecond: number;
  /** Median over the second tenth of the clips, when threads, tables and pools are there. */
  readonly earlyMiB: number;
  /** Median over the last tenth. */
  readonly lateMiB: number;
  readonly peakMiB: number;
}

/**
 * Runs one epoch of `nClips` clips through a loader.
 *
 * @param workers threads
 */
export async function measureLoaderMemory(nClips: number, workers: number, logger: Logger): Promise<MemoryFigures> {
  const loader = createLoader({
    trials: bundledTrials(nClips),
    feature: { type: 'lfcc' },
    nSamples: 64_000,
    mode: 'train',
    augment: [
      { type: 'noise', kind: 'recorded', directory: join(CORPUS, 'noise'), snrDb: [5, 20], probability: 0.3 },
      { type: 'time-shift', probability: 0.3 },
    ],
    seed: 1,
    batchSize: 32,
    workers,
    logger,
  });
  const samples: number[] = [];
  const progress = logger.progress('clips', nClips);
  const start = performance.now();
  for await (const { indices } of loader.batches(0)) {
    samples.push(process.memoryUsage.rss() / 2 ** 20);
    progress.update(samples.length * indices.length, `${samples.at(-1)?.toFixed(0)} MiB`);
  }
  const seconds = (performance.now() - start) / 1000;
  progress.end();
  await loader.close();
  const share = (from: number, to: number) => samples.slice(samples.length * from, Math.ceil(samples.length * to));
  return {
    nClips,
    clipsPerSecond: nClips / seconds,
    earlyMiB: median(share(0.1, 0.2)),
    lateMiB: median(share(0.9, 1)),
    peakMiB: Math.max(...samples),
  };
}

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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
