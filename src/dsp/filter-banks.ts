/** Banks of triangular filters over the bins of a power spectrum, equally spaced in mel or in Hz. */
import { hzToMel, type MelScale, melToHz } from './frequency-scales.js';

/** `slaney`: each filter has unit area over frequency in Hz; `none`: each filter peaks at 1. */
export const FILTER_NORMS = ['slaney', 'none'] as const;

/** One of `FILTER_NORMS`. */
export type FilterNorm = (typeof FILTER_NORMS)[number];

/**
 * Triangles that share their corners: filter m rises from corner m to corner m + 1 and falls to corner m + 2. So a bin
 * between two corners feeds two filters, with weights that add up to 1 before scaling: one multiplication a bin does
 * the work of a dense matrix product.
 */
export class TriangularFilterBank {
  readonly nFilters: number;
  /** Bins of the spectra that the bank is for. */
  readonly nBins: number;
  private readonly scales: Float64Array;
  /** Weight of each bin in the filter that rises there. */
  private readonly rise: Float64Array;
  /** The first bin above corner 0. */
  private readonly start: number;
  /** The bins between corner s and corner s + 1 end before `ends[s]`. */
  private readonly ends: Int32Array;

  /**
   * @param corners nFilters + 2 places in bins, ascending, from 0 on; need not be whole
   * @param scales factor of each filter, `[nFilters]`
   */
  constructor(corners: Float64Array, scales: Float64Array, nBins: number) {
    this.nFilters = scales.length;
    this.nBins = nBins;
    this.scales = scales;
    this.rise = new Float64Array(nBins);
    this.start = Math.floor(corners[0]) + 1;
    this.ends = Int32Array.from(corners.subarray(1), (corner) => Math.min(Math.floor(corner) + 1, nBins));
    for (let s = 0, k = this.start; s <= this.nFilters; s++) {
      for (; k < this.ends[s]; k++) this.rise[k] = (k - corners[s]) / (corners[s + 1] - corners[s]);
    }
  }

  /**
   * The energies behind the filters.
   *
   * @param power `[nBins]`, or longer
   * @param out receives `nFilters` values from `offset` on
   * @returns the power of all bins above the first corner, up to the last
   */
  apply(power: Float64Array, out: Float64Array | Float32Array, offset = 0): number {
    const { rise, ends, scales, nFilters } = this;
    let total = 0;
    let falling = 0;
    for (let s = 0, k = this.start; s <= nFilters; s++) {
      const end = ends[s];
      let all = 0;
      let rising = 0;
      // Sums side by side do not wait for each other.
      let allNext = 0;
      let risingNext = 0;
      for (; k + 1 < end; k += 2) {
        const here = power[k];
        const next = power[k + 1];
        all += here;
        allNext += next;
        rising += rise[k] * here;
        risingNext += rise[k + 1] * next;
      }
      if (k < end) {
        all += power[k];
        rising += rise[k] * power[k];
        k++;
      }
      all += allNext;
      rising += risingNext;
      if (s > 0) out[offset + s - 1] = scales[s - 1] * (falling + (all - rising));
      falling = rising;
      total += all;
    }
    return total;
  }

  /** The bank as a dense matrix, row-major `[nFilters, nBins]`. */
  toMatrix(): Float64Array {
    const matrix = new Float64Array(this.nFilters * this.nBins);
    const unit = new Float64Array(this.nBins);
    const column = new Float64Array(this.nFilters);
    for (let k = 0; k < this.nBins; k++) {
      unit[k] = 1;
      this.apply(unit, column);
      unit[k] = 0;
      for (let m = 0; m < this.nFilters; m++) matrix[m * this.nBins + k] = column[m];
    }
    return matrix;
  }
}

/** Options of `createMelFilterBank`. */
export interface MelFilterBankOptions {
  readonly nMels: number;
  readonly nFft: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Lowest corner in Hz, at least 0. */
  readonly fMin: number;
  /** Highest corner in Hz, at most sampleRate / 2. */
  readonly fMax: number;
  readonly scale: MelScale;
  readonly norm: FilterNorm;
}

/** Filters equally spaced on a mel scale, as `librosa.filters.mel` defines them. */
export function createMelFilterBank(options: MelFilterBankOptions): TriangularFilterBank {
  const { nMels, nFft, sampleRate, fMin, fMax, scale, norm } = options;
  const low = hzToMel(fMin, scale);
  const high = hzToMel(fMax, scale);
  const hz = spaced(low, high, nMels + 2).map((mel) => melToHz(mel, scale));
  const scales = Float64Array.from({ length: nMels }, (_, m) => (norm === 'slaney' ? 2 / (hz[m + 2] - hz[m]) : 1));
  const corners = hz.map((f) => (f * nFft) / sampleRate);
  return new TriangularFilterBank(corners, scales, Math.floor(nFft / 2) + 1);
}

/** `even`: corners are where they fall, between bins too; `whole`: they are rounded down to bins. */
export const FILTER_CORNERS = ['even', 'whole'] as const;

/** Where the corners of linear filters are. */
export interface LinearFilterRange {
  /** Lowest corner in bins, at least 0. */
  readonly low?: number;
  /** Highest corner in bins; default `nBins - 1`. */
  readonly high?: number;
  /** Rounds corners down to whole bins as spafe does: a corner at bin b moves to floor(b (nFft + 1) / nFft). */
  readonly nFftRounded?: number;
}

/**
 * Filters equally spaced in frequency that peak at 1, by default from bin 0 to bin `nBins - 1`, as torchaudio's
 * `linear_fbanks` and the LFCC of the ASVspoof baselines define them.
 */
export function createLinearFilterBank(
  nFilters: number,
  nBins: number,
  { low = 0, high = nBins - 1, nFftRounded }: LinearFilterRange = {},
): TriangularFilterBank {
  const even = spaced(low, high, nFilters + 2);
  const stretch = nFftRounded === undefined ? undefined : (nFftRounded + 1) / nFftRounded;
  const corners = stretch === undefined ? even : even.map((corner) => Math.floor(corner * stretch));
  return new TriangularFilterBank(corners, new Float64Array(nFilters).fill(1), nBins);
}

/** `length` values from `low` to `high`, both included. */
function spaced(low: number, high: number, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => (i === length - 1 ? high : low + ((high - low) * i) / (length - 1)));
}
