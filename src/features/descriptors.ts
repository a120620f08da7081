/**
 * Four numbers a frame that are easily pictured: level (root mean square), rate of zero crossings, centre of gravity of
 * the magnitude spectrum and frequency below which most of it lies. With the defaults they are librosa's `rms`,
 * `zero_crossing_rate`, `spectral_centroid` and `spectral_rolloff`.
 */
import { z } from 'zod';
import { PowerSpectrogram } from '../dsp/power-spectrogram.js';
import { checkPower, countFrames, type FeatureExtractor, type FeatureType } from './feature.js';
import { normalizationOption, normalizeFrames } from './normalization.js';

/** Samples up to this are 0 to a zero crossing, as librosa has it. */
const SILENT = 1e-10;
const N_BINS = 4;

const schema = z.strictObject({
  nFft: z.int().min(2).max(65536).multipleOf(2).default(2048).describe('Samples of a frame.'),
  hopLength: z.int().min(1).max(65536).default(512).describe('Samples from frame to frame.'),
  rolloff: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.85)
    .describe('Share of the sum of magnitudes that lies at or below the rolloff frequency.'),
  normalization: normalizationOption,
});

/** The descriptors: `[frames, 4]`, level, crossings per sample, centroid in Hz and rolloff in Hz. */
export const descriptors: FeatureType<typeof schema> = { schema, version: 1, create };

function create(options: z.output<typeof schema>, sampleRate: number): FeatureExtractor {
  const { nFft, hopLength, rolloff, normalization } = options;
  const spectrogram = new PowerSpectrogram({
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
  const magnitudes = new Float64Array(spectrogram.nBins);

  function compute(waveform: Float32Array): Float32Array {
    const nFrames = countFrames('descriptors', spectrogram, waveform);
    const result = new Float32Array(nFrames * N_BINS);
    spectrogram.forEachFrame(waveform, (frame, power) => {
      checkPower('descriptors', power[0] + power[nFft / 2], frame);
      for (let k = 0; k < magnitudes.length; k++) magnitudes[k] = Math.sqrt(power[k]);
      const [centroid, edge] = describeSpectrum(magnitudes, rolloff);
      result[frame * N_BINS + 2] = (centroid * sampleRate) / nFft;
      result[frame * N_BINS + 3] = (edge * sampleRate) / nFft;
    });
    describeSamples(waveform, nFft, hopLength, result);
    normalizeFrames(result, N_BINS, normalization);
    return result;
  }

  return { nBins: N_BINS, hopLength, nFrames: (nSamples) => spectrogram.nFrames(nSamples), compute };
}

/** Centre of gravity, and the first bin up to which the share of the sum lies; both in bins, 0 for silence. */
function describeSpectrum(magnitudes: Float64Array, share: number): readonly [number, number] {
  let total = 0;
  let moment = 0;
  for (let k = 0; k < magnitudes.length; k++) {
    total += magnitudes[k];
    moment += k * magnitudes[k];
  }
  if (total === 0) return [0, 0];
  let bin = 0;
  for (let sum = magnitudes[0]; sum < share * total && bin < magnitudes.length - 1; ) sum += magnitudes[++bin];
  return [moment / total, bin];
}

/** Level and crossings of all frames; beyond the ends are zeros for the level, and the end's sample for crossings. */
function describeSamples(waveform: Float32Array, nFft: number, hopLength: number, result: Float32Array): void {
  const length = waveform.length;
  // What is before each sample, so that a frame is a difference.
  const energies = new Float64Array(length + 1);
  const crossings = new Int32Array(length + 1);
  for (let n = 0; n < length; n++) {
    const isCrossing = n > 0 && waveform[n] < -SILENT !== waveform[n - 1] < -SILENT;
    energies[n + 1] = energies[n] + waveform[n] ** 2;
    crossings[n + 1] = crossings[n] + (isCrossing ? 1 : 0);
  }
  for (let at = 0, centre = 0; at < result.length; at += N_BINS, centre += hopLength) {
    const start = Math.max(centre - nFft / 2, 0);
    const end = Math.min(centre + nFft / 2, length);
    result[at] = Math.sqrt(Math.max(energies[end] - energies[start], 0) / nFft);
    // Between a frame's first sample and the one before it is no crossing of its own.
    result[at + 1] = Math.max(crossings[end] - crossings[Math.min(start + 1, end)], 0) / nFft;
  }
}
