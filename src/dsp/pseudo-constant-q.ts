/**
 * Pseudo constant-Q transform: magnitudes of one short-time spectrum, weighted by the magnitudes of the wavelets'
 * spectra, as `librosa.pseudo_cqt` has it. Without phases it is smoother than the constant-Q transform, and another thing.
 */
import { type ConstantQOptions, createWavelets, waveletWindow } from './constant-q-wavelets.js';
import { createFourierTransform } from './fourier.js';
import { PowerSpectrogram } from './power-spectrogram.js';

/** librosa's default: the smallest weights of a filter that together make up this share of it are dropped. */
const DROPPED_SHARE = 0.01;

/** Weights of the spectrum's bins from `first` on. */
interface Filter {
  readonly first: number;
  readonly weights: Float64Array;
}

/** A transform with its tables. Not re-entrant. */
export class PseudoConstantQTransform {
  private readonly filters: readonly Filter[];
  private readonly spectrogram: PowerSpectrogram;

  constructor(options: ConstantQOptions & { readonly hopLength: number }) {
    const { sampleRate, hopLength } = options;
    const wavelets = createWavelets(options);
    let nFft = 2;
    while (nFft < Math.max(wavelets[0].length, 2 * hopLength)) nFft *= 2;
    this.spectrogram = new PowerSpectrogram({
      nFft,
      winLength: nFft,
      hopLength,
      window: 'hann',
      windowSymmetry: 'periodic',
      center: true,
      padMode: 'constant',
      frameLength: 'transform',
      preEmphasis: 0,
      preEmphasisStart: 'keep',
    });
    const { input, output, run } = createFourierTransform(nFft);
    this.filters = wavelets.map((wavelet) => {
      const { frequency, length, start } = wavelet;
      input.fill(0);
      for (const [i, weight] of waveletWindow(wavelet).entries()) {
        const angle = (2 * Math.PI * frequency * (start + i)) / sampleRate;
        input[2 * i] = weight * Math.cos(angle);
        input[2 * i + 1] = weight * Math.sin(angle);
      }
      run();
      const scale = length / nFft / Math.sqrt(nFft);
      const magnitudes = Float64Array.from(
        { length: nFft / 2 + 1 },
        (_, k) => scale * Math.hypot(output[2 * k], output[2 * k + 1]),
      );
      return keepLarge(magnitudes);
    });
  }

  /** Frames of a waveform of `nSamples`: frame t is centred on sample t * hopLength. */
  nFrames(nSamples: number): number {
    return this.spectrogram.nFrames(nSamples);
  }

  /**
   * The square of the transform; beyond the ends are zeros.
   *
   * @param waveform finite
   * @returns row-major `[frames, nBins]`
   */
  power(waveform: Float32Array): Float32Array {
    const { filters } = this;
    const result = new Float32Array(this.nFrames(waveform.length) * filters.length);
    const magnitudes = new Float64Array(this.spectrogram.nBins);
    this.spectrogram.forEachFrame(waveform, (frame, power) => {
      for (let k = 0; k < magnitudes.length; k++) magnitudes[k] = Math.sqrt(power[k]);
      for (const [bin, { first, weights }] of filters.entries()) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i] * magnitudes[first + i];
        result[frame * filters.length + bin] = sum * sum;
      }
    });
    return result;
  }
}

function keepLarge(magnitudes: Float64Array): Filter {
  const sorted = magnitudes.slice().sort();
  let left = DROPPED_SHARE * sorted.reduce((sum, value) => sum + value, 0);
  let smallest = 0;
  while (left >= sorted[smallest]) left -= sorted[smallest++];
  const kept = magnitudes.map((value) => (value >= sorted[smallest] ? value : 0));
  const first = kept.findIndex((value) => value > 0);
  const end = kept.findLastIndex((value) => value > 0) + 1;
  return { first, weights: kept.slice(first, end) };
}
