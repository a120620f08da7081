/**
 * Linear-frequency cepstral coefficients as the LFCC-LCNN baseline of ASVspoof 2021 computes them: pre-emphasis, a
 * periodic Hamming window centred in the transform, zeros beyond both ends, triangular filters equally spaced in Hz,
 * log10, an orthonormal DCT, log energy in place of coefficient 0, and differences of the neighbouring frames.
 *
 * Reference: asvspoof-challenge/2021, LA/Baseline-LFCC-LCNN. The defaults are that code's own; the baseline's LA recipe
 * sets nFft 1024 and maxFrequency 0.5.
 */
import { z } from 'zod';
import { CosineTransform } from '../dsp/cosine-transform.js';
import { addDeltas } from '../dsp/deltas.js';
import { createLinearFilterBank } from '../dsp/filter-banks.js';
import { logOfFloatBits } from '../dsp/logarithm.js';
import { PowerSpectrogram } from '../dsp/power-spectrogram.js';
import { ConfigError } from '../runtime/errors.js';
import { checkPower, countFrames, type FeatureExtractor, type FeatureType } from './feature.js';
import { normalizationOption, normalizeUtterance } from './normalization.js';

/** Added before every logarithm: the reference's float32 epsilon. */
const LOG_OFFSET = 2 ** -23;

const schema = z
  .strictObject({
    nFilters: z.int().min(2).max(512).default(20).describe('Filters, and as many coefficients.'),
    nFft: z
      .int()
      .min(2)
      .max(65536)
      .multipleOf(2)
      .default(512)
      .describe('Samples of the transform; powers of two are fastest.'),
    winLength: z.int().min(1).default(320).describe('Samples under the window, at most nFft.'),
    hopLength: z.int().min(1).max(65536).default(160).describe('Samples from frame to frame.'),
    maxFrequency: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('Upper end of the filters over half the sample rate.'),
    preEmphasis: z
      .number()
      .min(0)
      .max(1)
      .default(0.97)
      .describe('Coefficient of the high-pass before all else; 0 is none.'),
    energy: z.boolean().default(true).describe('Whether coefficient 0 is replaced by the log energy of the frame.'),
    nDeltas: z.int().min(0).max(2).default(2).describe('1 appends differences over time, 2 also their differences.'),
    normalization: normalizationOption,
  })
  .refine(({ winLength, nFft }) => winLength <= nFft, {
    path: ['winLength'],
    error: ({ input }) => {
      const { winLength, nFft } = input as { winLength: number; nFft: number };
      return `expected at most nFft, got ${winLength} > ${nFft}; raise nFft or shorten the window`;
    },
  });

/** The LFCC: `[frames, nFilters * (1 + nDeltas)]`, coefficients first, then their deltas. */
export const lfcc: FeatureType<typeof schema> = { schema, version: 1, create };

function create(options: z.output<typeof schema>): FeatureExtractor {
  const { nFilters, nFft, maxFrequency, energy, nDeltas, normalization } = options;
  // The reference drops the fraction, so half of 513 bins are 256, and the topmost corner is on the last of these.
  const nUsed = Math.floor((Math.floor(nFft / 2) + 1) * maxFrequency);
  if (nUsed < nFilters) {
    throw new ConfigError(
      `lfcc: expected at least as many spectral bins as filters, got ${nUsed} < ${nFilters}; raise nFft or maxFrequency`,
    );
  }
  const spectrogram = new PowerSpectrogram({ ...options, window: 'hamming', center: true, padMode: 'constant' });
  const bank = createLinearFilterBank(nFilters, nUsed);
  const cosines = new CosineTransform(nFilters, nFilters);
  // Behind the filters' energies comes the frame's.
  const energies = new Float32Array(nFilters + 1);
  const energyBits = new Int32Array(energies.buffer);
  const logs = new Float64Array(nFilters + 1);
  const nBins = nFilters * (1 + nDeltas);

  function compute(waveform: Float32Array): Float32Array {
    const nFrames = countFrames('lfcc', spectrogram, waveform);
    const result = new Float32Array(nFrames * nBins);
    spectrogram.forEachFrame(waveform, (frame, power) => {
      const at = frame * nBins;
      energies[nFilters] = (power[0] + bank.apply(power, energies)) / nFft;
      checkPower('lfcc', energies[nFilters], frame);
      for (let m = 0; m <= nFilters; m++) {
        energies[m] += LOG_OFFSET;
        logs[m] = Math.LOG10E * logOfFloatBits(energyBits[m]);
      }
      cosines.apply(logs, result, at);
      if (energy) result[at] = logs[nFilters];
    });
    for (let order = 1; order <= nDeltas; order++) {
      addDeltas(result, nBins, (order - 1) * nFilters, order * nFilters, nFilters);
    }
    normalizeUtterance(result, nBins, normalization);
    return result;
  }

  return { nBins, nFrames: (nSamples) => spectrogram.nFrames(nSamples), compute };
}
