/**
 * Log-mel spectrogram: power spectra through filters equally spaced on the mel scale, then a logarithm. With the
 * defaults it equals `librosa.power_to_db(librosa.feature.melspectrogram(...), ref=np.max)`, transposed.
 */
import { z } from 'zod';
import { checkPower, countFrames, type FeatureExtractor, type FeatureType } from './feature.js';
import { applyLevel, levelOption } from './level-option.js';
import { createMelBank, melFields } from './mel-options.js';
import { normalizationOption, normalizationStages, normalizeFrames } from './normalization.js';
import { createSpectrogram, spectrumFields, windowFits } from './spectrum-options.js';
import { filterStage, spectrumStages } from './stages.js';

const schema = z
  .strictObject({
    ...melFields,
    ...spectrumFields({ nFft: 512, hopLength: 160, window: 'hann', padMode: 'constant', preEmphasis: 0 }),
    log: levelOption({ type: 'decibel', reference: 'max', offset: 1e-6 }),
    normalization: normalizationOption,
  })
  .refine(...windowFits);

/** The log-mel spectrogram: `[frames, nMels]`. */
export const logMel: FeatureType<typeof schema> = { schema, version: 2, create };

function create(options: z.output<typeof schema>, sampleRate: number): FeatureExtractor {
  const { nMels, hopLength, log, normalization } = options;
  const bank = createMelBank('log-mel', options, sampleRate);
  const spectrogram = createSpectrogram(options);

  function compute(waveform: Float32Array): Float32Array {
    const nFrames = countFrames('log-mel', spectrogram, waveform);
    const result = new Float32Array(nFrames * nMels);
    spectrogram.forEachFrame(waveform, (frame, power) => {
      checkPower('log-mel', bank.apply(power, result, frame * nMels), frame);
    });
    applyLevel(result, log);
    normalizeFrames(result, nMels, normalization);
    return result;
  }

  return {
    nBins: nMels,
    hopLength,
    nFrames: (nSamples) => spectrogram.nFrames(nSamples),
    compute,
    stages: () =>
      normalizationStages(normalization, [
        ...spectrumStages(spectrogram),
        filterStage(bank, spectrogram.nBins),
        { kind: 'level', level: log, groups: [nMels] },
      ]),
  };
}
