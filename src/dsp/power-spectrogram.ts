/** Short-time power spectra: |STFT|^2, frame by frame. */
import { type PreEmphasisStart, preEmphasizedSample } from './pre-emphasis.js';
import { createSpectrumPair, type SpectrumPair } from './spectrum-pair.js';
import { createWindow, type WindowName, type WindowSymmetry } from './windows.js';

/** What is beyond the ends of the signal: `constant` means zeros, `reflect` mirrors at the first and last sample. */
export const PAD_MODES = ['constant', 'reflect'] as const;

/** One of `PAD_MODES`. */
export type PadMode = (typeof PAD_MODES)[number];

/**
 * How long a frame is that is not centred: as the `transform`, with the window in its middle (librosa, torch), or as the
 * `window`, so that the last frames reach further (Kaldi, HTK, spafe).
 */
export const FRAME_LENGTHS = ['transform', 'window'] as const;

/** One of `FRAME_LENGTHS`. */
export type FrameLength = (typeof FRAME_LENGTHS)[number];

/** Frames and window of a `PowerSpectrogram`; lengths in samples. */
export interface SpectrogramOptions {
  /** Size of the transform, even. */
  readonly nFft: number;
  /** Length of the window, at most `nFft`; a shorter one is centred in the frame, with zeros around it. */
  readonly winLength: number;
  /** Distance between frames, at least 1. */
  readonly hopLength: number;
  readonly window: WindowName;
  readonly windowSymmetry: WindowSymmetry;
  /** Whether frame t is centred on sample t * hopLength, with the ends padded, rather than starting there. */
  readonly center: boolean;
  /** Only read where `center` is set. */
  readonly padMode: PadMode;
  /** Only read where `center` is not set. */
  readonly frameLength: FrameLength;
  /** Coefficient c of the high-pass y[n] = x[n] - c x[n-1] that comes before all else; 0 is none. */
  readonly preEmphasis: number;
  /** Only read where there is a high-pass. */
  readonly preEmphasisStart: PreEmphasisStart;
}

/**
 * The power spectrum of every frame of a waveform: bins 0 to nFft / 2 of |sum over n of w[n] x[n] exp(...)|^2, without
 * any scaling, as librosa and torch define it. Tables and scratch memory are made once, and their size does not depend
 * on the waveform. Not re-entrant.
 */
export class PowerSpectrogram {
  /** Bins of a spectrum: nFft / 2 + 1. */
  readonly nBins: number;
  private readonly options: SpectrogramOptions;
  private readonly window: Float64Array;
  /** The first sample under the window of frame 0; negative where it is before the waveform. */
  private readonly start: number;
  private readonly pair: SpectrumPair;

  constructor(options: SpectrogramOptions) {
    const { nFft, winLength, hopLength, window, windowSymmetry, center, frameLength } = options;
    this.options = options;
    this.nBins = nFft / 2 + 1;
    this.window = createWindow(window, winLength, windowSymmetry);
    // Where a frame lies in the transform turns phases only, so all that matters of the zeros around the window is where
    // it starts.
    const windowStart = !center && frameLength === 'window' ? 0 : Math.floor((nFft - winLength) / 2);
    this.start = windowStart - (center ? nFft / 2 : 0);
    this.pair = createSpectrumPair(nFft, this.window, hopLength);
  }

  /** What is computed, for those who compute it elsewhere: frame t is under the window from `start + t hopLength` on. */
  get layout(): Pick<SpectrogramOptions, 'nFft' | 'hopLength' | 'padMode' | 'preEmphasis' | 'preEmphasisStart'> & {
    readonly window: Float64Array;
    readonly start: number;
  } {
    const { nFft, hopLength, padMode, preEmphasis, preEmphasisStart } = this.options;
    return { nFft, hopLength, padMode, preEmphasis, preEmphasisStart, window: this.window, start: this.start };
  }

  /** Frames of a waveform of `nSamples`; 0 where it is shorter than one frame, or empty. */
  nFrames(nSamples: number): number {
    const { nFft, winLength, hopLength, center, frameLength } = this.options;
    const room = nSamples - (center ? 0 : frameLength === 'window' ? winLength : nFft);
    return nSamples === 0 || room < 0 ? 0 : 1 + Math.floor(room / hopLength);
  }

  /**
   * Calls `visit` for every frame, in order.
   *
   * @param visit is given the spectrum, `[nBins]`, in an array that later frames overwrite
   */
  forEachFrame(waveform: Float32Array, visit: (frame: number, power: Float64Array) => void): void {
    const { hopLength, preEmphasis } = this.options;
    const { samples, powers } = this.pair;
    const nFrames = this.nFrames(waveform.length);
    // From the sample before a frame's first one under the window.
    const firstSample = this.start - 1;
    for (let frame = 0; frame < nFrames; frame += 2) {
      const start = firstSample + frame * hopLength;
      if (start >= 0 && start + samples.length <= waveform.length) {
        samples.set(waveform.subarray(start, start + samples.length));
        this.pair.run(preEmphasis);
      } else {
        for (let i = 0; i < samples.length; i++) samples[i] = this.sampleAt(waveform, start + i);
        this.pair.run(0);
      }
      visit(frame, powers[0]);
      if (frame + 1 < nFrames) visit(frame + 1, powers[1]);
    }
  }

  /** The sample at any place, be it outside the waveform, behind the high-pass: the padding comes after that. */
  private sampleAt(waveform: Float32Array, place: number): number {
    const { padMode, preEmphasis, preEmphasisStart } = this.options;
    const last = waveform.length - 1;
    let at = place;
    if (padMode === 'reflect' && (at < 0 || at > last)) {
      at = last === 0 ? 0 : Math.abs(at) % (2 * last);
      if (at > last) at = 2 * last - at;
    }
    if (at < 0 || at > last) return 0;
    return preEmphasizedSample(waveform, at, preEmphasis, preEmphasisStart);
  }
}
