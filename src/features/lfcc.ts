/**
 * Linear-frequency cepstral coefficients. The defaults are the LFCC-LCNN baseline of ASVspoof 2021: pre-emphasis, a
 * periodic Hamming window centred in the transform, zeros beyond both ends, triangular filters equally spaced in Hz,
 * log10, an orthonormal DCT, log energy in place of coefficient 0, and differences of the neighbouring frames. Its LA
 * recipe sets nFft 1024 and maxFrequency 0.5. Other options give the baseline with a Gaussian mixture model and
 * `torchaudio.transforms.LFCC`.
 *
 * Reference: asvspoof-challenge/2021, LA/Baseline-LFCC-LCNN and LA/Baseline-LFCC-GMM.
 */
import { z } from 'zod';
import { createLinearFilterBank, FILTER_CORNERS } from '../dsp/filter-banks.js';
import { ConfigError } from '../runtime/errors.js';
import { cepstralFields, createCepstra } from './cepstra.js';
import { deltaFields } from './delta-option.js';
import type { FeatureExtractor, FeatureType } from './feature.js';
import { levelOption } from './level-option.js';
import { normalizationOption } from './normalization.js';
import { createSpectrogram, spectrumFields, windowFits } from './spectrum-options.js';

const schema = z
  .strictObject({
    nFilters: z.int().min(2).max(512).default(20).describe('Filters.'),
    nCoefficients: z.int().min(1).max(512).optional().describe('Coefficients that are kept; default nFilters.'),
    ...spectrumFields({
      nFft: 512,
      winLength: 320,
      hopLength: 160,
      window: 'hamming',
      padMode: 'constant',
      preEmphasis: 0.97,
    }),
    minFrequency: z.number().min(0).max(1).default(0).describe('Lower end of the filters over half the sample rate.'),
    maxFrequency: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('Upper end of the filters over half the sample rate.'),
    corners: z
      .enum(FILTER_CORNERS)
      .default('even')
      .describe('Corners of the filters equally spaced, or then rounded down to whole bins, as spafe does.'),
    // The offset is the reference's float32 epsilon.
    log: levelOption({ type: 'log10', reference: 1, offset: 2 ** -23 }),
    ...cepstralFields,
    energy: z.boolean().default(true).describe('Whether coefficient 0 is replaced by the log energy of the frame.'),
    ...deltaFields({ nDeltas: 2, type: 'difference' }),
    normalization: normalizationOption,
  })
  .refine(...windowFits);

/** The LFCC: `[frames, nCoefficients * (1 + nDeltas)]`, coefficients first, then their deltas. */
export const lfcc: FeatureType<typeof schema> = { schema, version: 2, create };

function create(options: z.output<typeof schema>): FeatureExtractor {
  const { nFilters, nCoefficients = nFilters, nFft, minFrequency, maxFrequency, corners } = options;
  if (minFrequency >= maxFrequency) {
    throw new ConfigError(`lfcc: expected minFrequency below maxFrequency, got ${minFrequency} and ${maxFrequency}`);
  }
  // The reference drops the fraction, so half of 513 bins are 256, and the topmost corner is on the last of these.
  const nUsed = Math.floor((nFft / 2 + 1) * maxFrequency);
  const nCovered = nUsed - Math.floor((nFft / 2) * minFrequency);
  if (nCovered < nFilters) {
    throw new ConfigError(
      `lfcc: expected at least as many spectral bins as filters, got ${nCovered} < ${nFilters}; raise nFft or maxFrequency`,
    );
  }
  const low = minFrequency * (nFft / 2);
  const bank =
    corners === 'even'
      ? createLinearFilterBank(nFilters, nUsed, { low })
      : createLinearFilterBank(nFilters, nFft / 2 + 1, { low, high: maxFrequency * (nFft / 2), nFftRounded: nFft });
  return createCepstra(createSpectrogram(options), bank, { ...options, name: 'lfcc', nCoefficients });
}
