/** The clip that the reference augments, and what became of it. Only where the reference material is. */
import { readFileSync } from 'node:fs';
import { readReference } from './arrays.js';
import { sharedPath } from './shared.js';

/** A vector of the reference, such as `augment/reverb_full.npy`. */
export function loadReference(name: string): Float32Array {
  return Float32Array.from(readReference(name).data as ArrayLike<number>);
}

/** The clip: half a second of speech. */
export function referenceClip(): Float32Array {
  return loadReference('inputs/mls_real.npy').slice(4000, 12000);
}

/** What the reference says of its augmentations. */
export function augmentReference(): AugmentReference {
  return JSON.parse(readFileSync(sharedPath('reference/augment/expected.json'), 'utf8')) as AugmentReference;
}

interface AugmentReference {
  readonly rawboost: Readonly<Record<'notch_coeffs' | 'lnl' | 'isd' | 'ssi', { readonly draws: readonly number[] }>>;
  readonly specaugment_fixed: {
    readonly spec: readonly (readonly number[])[];
    readonly freq_mask: readonly [number, number];
    readonly time_mask: readonly [number, number];
    readonly mask_value: number;
    readonly out: readonly (readonly number[])[];
  };
}
