/**
 * Where TensorFlow's C library is on this machine: a path the user gives, an installed Python `tensorflow`, or our
 * per-user cache. What was found once is recorded, so that a warm start asks the file system for a few sizes and
 * starts no other program.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from '../errors.js';
import { writeJsonAtomic } from '../files.js';
import { type LibraryFiles, libraryFilesIn } from './c-api.js';
import { type Environment, runProgram } from './pip.js';
import type { Variant, WheelSet } from './wheels.js';

/** A library that is there, and how to speak of it. */
export interface FoundLibrary {
  readonly files: LibraryFiles;
  /** Completes "TensorFlow 2.21.0 from ...". */
  readonly source: string;
}

/** What a folder of the cache holds; it is read, and the sizes compared, at every start. */
export interface Manifest {
  readonly version: string;
  readonly variant: Variant;
  /** The hashes of the wheels it was made from. */
  readonly wheels: readonly string[];
  /** Paths relative to the folder, with forward slashes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** A library outside the cache, as recorded by the search or by `voiceproof setup --library`. */
interface RecordedLibrary extends FoundLibrary {
  /** Size of the main file: another one there now is another library. */
  readonly bytes: number;
  /** Whether it serves where the CUDA build is wanted. */
  readonly cuda: boolean;
}

/** The oldest Python `tensorflow` whose library is used; the engine was tried on this one and on the pinned one. */
const OLDEST_TENSORFLOW = '2.18.0';

const PYTHON_TIMEOUT_MILLISECONDS = 10_000;

/** The cache folder of one library. */
export function engineFolder(cacheDirectory: string, wheels: WheelSet): string {
  return join(cacheDirectory, 'engine', wheels.id);
}

/** The manifest of a cache folder. */
export function manifestPath(folder: string): string {
  return join(folder, 'manifest.json');
}

/** Whether a cache folder holds exactly what the pinned wheels put there, by sizes: cheap enough for every start. */
export function isWhole(folder: string, wheels: WheelSet): boolean {
  const manifest = readJson<Manifest>(manifestPath(folder));
  if (!Array.isArray(manifest?.files) || !Array.isArray(manifest.wheels)) return false;
  if (manifest.wheels.join() !== wheels.wheels.map(({ sha256 }) => sha256).join()) return false;
  return manifest.files.every(({ path, bytes }) => sizeOf(join(folder, path)) === bytes);
}

/**
 * The library at a path the user gave: its folder, the folder of an installed `tensorflow`, the site folder above that,
 * or one of its files.
 *
 * @throws EngineError where there is none
 */
export function libraryAt(path: string): FoundLibrary {
  const given = resolve(path);
  const start = statSync(given, { throwIfNoEntry: false })?.isFile() === true ? dirname(given) : given;
  for (const folder of [start, join(start, 'tensorflow'), join(start, 'lib')]) {
    const files = filesIn(folder);
    if (files !== undefined) return { files, source: folder };
  }
  throw new EngineError(
    `engine: ${path}: expected TensorFlow's C library (libtensorflow_cc and libtensorflow_framework), ${existsSync(given) ? 'found none there' : 'no such path'}; name the folder that holds both`,
  );
}

/** The library in our cache, or undefined where it is absent or damaged. */
export function cachedLibrary(cacheDirectory: string, wheels: WheelSet): FoundLibrary | undefined {
  const folder = engineFolder(cacheDirectory, wheels);
  if (!isWhole(folder, wheels)) return undefined;
  const files = libraryFilesIn(join(folder, 'tensorflow'));
  return files === undefined ? undefined : { files, source: `the cache, ${folder}` };
}

/** The library outside the cache that was recorded earlier, as long as its file is the same. */
export function recordedLibrary(cacheDirectory: string, variant: Variant): FoundLibrary | undefined {
  const found = readJson<RecordedLibrary>(recordPath(cacheDirectory));
  if (found?.files?.main === undefined || found.source === undefined) return undefined;
  if (sizeOf(found.files.main) !== found.bytes || (variant === 'cuda' && found.cuda !== true)) return undefined;
  return { files: found.files, source: found.source };
}

/** Records a library, so that the next start finds it at once. */
export function recordLibrary(cacheDirectory: string, library: FoundLibrary, cuda: boolean): void {
  const record: RecordedLibrary = { ...library, bytes: sizeOf(library.files.main) ?? 0, cuda };
  writeJsonAtomic(recordPath(cacheDirectory), record);
}

/** Forgets what was recorded: the next search starts from nothing. */
export function forgetRecordedLibrary(cacheDirectory: string): void {
  rmSync(recordPath(cacheDirectory), { force: true });
}

/**
 * Asks the Pythons on the path for an installed `tensorflow`, without importing it, and records what it finds.
 *
 * @returns undefined where there is none, or none that is recent enough or has the build that is wanted
 */
export async function findInstalled(
  cacheDirectory: string,
  variant: Variant,
  environment?: Environment,
): Promise<FoundLibrary | undefined> {
  for (const python of ['python3', 'python']) {
    const ran = await runProgram([python, '-c', PYTHON_QUESTION], {
      environment,
      timeoutMilliseconds: PYTHON_TIMEOUT_MILLISECONDS,
    });
    const answer =
      ran.code === 0 ? parse<{ directory: string; version: string; pythonDll: string }>(ran.stdout) : undefined;
    if (answer === undefined || isOlder(answer.version, OLDEST_TENSORFLOW)) continue;
    const files = filesIn(answer.directory, answer.pythonDll);
    if (files === undefined) continue;
    const cuda = existsSync(join(dirname(answer.directory), 'nvidia', 'cudnn', 'lib'));
    if (variant === 'cuda' && !cuda) continue;
    const library = { files, source: `Python's tensorflow in ${answer.directory}` };
    recordLibrary(cacheDirectory, library, cuda);
    return library;
  }
  return undefined;
}

/** Whether this machine has an NVIDIA GPU with a driver, judged by the device files: nothing is started. */
export function hasNvidiaGpu(): boolean {
  if (process.platform !== 'linux') return false;
  return existsSync('/dev/nvidia0') || (existsSync('/dev/dxg') && existsSync('/usr/lib/wsl/lib/libcuda.so.1'));
}

/** `find_spec` finds a package without running it. The folder one happens to stand in is no installation. */
const PYTHON_QUESTION = `
import sys, os, json
sys.path = [path for path in sys.path if path not in ("", os.getcwd())]
from importlib import util, metadata
def version():
    for name in ("tensorflow", "tensorflow-cpu", "intel-tensorflow", "tensorflow-macos"):
        try: return metadata.version(name)
        except metadata.PackageNotFoundError: pass
found = util.find_spec("tensorflow")
if found and found.submodule_search_locations and version():
    dll = os.path.join(sys.base_prefix, "python%d%d.dll" % sys.version_info[:2])
    print(json.dumps({"directory": found.submodule_search_locations[0], "version": version(), "pythonDll": dll}))
`;

/**
 * The library's files in a folder. On Windows an installed `tensorflow` keeps the C API in a DLL that needs the DLL of
 * the Python it was installed for, which takes the place of the framework: it is what has to be loaded first.
 */
function filesIn(folder: string, pythonDll?: string): LibraryFiles | undefined {
  const files = libraryFilesIn(folder);
  if (files !== undefined || process.platform !== 'win32' || pythonDll === undefined) return files;
  const main = join(folder, 'python', '_pywrap_tensorflow_common.dll');
  return existsSync(main) && existsSync(pythonDll) ? { main, framework: pythonDll } : undefined;
}

function recordPath(cacheDirectory: string): string {
  return join(cacheDirectory, 'engine', 'library.json');
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** Compares the first two numbers of version strings. */
function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

function readJson<Content>(path: string): Partial<Content> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Content>;
  } catch {
    return undefined;
  }
}

function parse<Content>(text: string): Content | undefined {
  try {
    return JSON.parse(text.trim()) as Content;
  } catch {
    return undefined;
  }
}
