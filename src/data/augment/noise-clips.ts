/** A folder of noise recordings, decoded as they are asked for and kept while there is room. */
import { join } from 'node:path';
import { AudioError, ConfigError } from '../../runtime/errors.js';
import type { Random } from '../../runtime/random.js';
import { readAudio } from '../audio.js';
import { listAudio } from '../audio-files.js';

/** The recordings of a folder. */
export interface NoiseClips {
  /** One of them, all equally likely; to be read, not written. */
  pick(random: Random): Promise<Float32Array>;
}

/** 64 MiB of samples, 17 minutes at 16 kHz: enough for the usual collections, little beside a model. */
const DEFAULT_ROOM = 2 ** 24;

/**
 * Lists the recordings in and below `directory`; the least recently used ones are decoded anew once they no longer fit.
 *
 * @param sampleRate Hz, of the clips handed out
 * @param room how many samples are kept
 * @throws DataError where the folder can't be listed
 * @throws ConfigError where it holds no audio
 */
export function openNoiseClips(directory: string, sampleRate: number, room: number = DEFAULT_ROOM): NoiseClips {
  const names = listAudio(directory, 'beneath');
  if (names.length === 0)
    throw new ConfigError(`noise: expected recordings in ${directory}, found none; check the path`);
  const kept = new Map<string, Float32Array>();
  let nKept = 0;

  return {
    async pick(random) {
      const path = join(directory, names[random.integer(names.length)]);
      const clip = kept.get(path) ?? (await decoded(path, sampleRate));
      if (!kept.has(path)) nKept += clip.length;
      // A map keeps the order of insertion: what was used last stands at the end.
      kept.delete(path);
      kept.set(path, clip);
      for (const [oldest, samples] of kept) {
        if (nKept <= room) break;
        kept.delete(oldest);
        nKept -= samples.length;
      }
      return clip;
    },
  };
}

async function decoded(path: string, sampleRate: number): Promise<Float32Array> {
  const { waveform } = await readAudio(path, { sampleRate });
  if (waveform.length === 0) throw new AudioError(`${path}: expected noise, got no samples; remove the file`);
  return waveform;
}
