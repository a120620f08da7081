/**
 * The wavelets of a constant-Q transform: complex tones under Hann windows whose length is a fixed number of periods, as
 * `librosa.filters.wavelet` defines them.
 *
 * Brown, "Calculation of a constant Q spectral transform", 1991; lengths after Schörkhuber and Klapuri, 2010.
 */
import { createWindow } from './windows.js';

/** Bandwidth of a Hann window in bins, to where it passes as much noise as an ideal filter. */
const HANN_BANDWIDTH = 1.5;

/** Places and widths of a transform's filters. */
export interface ConstantQOptions {
  /** Hz. */
  readonly sampleRate: number;
  /** Centre of the lowest filter in Hz. */
  readonly fMin: number;
  readonly nBins: number;
  readonly binsPerOctave: number;
  /** Length of the wavelets, over the one at which neighbours just meet; smaller is sharper in time. */
  readonly filterScale: number;
}

/** One filter. */
export interface Wavelet {
  /** Hz. */
  readonly frequency: number;
  /** Length in samples before rounding. */
  readonly length: number;
  /** Place of the first sample of the window, relative to the filter's centre; below 0. */
  readonly start: number;
  /** Samples of the window. */
  readonly nSamples: number;
}

/** The filters, from the lowest up. */
export function createWavelets(options: ConstantQOptions): Wavelet[] {
  const { sampleRate, fMin, nBins, binsPerOctave } = options;
  return Array.from({ length: nBins }, (_, bin) => {
    const frequency = fMin * 2 ** (bin / binsPerOctave);
    const length = (qualityOf(options) * sampleRate) / frequency;
    const start = Math.floor(-length / 2);
    return { frequency, length, start, nSamples: Math.max(Math.floor(length / 2) - start, 1) };
  });
}

/** Weights of a filter's samples, `[nSamples]`; they sum up to 1. */
export function waveletWindow({ nSamples }: Wavelet): Float64Array {
  // The cosine of a periodic window sums up to nothing.
  const total = nSamples === 1 ? 1 : nSamples / 2;
  return createWindow('hann', nSamples).map((weight) => weight / total);
}

/**
 * The sum over n of w[n - start] exp(i angle n), w the wavelet's window: what a wavelet with its conjugate tone passes of another tone, which
 * is `angle` radians a sample above its own.
 *
 * A Hann window is three tones, and the sum over each is a ratio of sines.
 *
 * @returns real and imaginary part
 */
export function windowSpectrum(wavelet: Wavelet, angle: number): readonly [number, number] {
  const { start, nSamples: length } = wavelet;
  const sine = Math.sin(angle / 2);
  const cosine = Math.cos(angle / 2);
  const turnSine = Math.sin(Math.PI / length);
  const turnCosine = Math.cos(Math.PI / length);
  const above = sine * turnCosine + cosine * turnSine;
  const below = sine * turnCosine - cosine * turnSine;
  // The ratios have gaps where a sine is 0.
  if (Math.min(Math.abs(sine), Math.abs(above), Math.abs(below)) < 1e-7) return sumOfTones(wavelet, angle);
  const peak = Math.sin((length * angle) / 2) / length;
  const re = peak * (1 / sine - (turnCosine / 2) * (1 / above + 1 / below));
  const im = peak * (turnSine / 2) * (1 / above - 1 / below);
  const phase = angle * (start + (length - 1) / 2);
  const phaseCosine = Math.cos(phase);
  const phaseSine = Math.sin(phase);
  return [re * phaseCosine - im * phaseSine, re * phaseSine + im * phaseCosine];
}

function sumOfTones(wavelet: Wavelet, angle: number): readonly [number, number] {
  let re = 0;
  let im = 0;
  for (const [i, weight] of waveletWindow(wavelet).entries()) {
    re += weight * Math.cos(angle * (wavelet.start + i));
    im += weight * Math.sin(angle * (wavelet.start + i));
  }
  return [re, im];
}

/** Frequency in Hz up to which the highest filter reaches. */
export function highestFrequency(options: ConstantQOptions): number {
  const top = options.fMin * 2 ** ((options.nBins - 1) / options.binsPerOctave);
  return top * (1 + (0.5 * HANN_BANDWIDTH) / qualityOf(options));
}

/** Samples of the longest filter. */
export function longestLength(options: ConstantQOptions): number {
  return (qualityOf(options) * options.sampleRate) / options.fMin;
}

/** Q: periods under a window. */
function qualityOf({ binsPerOctave, filterScale }: ConstantQOptions): number {
  const step = 2 ** (2 / binsPerOctave);
  return (filterScale * (step + 1)) / (step - 1);
}
