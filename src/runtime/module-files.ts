/** Modules that experiments name: where they lie, how they are loaded, and what tells them from a later version. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ConfigError, messageOf } from './errors.js';
import { workerUrl } from './worker-url.js';

/** Whether a module is named by its path rather than as a package. */
export function isModulePath(module: string): boolean {
  return module.startsWith('.') || isAbsolute(module) || module.startsWith('file:');
}

/**
 * The file of a module.
 *
 * @param module a path, a `file:` URL, or a package such as `their-models/lcnn`
 * @param base folder that a relative path starts from, and whose packages are looked through first
 * @returns its absolute path
 * @throws ConfigError where there is none
 */
export async function findModule(module: string, base: string): Promise<string> {
  if (isModulePath(module)) {
    const path = module.startsWith('file:') ? fileURLToPath(module) : resolve(base, module);
    if (existsSync(path)) return path;
    throw new ConfigError(`plugins: ${module}: expected a file at ${path}, got none; name it relative to ${base}`);
  }
  // Few plugins are packages, and those who have none need not wait for it.
  const { resolve: resolvePackage } = await import('import-meta-resolve');
  for (const folder of new Set([resolve(base), process.cwd()])) {
    try {
      return fileURLToPath(resolvePackage(module, pathToFileURL(join(folder, 'plugins.js')).href));
    } catch {
      // Not from here; the message below names all places.
    }
  }
  throw new ConfigError(
    `plugins: ${module}: expected a package that ${base} or the working directory can import, got none; install it, or give the path of a file, such as ./${module}`,
  );
}

/**
 * Loads a module; TypeScript too.
 *
 * @param path as {@link findModule} gives it
 * @throws ConfigError where it can't be loaded
 */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  // Even of JavaScript: it may import TypeScript.
  readTypeScript();
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const isOurs = /Cannot find package 'voiceproof'/.test(messageOf(error));
    const remedy = isOurs ? '; install voiceproof in the project that the file belongs to' : '';
    throw new ConfigError(`${path}: can't be loaded: ${messageOf(error)}${remedy}`, { cause: error });
  }
}

let isReading = false;

/** From Node 22.18 on Node reads TypeScript itself. */
function readTypeScript(): void {
  const { typescript } = process.features as { readonly typescript?: string | false };
  if (isReading || typescript) return;
  isReading = true;
  register(workerUrl(import.meta.url, 'runtime/typescript-hooks.js'));
}

/** Names of modules after `import` and `export ... from`: relative ones alone are of interest. */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*(['"])(\.{1,2}\/[^'"]+)\1/g;

/**
 * SHA-256 of a module and of all files that it imports by relative paths.
 *
 * @param path as {@link findModule} gives it
 */
export function hashModule(path: string): string {
  const known = new Map<string, Buffer>();
  const queue = [path];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (known.has(file) || !existsSync(file)) continue;
    const bytes = readFileSync(file);
    known.set(file, bytes);
    const here = dirname(file);
    for (const match of bytes.toString('utf8').matchAll(RELATIVE_IMPORT)) queue.push(join(here, match[2]));
  }
  const hash = createHash('sha256');
  const root = dirname(path);
  for (const [file, bytes] of [...known].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${relative(root, file).replaceAll('\\', '/')}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
