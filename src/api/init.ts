/** A project to begin with. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError } from '../runtime/errors.js';
import { packageVersion } from '../runtime/package-version.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';

const TEMPLATE = join(PROJECT_ROOT, 'templates', 'project');

/** npm leaves files of this name out of packages. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/**
 * Writes a project that runs: an experiment, a model of its own as a plugin, a test of it, and a README.
 *
 * @param folder is made; one that is there already must be empty
 * @returns the names of the files
 * @throws ConfigError where the folder is taken, or its name is none that a package can have
 */
export function createProject(folder: string): string[] {
  const name = basename(resolve(folder)).toLowerCase();
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
    throw new ConfigError(
      `${folder}: expected a folder that a package can be named after, got "${name}"; use a-z, 0-9 and -`,
    );
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new ConfigError(`${folder}: expected a new folder, got one with files in it; name another`);
  }
  mkdirSync(folder, { recursive: true });
  return readdirSync(TEMPLATE)
    .sort()
    .map((file) => {
      const text = readFileSync(join(TEMPLATE, file), 'utf8')
        .replaceAll('NAME', name)
        .replaceAll('VERSION', `^${packageVersion()}`);
      const to = RENAMED[file] ?? file;
      writeFileSync(join(folder, to), text);
      return to;
    });
}
