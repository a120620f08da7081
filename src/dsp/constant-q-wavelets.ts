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
  /** Weights of the samples; they sum up to 1. */
  readonly window: Float64Array;
}

/** The filters, from the lowest up; windows are made when they are asked for. */
export function createWavelets(options: ConstantQOptions): Wavelet[] {
  return waveletLengths(options).map(({ frequency, length }) => {
    const start = Math.floor(-length / 2);
    const window = createWindow('hann', Math.floor(length / 2) - start);
    const total = window.reduce((sum, weight) => sum + weight, 0);
    return { frequency, length, start, window: window.map((weight) => weight / total) };
  });
}

/**
 * The sum over n of window[n - start] exp(i angle n): what a wavelet with its conjugate tone passes of another tone, which
 * is `angle` radians a sample above its own.
 *
 * A Hann window is three tones, and the sum over each is a ratio of sines.
 *
 * @returns real and imaginary part
 */
export function windowSpectrum({ start, window }: Wavelet, angle: number): readonly [number, number] {
  const length = window.length;
  const sine = Math.sin(angle / 2);
  const cosine = Math.cos(angle / 2);
  const turnSine = Math.sin(Math.PI / length);
  const turnCosine = Math.cos(Math.PI / length);
  const above = sine * turnCosine + cosine * turnSine;
  const below = sine * turnCosine - cosine * turnSine;
  // The ratios have gaps where a sine is 0.
  if (Math.min(Math.abs(sine), Math.abs(above), Math.abs(below)) < 1e-7) return sumOfTones(start, window, angle);
  const peak = Math.sin((length * angle) / 2) / length;
  const re = peak * (1 / sine - (turnCosine / 2) * (1 / above + 1 / below));
  const im = peak * (turnSine / 2) * (1 / above - 1 / below);
  const phase = angle * (start + (length - 1) / 2);
  const phaseCosine = Math.cos(phase);
  const phaseSine = Math.sin(phase);
  return [re * phaseCosine - im * phaseSine, re * phaseSine + im * phaseCosine];
}

function sumOfTones(start: number, window: Float64Array, angle: number): readonly [number, number] {
  let re = 0;
  let im = 0;
  for (const [i, weight] of window.entries()) {
    re += weight * Math.cos(angle * (start + i));
    im += weight * Math.sin(angle * (start + i));
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

function waveletLengths(options: ConstantQOptions): { frequency: number; length: number }[] {
  const { sampleRate, fMin, nBins, binsPerOctave } = options;
  return Array.from({ length: nBins }, (_, bin) => {
    const frequency = fMin * 2 ** (bin / binsPerOctave);
    return { frequency, length: (qualityOf(options) * sampleRate) / frequency };
  });
}

/** Q: periods under a window. */
function qualityOf({ binsPerOctave, filterScale }: ConstantQOptions): number {
  const step = 2 ** (2 / binsPerOctave);
  return (filterScale * (step + 1)) / (step - 1);
}
