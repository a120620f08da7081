/** What is named to be scored, as single files. */
import { basename, join } from 'node:path';
import { isFolder, listAudio, utteranceOf } from '../data/audio-files.js';
import type { Trial } from '../data/trial.js';
import { DataError } from '../runtime/errors.js';

/** A file to be scored. */
export interface ScoreInput {
  readonly path: string;
  /** Its name in score files. */
  readonly utterance: string;
  /** What a protocol says of it. */
  readonly trial?: Trial;
}

/**
 * Files as they are, and the audio files anywhere beneath folders, in order.
 *
 * @throws DataError where a folder holds none
 */
export function expandInputs(paths: readonly string[]): ScoreInput[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [{ path, utterance: utteranceOf(basename(path)) }];
    const found = listAudio(path, 'beneath');
    if (found.length === 0) {
      throw new DataError(`${path}: expected audio files anywhere beneath it, got none; check the path`);
    }
    return found.map((below) => ({ path: join(path, below), utterance: utteranceOf(below) }));
  });
}

/** The clips of a protocol. */
export function inputsOfTrials(trials: readonly Trial[]): ScoreInput[] {
  return trials.map((trial) => ({ path: trial.path, utterance: trial.utterance, trial }));
}
