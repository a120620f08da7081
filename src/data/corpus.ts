/** The corpus of an experiment: which clips train it, which choose its best epoch, and which judge it. */

import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';
import { AudioFinder, isFolder, listAudio } from './audio-files.js';
import { type CorpusOptions, type ProtocolOptions, splitOptions } from './corpus-options.js';
import { readFolder } from './folder.js';
import { findLayout } from './layout.js';
import type { ParquetClips } from './parquet.js';
import { type ProblemKind, ProblemList } from './problems.js';
import { type ProtocolEntry, readProtocol, selectSubset } from './protocol.js';
import { loadSource, type SourcedSplits } from './source.js';
import { SPLIT_NAMES, type SplitName, type SplitOptions, type Splits, splitTrials } from './split.js';
import { LABELS, type Trial } from './trial.js';

/** The clips of an experiment. */
export interface Corpus extends Splits {
  /** What to call it: the last part of the path that named it, or `bundled corpus`. */
  readonly name: string;
  /** Absolute paths of the noise clips, sorted. */
  readonly noise: readonly string[];
}

/** How corpora are loaded. */
export interface LoadContext {
  /** The clips of `data.parquet`, which `openCorpus` reads. */
  readonly parquet?: ParquetClips;
  /** The clips of `data.source`, which `openCorpus` asks for. */
  readonly sourced?: SourcedSplits;
  /** Gets a line where something is odd but can be used: speakers in two splits, clips in neither class's folder. */
  readonly logger: Logger;
  /** What relative paths start from; by default the working directory. */
  readonly baseDirectory?: string;
}

/** The corpus that comes with the project. */
const BUNDLED = join(PROJECT_ROOT, 'corpus');

const MISSING: ProblemKind = { one: 'missing audio file', many: 'missing audio files' };
const EMPTY_CLASS: ProblemKind = { one: 'class without clips', many: 'classes without clips' };
const SHARED_CLIP: ProblemKind = {
  one: 'clip in more than one split',
  many: 'clips in more than one split',
  remedy: 'what is trained on must not judge',
};

/** A part of a corpus on its way: missing clips are kept by name, to be held against the other parts. */
interface Part {
  readonly source: string;
  readonly trials: readonly Trial[];
  readonly missing: readonly string[];
}

/**
 * Loads a corpus: reads its protocols, finds its audio, and splits it where it is to be split. No audio is opened.
 *
 * @throws DataError that names every problem of all parts at once: malformed lines, unknown labels, duplicates, missing
 *   audio, clips in two splits, classes without clips
 * @throws ConfigError where the options contradict what is found
 */
export function loadCorpus(options: CorpusOptions, context: LoadContext): Corpus {
  const { logger, baseDirectory = '.', parquet, sourced } = context;
  const problems = new ProblemList();
  const at = (relative: string) => resolve(baseDirectory, relative);
  const parts =
    sourced !== undefined
      ? sourceParts(sourced)
      : parquet !== undefined
        ? parquetParts(parquet, options.split, problems)
        : namedParts(options, at, problems, logger);
  for (const split of SPLIT_NAMES) {
    const own = options[split];
    if (own !== undefined) parts[split] = readPart(own, split, at, problems);
  }
  checkParts(parts, problems);
  problems.throwIfAny();
  warnOfSharedSpeakers(parts, logger);
  const trialsOf = (split: SplitName) => parts[split]?.trials ?? [];
  return {
    name: sourced?.name ?? nameOf(options),
    train: trialsOf('train'),
    dev: trialsOf('dev'),
    eval: trialsOf('eval'),
    noise: sourced?.noise ?? listNoise(options, baseDirectory),
  };
}

/**
 * Loads a corpus as `loadCorpus` does, after unpacking its parquet files or asking its source where it has such.
 *
 * @param context `cacheDirectory`: where to
 * @throws as `loadCorpus`, `readParquet` and `loadSource`
 */
export async function openCorpus(
  options: CorpusOptions,
  context: LoadContext & { readonly cacheDirectory: string | undefined },
): Promise<Corpus> {
  const { logger, cacheDirectory, baseDirectory = '.' } = context;
  if (options.source !== undefined) {
    const sourced = await loadSource(options.source, { baseDirectory: resolve(baseDirectory), cacheDirectory, logger });
    return loadCorpus(options, { ...context, sourced });
  }
  if (options.parquet === undefined) return loadCorpus(options, context);
  // Few corpora need the library.
  const { readParquet } = await import('./parquet.js');
  const paths = [options.parquet].flat().map((path) => resolve(baseDirectory, path));
  return loadCorpus(options, { ...context, parquet: await readParquet(paths, { cacheDirectory, logger }) });
}

/**
 * The trials of one protocol, for an evaluation; a protocol with subsets gives its `eval` where none is named.
 *
 * @throws DataError that names every problem at once, as `loadCorpus`
 */
export function loadTrials(options: ProtocolOptions, baseDirectory = '.'): readonly Trial[] {
  const problems = new ProblemList();
  const part = readPart(options, 'eval', (relative) => resolve(baseDirectory, relative), problems);
  checkParts({ eval: part }, problems);
  problems.throwIfAny();
  return part.trials;
}

/**
 * Absolute paths of a corpus's noise clips, sorted; nothing else of it is looked at.
 *
 * @throws DataError where a folder can't be listed
 */
export function listNoise(options: CorpusOptions, baseDirectory = '.'): string[] {
  const at = (relative: string) => resolve(baseDirectory, relative);
  if (options.noise !== undefined) {
    return [options.noise].flat().flatMap((folder) => absolute(at(folder)));
  }
  const own = options.root === undefined ? undefined : join(at(options.root), 'noise');
  return absolute(own !== undefined && isFolder(own) ? own : join(BUNDLED, 'noise'));
}

type Parts = Partial<Record<SplitName, Part>>;
type Resolve = (relative: string) => string;

/** The parts of the corpus that `root`, `folder` or `protocol` names, or of the bundled one. */
function namedParts(options: CorpusOptions, at: Resolve, problems: ProblemList, logger: Logger): Parts {
  if (options.folder !== undefined) return folderParts(options.folder, options, at, problems, logger);
  if (options.protocol !== undefined) return protocolParts(options.protocol, options, at, problems);
  if (options.parquet !== undefined) {
    throw new ConfigError('data.parquet: can only be read by openCorpus, which waits for it to be unpacked');
  }
  if (options.source !== undefined) {
    throw new ConfigError('data.source: can only be read by openCorpus, which waits for its clips');
  }
  if (options.root === undefined && options.train !== undefined) return {};
  const root = options.root === undefined ? BUNDLED : at(options.root);
  const files = findLayout(root, options.root === undefined ? 'bundled corpus' : 'data.root', logger);
  const parts: Parts = {};
  for (const split of SPLIT_NAMES) {
    const found = files[split];
    if (found === undefined || options[split] !== undefined) continue;
    parts[split] = readPart({ ...found, audio: [...found.audio], format: 'auto' }, split, at, problems);
  }
  const { train, dev } = parts;
  if (options.split === undefined || train === undefined || dev === undefined || !problems.isEmpty) return parts;
  const again = splitTrials([...train.trials, ...dev.trials], options.split, root);
  return { ...parts, train: { ...train, trials: again.train }, dev: { ...dev, trials: again.dev } };
}

function folderParts(
  folder: string,
  options: CorpusOptions,
  at: Resolve,
  problems: ProblemList,
  logger: Logger,
): Parts {
  const source = at(folder);
  const { trials, subsets, nUnlabelled } = readFolder(source, options.speakers, problems);
  if (nUnlabelled > 0) {
    logger.warn(`data.folder: ${source}: ${nUnlabelled} audio files lie in no real/ or fake/ folder and are left out`);
  }
  return splitParts(source, trials, subsets, options.split, problems);
}

function protocolParts(protocol: string, options: CorpusOptions, at: Resolve, problems: ProblemList): Parts {
  const source = at(protocol);
  const entries = readProtocol(source, options.format ?? 'auto', problems);
  const selected = options.subset === undefined ? entries : selectSubset(entries, options.subset, 'all', source);
  const { trials, missing } = findClips(selected, source, options.audio, at, problems);
  const subsetOf = new Map(selected.map(({ utterance, subset }) => [utterance, subset]));
  const subsets = trials.map(({ utterance }) => subsetOf.get(utterance));
  const parts = splitParts(
    source,
    trials,
    subsets.some((s) => s === undefined) ? undefined : (subsets as string[]),
    options.split,
    problems,
  );
  // Names of missing clips need not be held against the other splits: one list can't repeat a name.
  return missing.length > 0 ? {} : parts;
}

function sourceParts({ name, ...splits }: SourcedSplits): Parts {
  const source = `data.source ${name}`;
  const part = (trials: readonly Trial[]): Part => ({ source, trials, missing: [] });
  return {
    train: part(splits.train),
    dev: part(splits.dev),
    ...(splits.eval.length > 0 ? { eval: part(splits.eval) } : {}),
  };
}

/** As the dataset is split itself; dev is taken from train where it has none, or where shares are asked for. */
function parquetParts(
  { source, trials, subsets }: ParquetClips,
  split: SplitOptions | undefined,
  problems: ProblemList,
): Parts {
  const isFixed = subsets?.includes('eval') === true && subsets.some((subset) => subset !== 'eval');
  if (!isFixed || (split === undefined && subsets.includes('dev'))) {
    return splitParts(source, trials, subsets, split, problems);
  }
  const of = (isEval: boolean) => trials.filter((_, i) => (subsets[i] === 'eval') === isEval);
  const rest = splitTrials(of(false), split ?? splitOptions.parse({}), source);
  const part = (trials: readonly Trial[]): Part => ({ source, trials, missing: [] });
  return { train: part(rest.train), dev: part(rest.dev), eval: part(of(true)) };
}

/** Splits by the parts that the corpus names itself, or by shares. */
function splitParts(
  source: string,
  trials: readonly Trial[],
  subsets: readonly string[] | undefined,
  split: SplitOptions | undefined,
  problems: ProblemList,
): Parts {
  const part = (of: readonly Trial[]): Part => ({ source, trials: of, missing: [] });
  if (split === undefined && subsets?.includes('train') && subsets.includes('dev')) {
    const of = (name: SplitName) => part(trials.filter((_, index) => subsets[index] === name));
    return { train: of('train'), dev: of('dev'), ...(subsets.includes('eval') ? { eval: of('eval') } : {}) };
  }
  // A split of what is left after other problems would only add misleading ones.
  if (!problems.isEmpty) return {};
  const splits = splitTrials(trials, split ?? splitOptions.parse({}), source);
  return {
    train: part(splits.train),
    dev: part(splits.dev),
    ...(splits.eval.length > 0 ? { eval: part(splits.eval) } : {}),
  };
}

function readPart(options: ProtocolOptions, split: SplitName, at: Resolve, problems: ProblemList): Part {
  const source = at(options.protocol);
  const entries = readProtocol(source, options.format, problems);
  const selected = selectSubset(entries, options.subset, split, source);
  return { source, ...findClips(selected, source, options.audio, at, problems) };
}

function findClips(
  entries: readonly ProtocolEntry[],
  source: string,
  audio: string | readonly string[] | undefined,
  at: Resolve,
  problems: ProblemList,
): { trials: Trial[]; missing: string[] } {
  const folders = audio === undefined ? [dirname(source)] : [audio].flat().map(at);
  const finder = new AudioFinder(folders, dirname(source));
  const kind: ProblemKind = { ...MISSING, remedy: `looked in ${folders.join(' and ')}` };
  const trials: Trial[] = [];
  const missing: string[] = [];
  for (const entry of entries) {
    const found = finder.find(entry.file);
    if (found !== undefined) {
      trials.push(trialOf(entry, found));
      continue;
    }
    problems.add(source, kind, `line ${entry.line} ${entry.file}`);
    missing.push(entry.utterance);
  }
  return { trials, missing };
}

function trialOf({ utterance, label, speaker, attackId }: ProtocolEntry, found: string): Trial {
  return {
    utterance,
    path: found,
    label,
    ...(speaker === undefined ? {} : { speaker }),
    ...(attackId === undefined ? {} : { attackId }),
  };
}

function checkParts(parts: Parts, problems: ProblemList): void {
  const known = new Map<string, { split: SplitName; path: string | undefined }>();
  for (const split of SPLIT_NAMES) {
    const part = parts[split];
    if (part === undefined) continue;
    for (const label of LABELS) {
      // Missing clips are reported as such.
      if (part.missing.length > 0 || part.trials.some((trial) => trial.label === label)) continue;
      problems.add(part.source, EMPTY_CLASS, `${split} has no ${label} clip`);
    }
    const clips = [...part.trials, ...part.missing.map((utterance) => ({ utterance, path: undefined }))];
    for (const { utterance, path: here } of clips) {
      const other = known.get(utterance);
      if (other !== undefined && other.split !== split && isSameClip(other.path, here)) {
        problems.add(part.source, SHARED_CLIP, `${utterance} in ${other.split} and ${split}`);
      }
      known.set(utterance, { split, path: here });
    }
  }
}

/**
 * Whether two clips of one name are the same. Corpora from different places may well use a name twice (`0001`), so the
 * files decide, where both are there.
 */
function isSameClip(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  return statSync(a).size === statSync(b).size && readFileSync(a).equals(readFileSync(b));
}

function warnOfSharedSpeakers(parts: Parts, logger: Logger): void {
  const speakers = SPLIT_NAMES.map((split) => {
    const known = (parts[split]?.trials ?? []).map(({ speaker }) => speaker).filter((name) => name !== undefined);
    return { split, names: new Set(known) };
  });
  speakers.forEach(({ split, names }, index) => {
    for (const other of speakers.slice(index + 1)) {
      const shared = [...names].filter((name) => other.names.has(name));
      if (shared.length === 0) continue;
      const count = `${shared.length} speaker${shared.length === 1 ? ' is' : 's are'}`;
      const examples = shared.slice(0, 3).join(', ') + (shared.length > 3 ? ', …' : '');
      logger.warn(`data: ${count} in ${split} and in ${other.split} (${examples}); ${other.split} may look too good`);
    }
  });
}

function absolute(folder: string): string[] {
  return listAudio(folder, 'beneath').map((relative) => join(folder, relative));
}

function nameOf({ root, folder, protocol, parquet, train }: CorpusOptions): string {
  const named = root ?? folder ?? protocol ?? [parquet].flat()[0] ?? train?.protocol;
  return named === undefined ? 'bundled corpus' : basename(resolve(named));
}
