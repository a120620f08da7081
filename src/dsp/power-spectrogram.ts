/** Short-time power spectra: |STFT|^2, frame by frame. */
import { createFourierTransform, type FourierTransform } from './fourier.js';
import { createWindow, type WindowName } from './windows.js';

/** What is beyond the ends of the signal: `constant` means zeros, `reflect` mirrors at the first and last sample. */
export const PAD_MODES = ['constant', 'reflect'] as const;

/** One of `PAD_MODES`. */
export type PadMode = (typeof PAD_MODES)[number];

/** Frames and window of a `PowerSpectrogram`; lengths in samples. */
export interface SpectrogramOptions {
  /** Size of the transform, at least 2. */
  readonly nFft: number;
  /** Length of the window, at most `nFft`; a shorter one is centred in the frame, with zeros around it. */
  readonly winLength: number;
  /** Distance between frames, at least 1. */
  readonly hopLength: number;
  readonly window: WindowName;
  /** Whether frame t is centred on sample t * hopLength, with the ends padded, rather than starting there. */
  readonly center: boolean;
  /** Only read where `center` is set. */
  readonly padMode: PadMode;
}

/**
 * The power spectrum of every frame of a waveform: bins 0 to nFft / 2 of |sum over n of w[n] x[n] exp(...)|^2, without
 * any scaling, as librosa and torch define it.
 *
 * Two real frames travel as the real and imaginary part of one complex transform, and are separated by its symmetry.
 */
export class PowerSpectrogram {
  /** Bins of a spectrum: floor(nFft / 2) + 1. */
  readonly nBins: number;
  private readonly hopLength: number;
  /** From the start of a frame's place in the signal to its first sample under the window; negative before the signal. */
  private readonly firstOffset: number;
  private readonly padded: number;
  private readonly padMode: PadMode;
  private readonly window: Float64Array;
  private readonly windowStart: number;
  private readonly transform: FourierTransform;
  private readonly powers: readonly [Float64Array, Float64Array];
  private readonly edges: readonly [Float32Array, Float32Array];

  constructor({ nFft, winLength, hopLength, window, center, padMode }: SpectrogramOptions) {
    this.nBins = Math.floor(nFft / 2) + 1;
    this.hopLength = hopLength;
    this.padded = center ? Math.floor(nFft / 2) : 0;
    this.padMode = padMode;
    this.windowStart = Math.floor((nFft - winLength) / 2);
    this.firstOffset = this.windowStart - this.padded;
    this.window = createWindow(window, winLength);
    this.transform = createFourierTransform(nFft);
    this.powers = [new Float64Array(this.nBins), new Float64Array(this.nBins)];
    this.edges = [new Float32Array(winLength), new Float32Array(winLength)];
  }

  /** Frames of a waveform of `nSamples`; 0 where it is shorter than one frame, or empty. */
  nFrames(nSamples: number): number {
    const room = nSamples + 2 * this.padded - this.transform.size;
    return nSamples === 0 || room < 0 ? 0 : 1 + Math.floor(room / this.hopLength);
  }

  /**
   * Calls `visit` for every frame, in order.
   *
   * @param visit is given the spectrum, `[nBins]`, in an array that the next frames overwrite
   */
  forEachFrame(waveform: Float32Array, visit: (frame: number, power: Float64Array) => void): void {
    const nFrames = this.nFrames(waveform.length);
    const [first, second] = this.powers;
    for (let frame = 0; frame < nFrames; frame += 2) {
      const hasSecond = frame + 1 < nFrames;
      this.load(waveform, frame, hasSecond);
      this.transform.run();
      this.separate(first, second);
      visit(frame, first);
      if (hasSecond) visit(frame + 1, second);
    }
  }

  /** Windows frames `frame` and `frame + 1` into the real and imaginary part of the transform's input. */
  private load(waveform: Float32Array, frame: number, hasSecond: boolean): void {
    const start = frame * this.hopLength + this.firstOffset;
    const a = this.isInside(waveform, start) ? waveform : this.readEdge(waveform, start, this.edges[0]);
    const aStart = a === waveform ? start : 0;
    let b: Float32Array;
    let bStart = 0;
    if (!hasSecond) {
      b = this.edges[1].fill(0);
    } else {
      const next = start + this.hopLength;
      b = this.isInside(waveform, next) ? waveform : this.readEdge(waveform, next, this.edges[1]);
      bStart = b === waveform ? next : 0;
    }
    const { window } = this;
    const { input } = this.transform;
    // Outside the window the input holds the zeros it was made with: the transform does not write there.
    for (let i = 0, at = 2 * this.windowStart; i < window.length; i++, at += 2) {
      input[at] = window[i] * a[aStart + i];
      input[at + 1] = window[i] * b[bStart + i];
    }
  }

  private isInside(waveform: Float32Array, start: number): boolean {
    return start >= 0 && start + this.window.length <= waveform.length;
  }

  /** Copies the samples from `start` on, some of which lie before or behind the signal. */
  private readEdge(waveform: Float32Array, start: number, into: Float32Array): Float32Array {
    const last = waveform.length - 1;
    for (let i = 0; i < into.length; i++) {
      let at = start + i;
      if (this.padMode === 'reflect' && last > 0) {
        at = Math.abs(at) % (2 * last);
        if (at > last) at = 2 * last - at;
      } else if (this.padMode === 'reflect') {
        at = 0;
      }
      into[i] = at < 0 || at > last ? 0 : waveform[at];
    }
    return into;
  }

  /**
   * With Z the transform of a + ib: A[k] = (Z[k] + conj Z[n-k]) / 2 and B[k] = (Z[k] - conj Z[n-k]) / 2i.
   */
  private separate(first: Float64Array, second: Float64Array): void {
    const { output } = this.transform;
    first[0] = output[0] * output[0];
    second[0] = output[1] * output[1];
    for (let k = 1, i = 2, j = output.length - 2; k < first.length; k++, i += 2, j -= 2) {
      const sumRe = output[i] + output[j];
      const sumIm = output[i + 1] - output[j + 1];
      const differenceRe = output[i] - output[j];
      const differenceIm = output[i + 1] + output[j + 1];
      first[k] = 0.25 * (sumRe * sumRe + sumIm * sumIm);
      second[k] = 0.25 * (differenceRe * differenceRe + differenceIm * differenceIm);
    }
  }
}
