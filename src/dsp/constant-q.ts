/**
 * Constant-Q transform by its definition: the inner products of the full-rate signal with every wavelet at every frame.
 *
 * Short wavelets are multiplied out. For long ones, the product of spectra of a long block gives the inner products at
 * all samples; keeping every P-th of those is a sum of the product's parts, so the transform back is that much shorter.
 * The spectrum of a wavelet is cut off where the side lobes of its window have fallen to 5e-6 of the peak.
 */
import {
  type ConstantQOptions,
  createWavelets,
  type Wavelet,
  waveletWindow,
  windowSpectrum,
} from './constant-q-wavelets.js';
import { createFourierTransform, createRealFourierTransform, type FourierTransform } from './fourier.js';

/** Half the width of a kept spectrum, in sample rates over the length of the wavelet; the main lobe's is 2. */
const KEPT_WIDTH = 40;
/** Blocks are at least this many times as long as the longest wavelet, by which they overlap. */
const BLOCK_LENGTHS = 4;
/** Samples between the points that come back, below which they are too many. */
const SMALLEST_STEP = 8;
/** Time of a complex product with a spectrum, and of a point's part in a transform, over that of a direct product. */
const SPECTRAL_COST = 2;

/** A wavelet's samples, to be multiplied with those of the signal. */
interface DirectFilter {
  readonly bin: number;
  readonly start: number;
  /** Interleaved (re, im). */
  readonly weights: Float64Array;
}

/** A wavelet's spectrum, conjugate and over the size of the block. */
interface SpectralFilter {
  readonly bin: number;
  /** First kept bin of the spectrum, which goes on around its end. */
  readonly first: number;
  /** Interleaved (re, im); as there are many, short numbers take less time to read. */
  readonly values: Float32Array;
}

/** A transform with its tables and scratch memory, whose size does not depend on the waveform. Not re-entrant. */
export class ConstantQTransform {
  readonly nBins: number;
  private readonly hopLength: number;
  private readonly direct: readonly DirectFilter[];
  private readonly spectral: readonly SpectralFilter[];
  private readonly block: FourierTransform;
  /** Transforms a filter's sums back, one point a step. */
  private readonly back: FourierTransform;
  /** Samples of a block before its first frame, whole steps. */
  private readonly lead: number;
  private readonly framesPerBlock: number;
  /** Samples between the points that come back. */
  private readonly step: number;

  constructor(options: ConstantQOptions & { readonly hopLength: number }) {
    const { hopLength, sampleRate } = options;
    const wavelets = createWavelets(options);
    const reach = -wavelets[0].start;
    this.nBins = wavelets.length;
    this.hopLength = hopLength;
    // The largest power of two that the hop is a multiple of keeps the block's size a power of two. Where that is so
    // small that too many points would come back, every hop's comes back from a block of any size.
    const power = hopLength & -hopLength;
    this.step = power < SMALLEST_STEP ? hopLength : power;
    this.lead = Math.ceil(reach / this.step) * this.step;
    let size = this.step;
    while (size < Math.max(BLOCK_LENGTHS * 2 * reach, 2 * reach + 4 * hopLength)) size *= 2;
    this.framesPerBlock = 1 + Math.floor((size - this.lead - reach) / hopLength);
    this.block = createRealFourierTransform(size);
    this.back = createFourierTransform(size / this.step);

    const direct: DirectFilter[] = [];
    const spectral: SpectralFilter[] = [];
    for (const [bin, wavelet] of wavelets.entries()) {
      const kept = Math.min(size, 2 * Math.ceil((KEPT_WIDTH * size) / wavelet.length));
      const spectralCost = SPECTRAL_COST * (kept + this.back.size * Math.log2(this.back.size));
      if (wavelet.nSamples * this.framesPerBlock < spectralCost) {
        direct.push({ bin, start: wavelet.start, weights: samplesOf(wavelet, sampleRate) });
      } else spectral.push({ bin, ...spectrumOf(wavelet, sampleRate, size, kept) });
    }
    this.direct = direct;
    this.spectral = spectral;
  }

  /** Frames of a waveform of `nSamples`: frame t is centred on sample t * hopLength. */
  nFrames(nSamples: number): number {
    return nSamples === 0 ? 0 : 1 + Math.floor(nSamples / this.hopLength);
  }

  /**
   * |inner product|^2 times the wavelet's length, which for noise is the same in all bins; beyond the ends are zeros.
   *
   * @param waveform finite
   * @returns row-major `[frames, nBins]`
   */
  power(waveform: Float32Array): Float32Array {
    const { nBins, hopLength, framesPerBlock, lead, block } = this;
    const nFrames = this.nFrames(waveform.length);
    const result = new Float32Array(nFrames * nBins);
    for (let frame = 0; frame < nFrames; frame += framesPerBlock) {
      const from = frame * hopLength - lead;
      const first = Math.max(from, 0);
      block.input.fill(0);
      block.input.set(waveform.subarray(first, Math.max(first, from + block.size)), first - from);
      const frames = Math.min(framesPerBlock, nFrames - frame);
      const out = result.subarray(frame * nBins, (frame + frames) * nBins);
      for (const filter of this.direct) this.multiplyOut(filter, frames, out);
      if (this.spectral.length > 0) {
        block.run();
        for (const filter of this.spectral) this.multiplySpectra(filter, frames, out);
      }
    }
    return result;
  }

  private multiplyOut({ bin, start, weights }: DirectFilter, frames: number, out: Float32Array): void {
    const { nBins, hopLength, lead } = this;
    const { input } = this.block;
    for (let frame = 0; frame < frames; frame++) {
      let re = 0;
      let im = 0;
      let at = lead + frame * hopLength + start;
      for (let i = 0; i < weights.length; i += 2, at++) {
        const sample = input[at];
        re += sample * weights[i];
        im += sample * weights[i + 1];
      }
      out[frame * nBins + bin] = re * re + im * im;
    }
  }

  private multiplySpectra({ bin, first, values }: SpectralFilter, frames: number, out: Float32Array): void {
    const { nBins, hopLength, lead, step } = this;
    const { output: spectrum, size } = this.block;
    const { input: sums, output: points, size: nPoints, run } = this.back;
    sums.fill(0);
    let source = 2 * first;
    let target = source % (2 * nPoints);
    for (let i = 0; i < values.length; i += 2) {
      sums[target] += spectrum[source] * values[i] - spectrum[source + 1] * values[i + 1];
      sums[target + 1] += spectrum[source] * values[i + 1] + spectrum[source + 1] * values[i];
      source += 2;
      if (source === 2 * size) source = 0;
      target += 2;
      if (target === 2 * nPoints) target = 0;
    }
    run();
    // The inverse transform is the forward one read backwards.
    const perHop = hopLength / step;
    for (let frame = 0, point = lead / step; frame < frames; frame++, point += perHop) {
      const at = 2 * ((nPoints - point) % nPoints);
      out[frame * nBins + bin] = points[at] ** 2 + points[at + 1] ** 2;
    }
  }
}

/** The conjugate wavelet, times the root of its length. */
function samplesOf(wavelet: Wavelet, sampleRate: number): Float64Array {
  const { frequency, length, start } = wavelet;
  const window = waveletWindow(wavelet);
  const samples = new Float64Array(2 * window.length);
  const scale = Math.sqrt(length);
  for (const [i, weight] of window.entries()) {
    const angle = (2 * Math.PI * frequency * (start + i)) / sampleRate;
    samples[2 * i] = scale * weight * Math.cos(angle);
    samples[2 * i + 1] = -scale * weight * Math.sin(angle);
  }
  return samples;
}

/** The `kept` bins around the wavelet's own of the spectrum of a block of `size`, times the root of its length. */
function spectrumOf(
  wavelet: Wavelet,
  sampleRate: number,
  size: number,
  kept: number,
): { first: number; values: Float32Array } {
  const place = (wavelet.frequency * size) / sampleRate;
  const lowest = Math.round(place) - kept / 2;
  const scale = Math.sqrt(wavelet.length) / size;
  const values = new Float32Array(2 * kept);
  for (let i = 0; i < kept; i++) {
    const [re, im] = windowSpectrum(wavelet, (2 * Math.PI * (lowest + i - place)) / size);
    values[2 * i] = scale * re;
    values[2 * i + 1] = scale * im;
  }
  return { first: (lowest + size) % size, values };
}
