/** Recordings to disturb clips with, of noise or of rooms: decoded as they are asked for, kept while there is room. */
import { join } from 'node:path';
import { AudioError, ConfigError } from '../../runtime/errors.js';
import type { Random } from '../../runtime/random.js';
import { readAudio } from '../audio.js';
import { listAudio } from '../audio-files.js';

/** Some recordings. */
export interface Recordings {
  /** One of them, all equally likely; to be read, not written. */
  pick(random: Random): Promise<Float32Array>;
}

/** 64 MiB of samples, 17 minutes at 16 kHz: enough for the usual collections, little beside a model. */
const DEFAULT_ROOM = 2 ** 24;

/**
 * The recordings at `paths`; the least recently used ones are decoded anew once they no longer fit.
 *
 * @param paths at least one
 * @param sampleRate Hz, of what is handed out
 * @param room how many samples are kept
 */
export function openRecordings(paths: readonly string[], sampleRate: number, room: number = DEFAULT_ROOM): Recordings {
  const kept = new Map<string, Float32Array>();
  let nKept = 0;

  return {
    async pick(random) {
      const path = paths[random.integer(paths.length)];
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

/**
 * Absolute paths of the recordings in and below a folder.
 *
 * @param where names the augmentation in errors
 * @throws ConfigError where there are none
 * @throws DataError where the folder can't be listed
 */
export function listRecordings(where: string, directory: string): readonly string[] {
  const paths = listAudio(directory, 'beneath').map((name) => join(directory, name));
  if (paths.length === 0) {
    throw new ConfigError(`${where}: expected recordings in ${directory}, found none; name a directory`);
  }
  return paths;
}

async function decoded(path: string, sampleRate: number): Promise<Float32Array> {
  const { waveform } = await readAudio(path, { sampleRate });
  if (waveform.length === 0) throw new AudioError(`${path}: expected a recording, got no samples; remove the file`);
  return waveform;
}
