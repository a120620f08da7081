/**
 * Speech made slower or faster at the same pitch: short pieces are overlapped and added at another spacing, each taken
 * from where it continues best what stands already.
 *
 * Paper: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality
 * time-scale modification of speech", ICASSP 1993.
 */
import { createWindow } from './windows.js';

/** Long enough for two periods of a low voice. */
const PIECE_SECONDS = 0.032;
/** How far from its place a piece is looked for, either way: half of the longest period. */
const SEARCH_SECONDS = 0.008;

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
  // The first piece ends with the first hop of the result: its rise lies in the silence before.
  let from = lead - nHop;
  for (let piece = 0; piece < nPieces; piece++) {
    if (piece > 0) {
      const wanted = Math.round(lead - nHop + piece * nHop * rate);
      from = mostAlike(padded, from + nHop, wanted - nSearch, wanted + nSearch, 2 * nHop);
    }
    const at = piece * nHop;
    for (let i = 0; i < 2 * nHop; i++) result[at + i] += window[i] * padded[from + i];
  }
  return result.slice(nHop, nHop + length);
}

/** The start from `first` to `last` of the stretch most like the one at `model`: the largest normalised correlation. */
function mostAlike(samples: Float32Array, model: number, first: number, last: number, length: number): number {
  let best = Math.min(Math.max(model, first), last);
  let bestLikeness = likeness(samples, model, best, length);
  for (let from = first; from <= last; from++) {
    const found = likeness(samples, model, from, length);
    if (found > bestLikeness) {
      best = from;
      bestLikeness = found;
    }
  }
  return best;
}

/** Every other sample is enough to tell, and half the work. */
function likeness(samples: Float32Array, a: number, b: number, length: number): number {
  let product = 0;
  let energy = 0;
  for (let i = 0; i < length; i += 2) {
    const value = samples[b + i];
    product += samples[a + i] * value;
    energy += value * value;
  }
  return energy === 0 ? 0 : product / Math.sqrt(energy);
}
