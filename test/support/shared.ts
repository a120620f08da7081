/**
 * The reference material that lies beside the project in its workshop and in CI, but not in a clone: official weights
 * and other people's recordings. Tests that need it skip visibly where it is absent.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Whether the reference material is here. */
export const hasShared = existsSync(`${root}reference/README.md`);

/** Absolute path of a file in the reference material, such as `reference/lcnn/expected.json`. */
export function sharedPath(path: string): string {
  return root + path;
}
