/**
 * Mel-frequency cepstral coefficients: a log-mel spectrogram through an orthonormal cosine transform. With nMels 128 the
 * coefficients, lifter and deltas are those of `librosa.feature.mfcc` and `librosa.feature.delta`; with scale htk, norm
 * none, padMode reflect and nFft 400 those of `torchaudio.transforms.MFCC`.
 *
 * Davis, Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", 1980.
 */
import { z } from 'zod';
import { cepstralFields, createCepstra } from './cepstra.js';
import { deltaFields } from './delta-option.js';
import type { FeatureExtractor, FeatureType } from './feature.js';
import { levelOption } from './level-option.js';
import { createMelBank, melFields } from './mel-options.js';
import { normalizationOption } from './normalization.js';
import { createSpectrogram, spectrumFields, windowFits } from './spectrum-options.js';

const schema = z
  .strictObject({
    nCoefficients: z.int().min(1).max(1024).default(20).describe('Coefficients that are kept, at most nMels.'),
    ...melFields,
    ...spectrumFields({ nFft: 512, hopLength: 160, window: 'hann', padMode: 'constant', preEmphasis: 0 }),
    log: levelOption({ type: 'decibel', reference: 1, offset: 1e-6 }),
    ...cepstralFields,
    energy: z.boolean().default(false).describe('Whether coefficient 0 is replaced by the log energy of the frame.'),
    ...deltaFields({ nDeltas: 0, type: 'polynomial' }),
    normalization: normalizationOption,
  })
  .refine(...windowFits);

/** The MFCC: `[frames, nCoefficients * (1 + nDeltas)]`, coefficients first, then their deltas. */
export const mfcc: FeatureType<typeof schema> = { schema, version: 1, create };

function create(options: z.output<typeof schema>, sampleRate: number): FeatureExtractor {
  const bank = createMelBank('mfcc', options, sampleRate);
  return createCepstra(createSpectrogram(options), bank, { ...options, name: 'mfcc' });
}
