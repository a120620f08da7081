/**
 * tfjs-node's JavaScript calls `util.isNullOrUndefined` and `util.isArray`, which Node 23 removed and Node 22 warns of
 * on stderr (tensorflow/tfjs #8362). They are put back, equal but silent, before that code loads.
 */
import util from 'node:util';

/** The first Node that says something, or fails, when the old functions are called. */
const FIRST_TO_OBJECT = 22;

/** Defines the two functions on a Node that lacks them or warns; does nothing on an older one. */
export function restoreRemovedNodeFunctions(nodeVersion: string = process.versions.node): void {
  if (Number.parseInt(nodeVersion, 10) < FIRST_TO_OBJECT) return;
  const restored = {
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(restored)) {
    Object.defineProperty(util, name, { value, configurable: true, writable: true });
  }
}
