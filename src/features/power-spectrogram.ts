/**
 * Short-time power spectrum: every bin of |STFT|^2, or of |STFT|, linear or as a level. With nFft 1728, hopLength 130,
 * window blackman and a natural logarithm it is the FFT front end of STC's LCNN (Lavrentyeva et al., Interspeech 2019).
 */
import { z } from 'zod';
import { ConfigError } from '../runtime/errors.js';
import { checkPower, countFrames, type FeatureExtractor, type FeatureType } from './feature.js';
import { applyLevel, levelOption } from './level-option.js';
import { normalizationOption, normalizationStages, normalizeFrames } from './normalization.js';
import { createSpectrogram, spectrumFields, windowFits } from './spectrum-options.js';
import { type FeatureStage, spectrumStages } from './stages.js';

const schema = z
  .strictObject({
    ...spectrumFields({ nFft: 512, hopLength: 160, window: 'hann', padMode: 'constant', preEmphasis: 0 }),
    fMin: z.number().min(0).default(0).describe('Bins below this frequency in Hz are left out.'),
    fMax: z.number().positive().optional().describe('Bins above this frequency in Hz are left out.'),
    log: levelOption({ type: 'decibel', reference: 'max', offset: 1e-12 }),
    normalization: normalizationOption,
  })
  .refine(...windowFits);

/** The spectrogram: `[frames, bins]`, nFft / 2 + 1 bins unless frequencies are left out. */
export const powerSpectrogram: FeatureType<typeof schema> = { schema, version: 1, create };

function create(options: z.output<typeof schema>, sampleRate: number): FeatureExtractor {
  const { nFft, hopLength, fMin, fMax = sampleRate / 2, log, normalization } = options;
  const first = Math.ceil((fMin * nFft) / sampleRate);
  const end = Math.min(Math.floor((fMax * nFft) / sampleRate), nFft / 2) + 1;
  const nBins = end - first;
  if (nBins < 1) {
    throw new ConfigError(`power-spectrogram: expected a bin between fMin and fMax, got ${fMin} to ${fMax} Hz`);
  }
  const spectrogram = createSpectrogram(options);

  function compute(waveform: Float32Array): Float32Array {
    const nFrames = countFrames('power-spectrogram', spectrogram, waveform);
    const result = new Float32Array(nFrames * nBins);
    spectrogram.forEachFrame(waveform, (frame, power) => {
      // One sample that is no number, or too large, spoils every bin alike.
      checkPower('power-spectrogram', power[0] + power[nFft / 2], frame);
      result.set(power.subarray(first, end), frame * nBins);
    });
    applyLevel(result, log);
    normalizeFrames(result, nBins, normalization);
    return result;
  }

  /** Leaves the bins out that are not wanted. */
  function choice(): FeatureStage {
    const matrix = new Float64Array(spectrogram.nBins * nBins);
    for (let bin = 0; bin < nBins; bin++) matrix[(first + bin) * nBins + bin] = 1;
    return { kind: 'product', matrix, nColumns: nBins };
  }

  return {
    nBins,
    hopLength,
    nFrames: (nSamples) => spectrogram.nFrames(nSamples),
    compute,
    stages: () =>
      normalizationStages(normalization, [
        ...spectrumStages(spectrogram),
        ...(nBins === spectrogram.nBins ? [] : [choice()]),
        { kind: 'level', level: log, groups: [nBins] },
      ]),
  };
}
