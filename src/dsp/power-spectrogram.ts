/** Short-time power spectra: |STFT|^2, frame by frame. */
import { createFourierTransform, type FourierTransform } from './fourier.js';
import { createWindow, type WindowName } from './windows.js';

/** What is beyond the ends of the signal: `constant` means zeros, `reflect` mirrors at the first and last sample. */
export const PAD_MODES = ['constant', 'reflect'] as const;

/** One of `PAD_MODES`. */
export type PadMode = (typeof PAD_MODES)[number];

/** Frames and window of a `PowerSpectrogram`; lengths in samples. */
export interface SpectrogramOptions {
  /** Size of the transform, even. */
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
  /** Coefficient c of the high-pass y[n] = x[n] - c x[n-1], y[0] = x[0], that comes before all else; 0 is none. */
  readonly preEmphasis: number;
}

/**
 * The power spectrum of every frame of a waveform: bins 0 to nFft / 2 of |sum over n of w[n] x[n] exp(...)|^2, without
 * any scaling, as librosa and torch define it.
 *
 * A real frame is transformed as half as many complex numbers, whose transform is then taken apart by its symmetry.
 * Tables and scratch memory are made once, and their size does not depend on the waveform. Not re-entrant.
 */
export class PowerSpectrogram {
  /** Bins of a spectrum: nFft / 2 + 1. */
  readonly nBins: number;
  private readonly options: SpectrogramOptions;
  private readonly window: Float64Array;
  private readonly transform: FourierTransform;
  /** exp(-2 pi i k / nFft), interleaved, for k up to nFft / 4. */
  private readonly twiddles: Float64Array;
  private readonly power: Float64Array;
  /** Samples of a frame that reaches beyond the waveform, behind a zero. */
  private readonly edge: Float32Array;

  constructor(options: SpectrogramOptions) {
    const { nFft, winLength, window } = options;
    const half = nFft / 2;
    this.options = options;
    this.nBins = half + 1;
    this.window = new Float64Array(winLength + (winLength % 2));
    // The halves of the symmetry's sums and differences are taken here, once.
    this.window.set(createWindow(window, winLength).map((value) => value / 2));
    this.transform = createFourierTransform(half);
    this.twiddles = new Float64Array(2 * Math.floor(half / 2) + 2);
    for (let i = 0; i < this.twiddles.length; i += 2) {
      this.twiddles[i] = Math.cos((Math.PI * i) / nFft);
      this.twiddles[i + 1] = -Math.sin((Math.PI * i) / nFft);
    }
    this.power = new Float64Array(this.nBins);
    this.edge = new Float32Array(1 + this.window.length);
  }

  /** Frames of a waveform of `nSamples`; 0 where it is shorter than one frame, or empty. */
  nFrames(nSamples: number): number {
    const { nFft, hopLength, center } = this.options;
    const room = nSamples - (center ? 0 : nFft);
    return nSamples === 0 || room < 0 ? 0 : 1 + Math.floor(room / hopLength);
  }

  /**
   * Calls `visit` for every frame, in order.
   *
   * @param visit is given the spectrum, `[nBins]`, in an array that the next frame overwrites
   */
  forEachFrame(waveform: Float32Array, visit: (frame: number, power: Float64Array) => void): void {
    const { nFft, winLength, hopLength, center, preEmphasis } = this.options;
    const firstSample = Math.floor((nFft - winLength) / 2) - (center ? nFft / 2 : 0);
    const nFrames = this.nFrames(waveform.length);
    const { input, output } = this.transform;
    for (let frame = 0, start = firstSample; frame < nFrames; frame++, start += hopLength) {
      // The first sample has none before it for the high-pass, so it counts as an edge.
      if (start >= 1 && start + this.window.length <= waveform.length) {
        loadFrame(input, this.window, waveform, start, preEmphasis);
      } else {
        for (let i = 1; i < this.edge.length; i++) this.edge[i] = this.sampleAt(waveform, start + i - 1);
        loadFrame(input, this.window, this.edge, 1, 0);
      }
      this.transform.run();
      separatePower(output, this.twiddles, this.power);
      visit(frame, this.power);
    }
  }

  /** The high-passed sample at any place, be it outside the waveform. */
  private sampleAt(waveform: Float32Array, place: number): number {
    const { padMode, preEmphasis } = this.options;
    const last = waveform.length - 1;
    let at = place;
    if (padMode === 'reflect' && (at < 0 || at > last)) {
      at = last === 0 ? 0 : Math.abs(at) % (2 * last);
      if (at > last) at = 2 * last - at;
    }
    if (at < 0 || at > last) return 0;
    return at === 0 ? waveform[0] : waveform[at] - preEmphasis * waveform[at - 1];
  }
}

/**
 * Passes the frame that starts at `start` through the high-pass and the window into the transform's input, even samples
 * real, odd ones imaginary. Where the frame lies there turns phases only, so it starts at 0; the zeros behind it stay.
 */
function loadFrame(
  input: Float64Array,
  window: Float64Array,
  samples: Float32Array,
  start: number,
  preEmphasis: number,
): void {
  let previous = samples[start - 1];
  for (let i = 0, at = start; i < window.length; i += 2, at += 2) {
    const even = samples[at];
    const odd = samples[at + 1];
    input[i] = window[i] * (even - preEmphasis * previous);
    input[i + 1] = window[i + 1] * (odd - preEmphasis * even);
    previous = odd;
  }
}

/**
 * With Z the transform of x[2n] + i x[2n+1] and h = nFft / 2, the spectra of the even and odd samples are
 * E[k] = (Z[k] + conj Z[h-k]) / 2 and O[k] = (Z[k] - conj Z[h-k]) / 2i. From them come X[k] = E[k] + w^k O[k] and
 * X[h-k] = conj(E[k] - w^k O[k]), with w = exp(-2 pi i / nFft).
 */
function separatePower(output: readonly number[], twiddles: Float64Array, power: Float64Array): void {
  const half = power.length - 1;
  power[0] = (2 * (output[0] + output[1])) ** 2;
  power[half] = (2 * (output[0] - output[1])) ** 2;
  for (let k = 1, i = 2, j = output.length - 2; i <= j; k++, i += 2, j -= 2) {
    const re = output[i];
    const im = output[i + 1];
    const mirrorRe = output[j];
    const mirrorIm = output[j + 1];
    const cosine = twiddles[i];
    const sine = twiddles[i + 1];
    const evenRe = re + mirrorRe;
    const evenIm = im - mirrorIm;
    const oddRe = im + mirrorIm;
    const oddIm = mirrorRe - re;
    const turnedRe = cosine * oddRe - sine * oddIm;
    const turnedIm = cosine * oddIm + sine * oddRe;
    const lowRe = evenRe + turnedRe;
    const lowIm = evenIm + turnedIm;
    const highRe = evenRe - turnedRe;
    const highIm = evenIm - turnedIm;
    power[k] = lowRe * lowRe + lowIm * lowIm;
    power[half - k] = highRe * highRe + highIm * highIm;
  }
}
