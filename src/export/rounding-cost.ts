/** What rounded weights cost: equal error rates of a checkpoint and of its export on the same clips. */
import { readAudio } from '../data/audio.js';
import { openCorpus } from '../data/corpus.js';
import type { CorpusOptions } from '../data/corpus-options.js';
import type { Label, Trial } from '../data/trial.js';
import { readRunConfig } from '../experiment/checkpoint.js';
import type { RoundingCost } from '../experiment/export-manifest.js';
import { loadDetector } from '../inference/detector.js';
import { loadExported } from '../inference/exported-scorer.js';
import type { Scorer } from '../inference/scorer.js';
import { computeEer } from '../metrics/eer.js';
import { ConfigError, DataError } from '../runtime/errors.js';
import { silentLogger } from '../runtime/logger.js';

/** Clips of each class that are scored at most, evenly over the set: half a point is then one clip of a class. */
const MAX_CLIPS = 200;
const LABELS: readonly Label[] = ['bonafide', 'spoof'];

/**
 * Scores the dev set of a checkpoint with it and with its export.
 *
 * @param directory of the export, with its manifest
 * @returns null where the dev set is not at hand
 * @throws CheckpointError where one of the two can't be read; AudioError where a clip can't
 */
export async function measureRounding(checkpoint: string, directory: string): Promise<RoundingCost | null> {
  const { data } = (await readRunConfig(checkpoint)).config;
  const set = data.parquet === undefined ? await devSet(data) : undefined;
  if (set === undefined) return null;
  const { corpus, trials } = set;
  const whole = await loadDetector(checkpoint);
  try {
    const rounded = await loadExported(directory);
    try {
      const pairs: { readonly label: Label; readonly scores: readonly number[] }[] = [];
      for (const { label, path } of trials) {
        const { waveform } = await readAudio(path);
        const scores = [await scoreOf(whole, waveform), await scoreOf(rounded, waveform)];
        pairs.push({ label, scores });
      }
      const eerOf = (which: number) => {
        const those = (wanted: Label) =>
          pairs.flatMap(({ label, scores }) => (label === wanted ? [scores[which]] : []));
        return computeEer(those('bonafide'), those('spoof')).eer;
      };
      return { corpus, nClips: pairs.length, eer: eerOf(0), roundedEer: eerOf(1) };
    } finally {
      rounded.dispose();
    }
  } finally {
    whole.dispose();
  }
}

async function devSet(
  options: CorpusOptions,
): Promise<{ readonly corpus: string; readonly trials: readonly Trial[] } | undefined> {
  try {
    const { name, dev } = await openCorpus(options, { logger: silentLogger, cacheDirectory: undefined });
    const trials = LABELS.flatMap((label) => {
      const all = dev.filter((trial) => trial.label === label);
      const n = Math.min(MAX_CLIPS, all.length);
      return Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]);
    });
    return { corpus: name, trials };
  } catch (error) {
    // A checkpoint may be exported where the clips that it was trained on are not.
    if (error instanceof DataError || error instanceof ConfigError) return undefined;
    throw error;
  }
}

async function scoreOf(scorer: Scorer, waveform: Float32Array): Promise<number> {
  return (await scorer.scoreAll([waveform]))[0].score;
}
