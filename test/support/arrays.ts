/** Recorded arrays, and how far ours are from them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeNpy, type NpyArray } from '../../src/runtime/npy.js';
import { sharedPath } from './shared.js';

/** An array of the reference material, such as `features/mel40_default_db.npy`. */
export function readReference(name: string): NpyArray {
  return readNpy(sharedPath(`reference/${name}`));
}

/** An array of `test/fixtures`, such as `features/lfcc_512.npy`. */
export function readFixture(name: string): NpyArray {
  return readNpy(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));
}

/** A matrix with rows and columns exchanged, row-major. */
export function transpose({ shape, data }: NpyArray): Float64Array {
  const [rows, columns] = shape;
  return Float64Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
}

/** The largest |a - b|; infinite where the lengths differ or a value is no number. */
export function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i] - b[i]);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return largest;
}

function readNpy(path: string): NpyArray {
  return decodeNpy(readFileSync(path), path);
}
