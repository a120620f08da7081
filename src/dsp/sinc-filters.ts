/**
 * Band-pass filters as differences of two sinc functions (Ravanelli and Bengio, "Speaker recognition from raw waveform
 * with SincNet", SLT 2018).
 */
import { hzToMel, melToHz } from './frequency-scales.js';
import { createWindow } from './windows.js';

/**
 * How the edges of the bands are spaced: equally in mel (HTK), so with two more bands at the top that no filter takes
 * (eurecom's RawNet2), equally in mel from the top, or equally in Hz.
 */
export const SINC_SCALES = ['mel', 'mel-below-top', 'inverse-mel', 'linear'] as const;

/** One of `SINC_SCALES`. */
export type SincScale = (typeof SINC_SCALES)[number];

/** What a bank of band-pass filters is. */
export interface SincFilterBank {
  readonly nFilters: number;
  /** Samples; odd, so that a filter is symmetric about its middle. */
  readonly kernelSize: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly scale: SincScale;
}

/**
 * Filters that share the band from 0 to half the sample rate, each from one edge to the next:
 * h[t] = w[t] (2 f2 sinc(2 f2 t) - 2 f1 sinc(2 f1 t)), f in cycles a sample, w a symmetric Hamming window.
 *
 * @returns `[kernelSize, nFilters]`, row-major
 */
export function sincFilters({ nFilters, kernelSize, sampleRate, scale }: SincFilterBank): Float32Array {
  const edges = bandEdges(nFilters, sampleRate / 2, scale);
  const window = createWindow('hamming', kernelSize, 'symmetric');
  const filters = new Float32Array(kernelSize * nFilters);
  for (let i = 0; i < kernelSize; i++) {
    const time = i - (kernelSize - 1) / 2;
    const lowPasses = edges.map((hz) => lowPass(hz, time, sampleRate));
    for (let band = 0; band < nFilters; band++) {
      filters[i * nFilters + band] = Math.fround(window[i]) * Math.fround(lowPasses[band + 1] - lowPasses[band]);
    }
  }
  return filters;
}

/** `nFilters + 1` frequencies from 0 to `top`, in Hz. */
function bandEdges(nFilters: number, top: number, scale: SincScale): number[] {
  const nBands = scale === 'mel-below-top' ? nFilters + 2 : nFilters;
  const shares = Array.from({ length: nFilters + 1 }, (_, i) => i / nBands);
  if (scale === 'linear') return shares.map((share) => top * share);
  const mels = shares.map((share) => melToHz(hzToMel(top, 'htk') * share, 'htk'));
  return scale === 'inverse-mel' ? mels.map((hz) => top - hz).reverse() : mels;
}

/**
 * The ideal low-pass filter up to `hz` at `time`, in samples. The sinc is rounded to single precision at each step: the
 * filters differ by a millionth of their length from exact ones, and the published models were trained on these.
 */
function lowPass(hz: number, time: number, sampleRate: number): number {
  const gain = (2 * hz) / sampleRate;
  const cycles = Math.fround(Math.fround(Math.fround(2 * hz) * time) / sampleRate);
  if (cycles === 0) return gain;
  const phase = Math.fround(Math.fround(Math.PI) * cycles);
  return gain * Math.fround(Math.fround(Math.sin(phase)) / phase);
}
