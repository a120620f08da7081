import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Looks for `name` as Node does: beside the package that asks for it, then in every folder above. */
function isLocked(path: string, name: string): boolean {
  const above = path.lastIndexOf('node_modules/');
  return (
    `${path ? `${path}/` : ''}node_modules/${name}` in lock.packages ||
    (path !== '' && isLocked(path.slice(0, Math.max(above - 1, 0)), name))
  );
}

it('locks each package for every platform, as npm 11 demands', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => !isLocked(path, name))
      .map((name) => `${name}, which ${path || 'package.json'} asks for`),
  );
  expect(missing).toEqual([]);
});

it('names no registry, so that npm ci asks the one that the user has set', () => {
  expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
});
