/**
 * Speech made slower or faster at the same pitch: short pieces are overlapped and added at another spacing, each taken
 * from where it continues best what stands already.
 *
 * Paper: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality
 * time-scale modification of speech", ICASSP 1993.
 */
import { createFourierTransform, type FourierTransform } from './fourier.js';
import { createWindow } from './windows.js';

/** Long enough for two periods of a low voice. */
const PIECE_SECONDS = 0.032;
/** How far from its place a piece is looked for, either way: half of the longest period. */
const SEARCH_SECONDS = 0.008;
/** Energy below which a piece is silence: samples of about -107 dB. */
const QUIET = 1e-8;
const TIE = 1e-9;

/**
 * Changes the tempo of a waveform.
 *
 * @param waveform at least 1 sample
 * @param rate how many times as fast, above 0
 * @param sampleRate Hz
 * @returns `round(waveform.length / rate)` samples, at least 1
 */
export function changeTempo(waveform: Float32Array, rate: number, sampleRate: number): Float32Array {
  const nHop = Math.round((PIECE_SECONDS * sampleRate) / 2);
  const nSearch = Math.round(SEARCH_SECONDS * sampleRate);
  const length = Math.max(1, Math.round(waveform.length / rate));
  const window = createWindow('hann', 2 * nHop);
  const nPieces = Math.ceil(length / nHop) + 1;
  // Silence on both sides, so that no piece or search runs out of the clip.
  const lead = nHop + nSearch;
  const padded = new Float32Array(lead + Math.ceil(nPieces * nHop * rate) + waveform.length + 4 * nHop + nSearch);
  padded.set(waveform, lead);
  const result = new Float32Array((nPieces + 1) * nHop);
  const search = new Search(2 * nHop, 2 * nSearch + 1);
  // The first piece ends with the first hop of the result: its rise lies in the silence before.
  let from = lead - nHop;
  for (let piece = 0; piece < nPieces; piece++) {
    if (piece > 0) {
      const wanted = Math.round(lead - nHop + piece * nHop * rate);
      from = search.mostAlike(padded, from + nHop, wanted - nSearch);
    }
    const at = piece * nHop;
    for (let i = 0; i < 2 * nHop; i++) result[at + i] += window[i] * padded[from + i];
  }
  return result.slice(nHop, nHop + length);
}

/** Finds where a stretch is most like another: the largest correlation over the root of its energy. */
class Search {
  private readonly transform: FourierTransform;

  /**
   * @param length of the stretches, in samples
   * @param nPlaces how many starts are compared
   */
  constructor(
    private readonly length: number,
    private readonly nPlaces: number,
  ) {
    this.transform = createFourierTransform(2 ** Math.ceil(Math.log2(length + nPlaces)));
  }

  /**
   * The start, among `nPlaces` from `first` on, of the stretch of `samples` most like the one at `model`; the one nearest
   * to `model` where that is silent, or no other is more like it.
   */
  mostAlike(samples: Float32Array, model: number, first: number): number {
    const nearest = Math.min(Math.max(model - first, 0), this.nPlaces - 1);
    if (this.energyAt(samples, model) < QUIET) return first + nearest;
    this.correlate(samples, model, first);
    const { output, size } = this.transform;
    const likeness = (place: number, energy: number) =>
      energy < QUIET ? 0 : output[place === 0 ? 0 : 2 * (size - place)] / Math.sqrt(energy);
    let best = nearest;
    // Rounding must not win over what is as good.
    let toBeat = likeness(nearest, this.energyAt(samples, first + nearest)) * (1 + TIE);
    let energy = this.energyAt(samples, first);
    for (let place = 0; place < this.nPlaces; place++) {
      const found = likeness(place, energy);
      if (found > toBeat) {
        best = place;
        toBeat = found;
      }
      energy += samples[first + place + this.length] ** 2 - samples[first + place] ** 2;
    }
    return first + best;
  }

  private energyAt(samples: Float32Array, start: number): number {
    let energy = 0;
    for (let i = start; i < start + this.length; i++) energy += samples[i] * samples[i];
    return energy;
  }

  /**
   * Leaves in the transform's output, read backwards, a multiple of the correlation at each place. Model and
   * surroundings go through one transform, as its real and its imaginary part.
   */
  private correlate(samples: Float32Array, model: number, first: number): void {
    const { input, output, size, run } = this.transform;
    input.fill(0);
    for (let i = 0; i < this.length; i++) input[2 * i] = samples[model + i];
    for (let i = 0; i < this.length + this.nPlaces - 1; i++) input[2 * i + 1] = samples[first + i];
    run();
    for (let k = 0; k < size; k++) {
      const mirror = k === 0 ? 0 : size - k;
      const sumRe = output[2 * k] + output[2 * mirror];
      const sumIm = output[2 * k + 1] - output[2 * mirror + 1];
      const differenceRe = output[2 * k] - output[2 * mirror];
      const differenceIm = output[2 * k + 1] + output[2 * mirror + 1];
      input[2 * k] = sumRe * differenceIm - sumIm * differenceRe;
      input[2 * k + 1] = -(sumRe * differenceRe + sumIm * differenceIm);
    }
    run();
  }
}
