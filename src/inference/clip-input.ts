/** Waveforms to the inputs of a model: brought to a length, through the front-end, and gathered in batches. */
import { SAMPLE_RATE } from '../data/audio.js';
import { toFixedLength, toOwnLength } from '../data/fixed-length.js';
import { MOST_SECONDS } from '../experiment/config.js';
import { createFeature } from '../features/registry.js';
import type { TypedOptions } from '../runtime/options.js';

/** Clips that are scored at a time. */
const MAX_ROWS = 16;

/** What a model takes. */
export interface ClipInputOptions {
  /** Computed of each clip; null where the model takes the waveform. */
  readonly feature: TypedOptions | null;
  /** Length that clips are repeated or cut to; undefined where they keep their own. */
  readonly fixedSamples: number | undefined;
  /** Length that clips are cut to where they keep their own; by default a minute. */
  readonly mostSamples?: number | undefined;
  /** Of one example, without the batch axis; null where a length is free. */
  readonly inputShape: readonly (number | null)[];
}

/** Inputs of equal shape. */
export interface InputBatch {
  /** Places of the clips in what was given. */
  readonly indices: readonly number[];
  readonly values: Float32Array;
  /** `[batch, ...]` */
  readonly shape: readonly number[];
}

/** Makes inputs. */
export interface ClipInput {
  /** Samples seen of a clip at most. */
  readonly nSamples: number;
  /**
   * The inputs of clips, in batches of 16, 8, 4, 2 or 1, so that few shapes of batch come up and programs are recorded for
   * few.
   */
  batches(waveforms: readonly Float32Array[]): Generator<InputBatch>;
}

/**
 * Makes the inputs of a model.
 *
 * @throws ConfigError where the feature's options can't be used
 */
export function createClipInput({ feature, fixedSamples, mostSamples, inputShape }: ClipInputOptions): ClipInput {
  const extractor = feature === null ? undefined : createFeature(feature, SAMPLE_RATE);
  const nSamples = fixedSamples ?? mostSamples ?? MOST_SECONDS * SAMPLE_RATE;
  const prepare = (waveform: Float32Array): Float32Array => {
    const clip = fixedSamples === undefined ? toOwnLength(waveform, nSamples) : toFixedLength(waveform, fixedSamples);
    return extractor === undefined ? clip : extractor.compute(clip);
  };
  const known = inputShape.reduce<number>((product, length) => product * (length ?? 1), 1);
  return {
    nSamples,
    *batches(waveforms) {
      const bySize = new Map<number, { index: number; values: Float32Array }[]>();
      for (const [index, waveform] of waveforms.entries()) {
        const values = prepare(waveform);
        const group = bySize.get(values.length);
        if (group === undefined) bySize.set(values.length, [{ index, values }]);
        else group.push({ index, values });
      }
      for (const [size, group] of bySize) {
        const shape = inputShape.map((length) => length ?? size / known);
        for (let at = 0; at < group.length; ) {
          const nRows = Math.min(MAX_ROWS, 2 ** Math.floor(Math.log2(group.length - at)));
          const rows = group.slice(at, at + nRows);
          at += nRows;
          yield { indices: rows.map(({ index }) => index), values: joined(rows), shape: [nRows, ...shape] };
        }
      }
    },
  };
}

function joined(rows: readonly { readonly values: Float32Array }[]): Float32Array {
  if (rows.length === 1) return rows[0].values;
  const all = new Float32Array(rows.length * rows[0].values.length);
  for (const [row, { values }] of rows.entries()) all.set(values, row * values.length);
  return all;
}
