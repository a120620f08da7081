/**
 * Finds audio files by utterance name. Folders of 100,000 clips are listed once, by name alone: no file is touched.
 */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { DataError, messageOf, systemCodeOf } from '../runtime/errors.js';

/** Extensions of what the decoder reads, preferred first where a clip is there in several forms. */
const AUDIO_EXTENSIONS = ['.flac', '.wav', '.wave', '.ogg', '.oga', '.opus', '.mp3', '.npy'] as const;

/** Whether the name ends in an extension we know, in any case. */
export function hasAudioExtension(name: string): boolean {
  return extensionRank(name) >= 0;
}

/** The name without a known audio extension, composed (NFC); folders in it stay, with `/` between them. */
export function utteranceOf(name: string): string {
  const plain = name.includes('\\') ? name.replaceAll('\\', '/') : name;
  const bare = plain.startsWith('./') ? plain.slice(2) : plain;
  return (hasAudioExtension(bare) ? bare.slice(0, -extname(bare).length) : bare).normalize('NFC');
}

/**
 * The audio files directly in a folder, or anywhere beneath it, as paths below it with `/` between folders, sorted by
 * code unit, so that the order does not depend on the file system. Links are followed, a folder reached twice is read
 * once, and hidden entries and broken links are passed over.
 *
 * @throws DataError where the folder can't be read
 */
export function listAudio(folder: string, reach: 'here' | 'beneath'): string[] {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = (directory: string, below: string) => {
    const entries = readFolder(directory);
    // Only links can lead round in circles, but they may lead to any folder met before or later: all are remembered.
    if (reach === 'beneath') visited.add(realpathSync(directory));
    const folders: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const kind = kindOf(entry, directory);
      if (kind === 'file' && hasAudioExtension(entry.name)) found.push(below + entry.name);
      if (kind === 'folder' && reach === 'beneath') folders.push(entry.name);
    }
    for (const name of folders.sort(byCodeUnit)) {
      const path = join(directory, name);
      if (!visited.has(realpathSync(path))) visit(path, `${below}${name}/`);
    }
  };
  visit(folder, '');
  return found.sort(byCodeUnit);
}

/** Whether a folder is there (a link to one counts). */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Finds clips by name in some folders, or anywhere beneath them; each folder is listed at most once. */
export class AudioFinder {
  readonly #folders: readonly string[];
  readonly #base: string;
  readonly #here = new Map<string, Listing>();
  readonly #beneath = new Map<string, Listing>();

  /**
   * @param folders absolute paths of the folders that hold the clips, preferred first
   * @param base absolute path of the folder that relative names with folders in them may also start from: the protocol's
   */
  constructor(folders: readonly string[], base: string) {
    this.#folders = folders;
    this.#base = base;
  }

  /**
   * The absolute path of the clip called `name`, with or without extension; letters may differ in case, and in whether accents are parts of them (NFC or NFD). A name with
   * folders in it is taken from the audio folders and then from the base; a plain name is looked for in the audio folders
   * and then beneath them.
   *
   * @returns `undefined` where there is none
   * @throws DataError where an audio folder can't be read
   */
  find(name: string): string | undefined {
    const plain = name.replaceAll('\\', '/');
    if (plain.includes('/')) return this.#findPath(plain);
    for (const folder of this.#folders) {
      const found = this.#listing(folder, 'here').find(plain);
      if (found !== undefined) return `${folder}/${found}`;
    }
    for (const folder of this.#folders) {
      const found = this.#listing(folder, 'beneath').find(plain);
      if (found !== undefined) return `${folder}/${found}`;
    }
    return undefined;
  }

  #findPath(name: string): string | undefined {
    const starts = isAbsolute(name) ? [''] : [...this.#folders, this.#base];
    // Folders, too, may be spelt with composed letters here and with decomposed ones there.
    const spellings = new Set([name, name.normalize('NFC'), name.normalize('NFD')]);
    for (const [start, spelling] of starts.flatMap((start) => [...spellings].map((spelling) => [start, spelling]))) {
      const path = resolve(start, spelling);
      const folder = dirname(path);
      if (!this.#here.has(folder) && !isFolder(folder)) continue;
      const found = this.#listing(folder, 'here').find(basename(path));
      if (found !== undefined) return `${folder}/${found}`;
    }
    return undefined;
  }

  #listing(folder: string, reach: 'here' | 'beneath'): Listing {
    const listings = reach === 'here' ? this.#here : this.#beneath;
    let listing = listings.get(folder);
    if (listing === undefined) {
      listing = new Listing(listAudio(folder, reach));
      listings.set(folder, listing);
    }
    return listing;
  }
}

/** The files of one folder by their names without folder and extension, in lower case. */
class Listing {
  readonly #byName = new Map<string, string | string[]>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      const key = keyOf(path);
      const known = this.#byName.get(key);
      if (known === undefined) this.#byName.set(key, path);
      else if (typeof known === 'string') this.#byName.set(key, [known, path]);
      else known.push(path);
    }
  }

  /** Of several files, the one spelt like `name`, then of the preferred extension, then the first by path. */
  find(name: string): string | undefined {
    const found = this.#byName.get(keyOf(name));
    if (found === undefined || typeof found === 'string') return found;
    const rank = (path: string): number => {
      const file = basename(path);
      if (file === name) return -2;
      const isSpeltLike = utteranceOf(file) === utteranceOf(name);
      return extensionRank(file) + (isSpeltLike ? 0 : AUDIO_EXTENSIONS.length);
    };
    return found.reduce((best, path) => (rank(path) < rank(best) ? path : best));
  }
}

function keyOf(path: string): string {
  return utteranceOf(basename(path)).toLowerCase();
}

function extensionRank(name: string): number {
  return AUDIO_EXTENSIONS.indexOf(extname(name).toLowerCase() as (typeof AUDIO_EXTENSIONS)[number]);
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = systemCodeOf(error);
    const reason =
      code === 'ENOENT' ? 'no such folder; check the path' : code === 'ENOTDIR' ? 'is no folder' : messageOf(error);
    throw new DataError(`audio folder ${folder}: ${reason}`, { cause: error });
  }
}

function kindOf(entry: Dirent, folder: string): 'file' | 'folder' | 'other' {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'other';
  const target = targetOf(join(folder, entry.name));
  return target?.isFile() ? 'file' : target?.isDirectory() ? 'folder' : 'other';
}

/** What a link leads to; undefined where that is nothing, or the link itself. */
function targetOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (systemCodeOf(error) === 'ELOOP') return undefined;
    throw error;
  }
}

/** By code unit: the same on every machine, whatever its locale. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
