/** Where the ASVspoof challenges keep protocols and audio below the folder that their archives unpack to. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, DataError, messageOf, systemCodeOf } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { isFolder } from './audio-files.js';
import { SPLIT_NAMES, type SplitName } from './split.js';

/** A protocol and the folders that hold its clips. */
export interface SplitFiles {
  readonly protocol: string;
  readonly audio: readonly string[];
}

/** What was found below a root. */
export interface CorpusFiles {
  readonly train: SplitFiles;
  readonly dev: SplitFiles;
  readonly eval: SplitFiles | undefined;
}

/** One challenge's way of naming things. */
interface Layout {
  readonly name: string;
  /** Names of the protocol of a split, preferred first. */
  readonly protocols: (split: SplitName) => readonly RegExp[];
  /** Folders below the root where a split's audio may lie, preferred first. */
  readonly audio: (split: SplitName) => readonly string[];
}

const SUFFIX = { train: 'trn', dev: 'trl', eval: 'trl' } as const;
const ASVSPOOF5_AUDIO = {
  train: ['flac_T', 'ASVspoof5_train/flac_T'],
  dev: ['flac_D', 'ASVspoof5_dev/flac_D'],
  eval: ['flac_E_eval', 'flac_E', 'ASVspoof5_eval/flac_E_eval'],
} as const;

const LAYOUTS: readonly Layout[] = [
  ...['LA', 'PA'].map((track) => ({
    name: `ASVspoof 2019 ${track}`,
    protocols: (split: SplitName) => [
      new RegExp(`^ASVspoof2019\\.${track}\\.cm\\.${split}\\.${SUFFIX[split]}\\.txt$`, 'i'),
    ],
    audio: (split: SplitName) => ['flac', 'wav', ''].map((folder) => `ASVspoof2019_${track}_${split}/${folder}`),
  })),
  {
    name: 'ASVspoof 2017',
    protocols: (split) => [new RegExp(`^ASVspoof2017(_V2)?_${split}\\.${SUFFIX[split]}\\.txt$`, 'i')],
    audio: (split) => [`ASVspoof2017_V2_${split}`, `ASVspoof2017_${split}`, 'wav', ''],
  },
  {
    name: 'ASVspoof 5',
    protocols: (split) => [
      new RegExp(`^ASVspoof5\\.${split}(\\.track_1)?\\.tsv$`, 'i'),
      new RegExp(`^ASVspoof5\\.${split}\\.metadata\\.txt$`, 'i'),
    ],
    audio: (split) => ASVSPOOF5_AUDIO[split],
  },
];

/**
 * Finds the protocols and audio folders of an ASVspoof 2019 (LA or PA), 2017 or 5 corpus, or of one laid out like it,
 * below `root`: protocols in `root` itself or in a folder of it with `protocol` in its name. The eval set may be absent; where
 * its protocol is there without its audio it is left out, with a warning.
 *
 * @param where what named the root (`data.root`); opens the message
 * @throws DataError where there is no such layout, or audio folders are missing
 * @throws ConfigError where two corpora share the root
 */
export function findLayout(root: string, where: string, logger: Logger): CorpusFiles {
  const files = protocolFiles(root, where);
  const found = LAYOUTS.flatMap((layout) => {
    const protocols = SPLIT_NAMES.map((split) => pick(files, layout.protocols(split)));
    return protocols[0] !== undefined && protocols[1] !== undefined ? [{ layout, protocols }] : [];
  });
  const [first, second] = found;
  if (first === undefined) {
    throw new DataError(
      `${where}: ${root} holds no train and dev protocols of ASVspoof 2019, 2017 or 5${hint(root)}; ` +
        'name the files with data.train and data.dev, or a folder of real/ and fake/ clips with data.folder',
    );
  }
  if (second !== undefined) {
    throw new ConfigError(
      `${where}: ${root} holds both ${first.layout.name} and ${second.layout.name}; choose with data.train, data.dev and data.eval`,
    );
  }
  const [train, dev, evaluation] = SPLIT_NAMES.map((split, index) => {
    const protocol = first.protocols[index];
    if (protocol === undefined) return undefined;
    const candidates = first.layout.audio(split);
    const folder = candidates.map((candidate) => join(root, candidate)).find(isFolder);
    if (folder !== undefined) return { protocol, audio: [resolve(folder)] };
    const problem =
      `${where}: ${root} holds the ${split} protocol of ${first.layout.name} but no audio folder for it ` +
      `(expected ${candidates[0]})`;
    if (split !== 'eval') throw new DataError(`${problem}; add it, or name it with data.${split}`);
    logger.warn(`${problem}; there will be no evaluation`);
    return undefined;
  });
  return { train: train as SplitFiles, dev: dev as SplitFiles, eval: evaluation };
}

/** Absolute paths of the files in the root and in its protocol folders, by file name. */
function protocolFiles(root: string, where: string): Map<string, string> {
  const files = new Map<string, string>();
  const add = (folder: string) => {
    for (const name of readdirSync(folder).sort()) {
      if (!files.has(name)) files.set(name, join(folder, name));
      if (folder === root && /protocol/i.test(name) && isFolder(join(root, name))) add(join(root, name));
    }
  };
  try {
    add(root);
  } catch (error) {
    const reason = systemCodeOf(error) === 'ENOENT' ? 'no such folder; check the path' : messageOf(error);
    throw new DataError(`${where}: ${root}: ${reason}`, { cause: error });
  }
  return files;
}

function pick(files: ReadonlyMap<string, string>, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const name = [...files.keys()].find((candidate) => pattern.test(candidate));
    if (name !== undefined) return files.get(name);
  }
  return undefined;
}

function hint(root: string): string {
  const track = ['LA', 'PA'].find((name) => isFolder(join(root, name)));
  return track === undefined ? '' : ` (do you mean ${join(root, track)}?)`;
}
