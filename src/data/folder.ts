/**
 * Corpora without a protocol: clips in folders called `real` and `fake`, or by any other word for the two classes,
 * anywhere beneath one folder.
 */
import { join } from 'node:path';
import { ConfigError } from '../runtime/errors.js';
import { listAudio, utteranceOf } from './audio-files.js';
import { labelOf } from './label.js';
import type { ProblemKind, ProblemList } from './problems.js';
import { subsetName } from './protocol.js';
import { SPLIT_NAMES } from './split.js';
import type { Label, Trial } from './trial.js';

/** The clips of a folder. */
export interface FolderClips {
  /** Sorted by path; utterances are paths below the folder, without extension. */
  readonly trials: readonly Trial[];
  /** `train`, `dev` or `eval` of each trial where every clip lies in a folder of such a name, else `undefined`. */
  readonly subsets: readonly string[] | undefined;
  /** How many audio files lie in neither class's folders; they are left out. */
  readonly nUnlabelled: number;
}

const BOTH_CLASSES: ProblemKind = {
  one: 'clip in folders of both classes',
  many: 'clips in folders of both classes',
  remedy: 'give every clip one class folder above it',
};
const DUPLICATE: ProblemKind = {
  one: 'clip in two formats',
  many: 'clips in two formats',
  remedy: 'keep one file a clip',
};
const NO_SPEAKER: ProblemKind = {
  one: 'clip without a speaker',
  many: 'clips without a speaker',
  remedy: 'data.speakers must tell the speaker of every clip',
};
const SPLITS: ReadonlySet<string> = new Set(SPLIT_NAMES);

/**
 * Lists the clips beneath `folder`; links are followed, in circles too.
 *
 * @param speakers how speakers are known: not at all (`undefined`), by the folder that holds the clip (`folder`), or by
 *   the first group of a regular expression that is matched with the path below the folder
 * @param problems gets clips with two classes, without a speaker where speakers are asked for, and in two formats
 * @throws DataError where the folder can't be read
 * @throws ConfigError where `speakers` is no regular expression
 */
export function readFolder(folder: string, speakers: string | undefined, problems: ProblemList): FolderClips {
  const speakerOf = speakerRule(speakers);
  const trials: Trial[] = [];
  const subsets: string[] = [];
  const known = new Map<string, string>();
  let nUnlabelled = 0;
  for (const path of listAudio(folder, 'beneath')) {
    const folders = path.split('/').slice(0, -1);
    const labels = new Set(folders.map(labelOf).filter((label) => label !== undefined));
    const [label] = labels;
    if (label === undefined) {
      nUnlabelled++;
      continue;
    }
    if (labels.size > 1) problems.add(folder, BOTH_CLASSES, path);
    const utterance = utteranceOf(path);
    const twin = known.get(utterance);
    if (twin !== undefined) problems.add(folder, DUPLICATE, `${twin} and ${path}`);
    known.set(utterance, path);
    const speaker = speakerOf(path, folders);
    if (speakers !== undefined && speaker === undefined) problems.add(folder, NO_SPEAKER, path);
    trials.push(trialOf(utterance, join(folder, path), label, speaker));
    const subset = folders.map(subsetName).find((name) => SPLITS.has(name));
    if (subset !== undefined) subsets.push(subset);
  }
  return { trials, subsets: subsets.length === trials.length ? subsets : undefined, nUnlabelled };
}

function trialOf(utterance: string, path: string, label: Label, speaker: string | undefined): Trial {
  return speaker === undefined ? { utterance, path, label } : { utterance, path, label, speaker };
}

function speakerRule(speakers: string | undefined): (path: string, folders: readonly string[]) => string | undefined {
  if (speakers === undefined) return () => undefined;
  if (speakers === 'folder') {
    return (_, folders) => {
      const holder = folders.at(-1) as string;
      return labelOf(holder) === undefined && !SPLITS.has(subsetName(holder)) ? holder : undefined;
    };
  }
  let pattern: RegExp;
  try {
    pattern = new RegExp(speakers);
  } catch (error) {
    throw new ConfigError(
      `data.speakers: expected "folder" or a regular expression whose first group is the speaker, got "${speakers}"`,
      { cause: error },
    );
  }
  return (path) => pattern.exec(path)?.[1];
}
