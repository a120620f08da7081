/**
 * Features kept on disk between epochs and runs, one `.npy` file an example.
 *
 * The name of an entry is a hash over everything that decides its numbers: the bytes of the clip, the feature with its
 * version and all its options, the rate, and how the clip is brought to length. So a changed clip or option has another
 * name, and nothing ever needs to be invalidated. Behind the array stands a hash over the name and the array; what does
 * not match it is not used. NumPy reads the files as they are, as it takes no notice of what follows the data.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';
import { decodeNpy, encodeNpy } from '../runtime/npy.js';

/** Raise it whenever decoding, resampling or the layout of entries changes. */
const VERSION = 1;
const SEAL_BYTES = 32;

/** What decides the numbers of an entry, apart from the clip. */
export interface FeatureIdentity {
  readonly type: string;
  readonly version: number;
  /** Parsed, with all defaults. */
  readonly options: unknown;
  /** Hz. */
  readonly sampleRate: number;
  /** How a clip is brought to length, such as `start 64000`. */
  readonly lengthRule: string;
}

/** A folder of features of one identity. Any number of processes may use one folder at a time. */
export interface FeatureCache {
  /** The name of the entry of a clip, given the bytes of its file. */
  keyOf(content: Uint8Array): string;
  /** The row-major `[frames, bins]` matrix; `undefined` where there is none, or none that can be trusted. */
  read(key: string): Float32Array | undefined;
  /** Keeps a matrix, and says whether it could. Where that fails, warns once, and from then on keeps nothing. */
  write(key: string, matrix: Float32Array): boolean;
}

/**
 * Opens a cache.
 *
 * @param directory made when the first entry is written
 * @param shape frames and bins of every entry; frames are `null` where they differ
 * @param warn takes a line for a person
 */
export function openFeatureCache(
  directory: string,
  identity: FeatureIdentity,
  shape: readonly [number | null, number],
  warn: (line: string) => void,
): FeatureCache {
  const prefix = JSON.stringify([VERSION, identity]);
  const [nFrames, nBins] = shape;
  const pathOf = (key: string) => join(directory, key.slice(0, 2), `${key}.npy`);
  let isWritable = true;

  return {
    keyOf: (content) => createHash('sha256').update(prefix).update(hash(content)).digest('hex'),
    read(key) {
      try {
        const path = pathOf(key);
        const entry = readFileSync(path);
        const at = entry.length - SEAL_BYTES;
        if (at < 0) return undefined;
        const array = entry.subarray(0, at);
        if (!sealOf(key, array).equals(entry.subarray(at))) return undefined;
        const { data, shape: found } = decodeNpy(array, path);
        const isExpected = found.length === 2 && found[1] === nBins && (nFrames === null || found[0] === nFrames);
        return isExpected && data instanceof Float32Array ? data : undefined;
      } catch {
        // Not there, not readable, not an array: it is made anew either way.
        return undefined;
      }
    },
    write(key, matrix) {
      if (!isWritable) return false;
      const array = encodeNpy({ shape: [matrix.length / nBins, nBins], data: matrix });
      try {
        // No wait for the disk: after a power cut a torn entry fails its seal, and is made anew.
        writeFileAtomic(pathOf(key), [array, sealOf(key, array)], { durable: false });
        return true;
      } catch (error) {
        isWritable = false;
        warn(`features are not cached from here on: ${messageOf(error)}`);
        return false;
      }
    },
  };
}

function hash(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

function sealOf(key: string, array: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(array).digest();
}
