/**
 * What a feature computes, stage by stage and as data: for those who compute it elsewhere than here, such as an exported
 * program that takes the waveform.
 */
import type { TriangularFilterBank } from '../dsp/filter-banks.js';
import type { PadMode, PowerSpectrogram } from '../dsp/power-spectrogram.js';
import type { PreEmphasisStart } from '../dsp/pre-emphasis.js';
import type { Level } from './level-option.js';

/** One stage. The first takes the waveform `[samples]`; from the spectrum on, all take and give `[frames, columns]`. */
export type FeatureStage =
  /** `[samples]` behind y[n] = x[n] - coefficient x[n-1]. */
  | { readonly kind: 'high-pass'; readonly coefficient: number; readonly start: PreEmphasisStart }
  /** `[samples]` to the powers `[frames, nFft / 2 + 1]`: frame t is under the window from sample `start + t hopLength` on. */
  | {
      readonly kind: 'spectrum';
      readonly window: Float64Array;
      readonly nFft: number;
      readonly hopLength: number;
      /** Negative where frames reach before the first sample. */
      readonly start: number;
      readonly padMode: PadMode;
      /** Frames of a waveform of so many samples. */
      readonly nFrames: (nSamples: number) => number;
    }
  /** Each frame times a matrix, row-major `[columns before, nColumns]`. */
  | { readonly kind: 'product'; readonly matrix: Float64Array; readonly nColumns: number }
  /** Powers to levels; each group of columns, given by how many they are, is a matrix of its own. */
  | { readonly kind: 'level'; readonly level: Level; readonly groups: readonly number[] }
  /** The columns, and beside them one block for each entry. */
  | { readonly kind: 'deltas'; readonly deltas: readonly DeltaBlock[] }
  /** Each column less its mean over the frames, and divided by its deviation, of at least `smallest`. */
  | { readonly kind: 'normalization'; readonly variance: boolean; readonly smallest: number }
  /** What several lists of stages make of the same waveform side by side, over the frames that all of them have. */
  | { readonly kind: 'side-by-side'; readonly parts: readonly (readonly FeatureStage[])[] };

/** Differences over time: each frame is the sum over frames around it, times weights. */
export interface DeltaBlock {
  /** Which block they are of: 0 is the columns themselves, 1 the first block of deltas. */
  readonly of: number;
  /** Of the frames around, an odd number, the middle one at the frame itself. */
  readonly weights: Float64Array;
  /** The frame that stands at a place beyond the ends, of so many frames; negative where that is 0. */
  readonly place: (frame: number, nFrames: number) => number;
  /** Whether frames too near to the ends take the value of the nearest that is not. */
  readonly isHeld: boolean;
}

/** The stages of a power spectrogram. */
export function spectrumStages(spectrogram: PowerSpectrogram): FeatureStage[] {
  const { preEmphasis, preEmphasisStart, ...layout } = spectrogram.layout;
  return [
    ...(preEmphasis === 0 ? [] : [{ kind: 'high-pass', coefficient: preEmphasis, start: preEmphasisStart } as const]),
    { kind: 'spectrum', ...layout, nFrames: (nSamples) => spectrogram.nFrames(nSamples) },
  ];
}

/**
 * A filter bank as a product.
 *
 * @param nBins of the spectra
 * @param totalScale where it is given, a last column is the power of the bank's bins and bin 0, times this
 */
export function filterStage(bank: TriangularFilterBank, nBins: number, totalScale?: number): FeatureStage {
  const nColumns = bank.nFilters + (totalScale === undefined ? 0 : 1);
  const matrix = new Float64Array(nBins * nColumns);
  const unit = new Float64Array(nBins);
  for (let bin = 0; bin < nBins; bin++) {
    unit[bin] = 1;
    const total = bank.apply(unit, matrix, bin * nColumns) + (bin === 0 ? 1 : 0);
    unit[bin] = 0;
    if (totalScale !== undefined) matrix[bin * nColumns + bank.nFilters] = total * totalScale;
  }
  return { kind: 'product', matrix, nColumns };
}
