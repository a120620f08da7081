/**
 * Log-mel spectrogram: power spectra through filters equally spaced on the mel scale, then a logarithm. With the
 * defaults it equals `librosa.power_to_db(librosa.feature.melspectrogram(...), ref=np.max)`, transposed.
 */
import { z } from 'zod';
import { powerToDecibels } from '../dsp/decibels.js';
import { createMelFilterBank, FILTER_NORMS } from '../dsp/filter-banks.js';
import { MEL_SCALES } from '../dsp/frequency-scales.js';
import { PAD_MODES, PowerSpectrogram } from '../dsp/power-spectrogram.js';
import { WINDOW_NAMES } from '../dsp/windows.js';
import { ConfigError } from '../runtime/errors.js';
import { checkPower, countFrames, type FeatureExtractor, type FeatureType } from './feature.js';
import { normalizationOption, normalizeUtterance } from './normalization.js';

const decibelOptions = z.strictObject({
  type: z.literal('decibel'),
  reference: z
    .union([z.literal('max'), z.number().positive()])
    .default('max')
    .describe('The power that is 0 dB; "max" is the largest of the utterance.'),
  floor: z.number().min(1e-30).default(1e-10).describe('Powers below are raised to it.'),
  topDb: z
    .number()
    .positive()
    .nullable()
    .default(80)
    .describe('Levels more than this below the highest are raised to that; null leaves them.'),
});

const offset = z.number().positive().default(1e-6).describe('Added to the power before the logarithm.');

const schema = z
  .strictObject({
    nMels: z.int().min(1).max(1024).default(80).describe('Filters, which are the bins of the feature.'),
    nFft: z
      .int()
      .min(2)
      .max(65536)
      .multipleOf(2)
      .default(512)
      .describe('Samples of the transform; powers of two are fastest.'),
    winLength: z.int().min(1).optional().describe('Samples under the window, at most nFft, which is the default.'),
    hopLength: z.int().min(1).max(65536).default(160).describe('Samples from frame to frame.'),
    window: z.enum(WINDOW_NAMES).default('hann').describe('Shape of the window.'),
    center: z.boolean().default(true).describe('Whether frames are centred on their time, with the ends padded.'),
    padMode: z.enum(PAD_MODES).default('constant').describe('What is beyond the ends; constant is silence.'),
    preEmphasis: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Coefficient of the high-pass before all else; 0 is none.'),
    fMin: z.number().min(0).default(0).describe('Lower end of the lowest filter in Hz.'),
    fMax: z.number().positive().optional().describe('Upper end of the highest filter in Hz; default sampleRate / 2.'),
    scale: z.enum(MEL_SCALES).default('slaney').describe('The mel scale.'),
    norm: z.enum(FILTER_NORMS).default('slaney').describe('Unit area, or a peak of 1.'),
    log: z
      .discriminatedUnion('type', [
        decibelOptions,
        z.strictObject({ type: z.literal('natural'), offset }),
        z.strictObject({ type: z.literal('log10'), offset }),
      ])
      .prefault({ type: 'decibel' }),
    normalization: normalizationOption,
  })
  .refine(({ winLength = 0, nFft }) => winLength <= nFft, {
    path: ['winLength'],
    error: ({ input }) => {
      const { winLength, nFft } = input as { winLength: number; nFft: number };
      return `expected at most nFft, got ${winLength} > ${nFft}; raise nFft or shorten the window`;
    },
  });

/** The log-mel spectrogram: `[frames, nMels]`. */
export const logMel: FeatureType<typeof schema> = { schema, version: 1, create };

function create(options: z.output<typeof schema>, sampleRate: number): FeatureExtractor {
  const { nMels, nFft, winLength = nFft, fMin, fMax = sampleRate / 2, log, normalization } = options;
  if (fMax > sampleRate / 2) {
    throw new ConfigError(`log-mel: expected fMax of at most ${sampleRate / 2} Hz, half the sample rate, got ${fMax}`);
  }
  if (fMin >= fMax) throw new ConfigError(`log-mel: expected fMin below fMax, got ${fMin} and ${fMax} Hz`);
  const spectrogram = new PowerSpectrogram({ ...options, winLength });
  const bank = createMelFilterBank({ ...options, sampleRate, fMax });

  function compute(waveform: Float32Array): Float32Array {
    const nFrames = countFrames('log-mel', spectrogram, waveform);
    const result = new Float32Array(nFrames * nMels);
    spectrogram.forEachFrame(waveform, (frame, power) => {
      checkPower('log-mel', bank.apply(power, result, frame * nMels), frame);
    });
    if (log.type === 'decibel') powerToDecibels(result, log);
    else addAndLog(result, log.offset, log.type === 'log10' ? Math.LOG10E : 1);
    normalizeUtterance(result, nMels, normalization);
    return result;
  }

  return { nBins: nMels, nFrames: (nSamples) => spectrogram.nFrames(nSamples), compute };
}

function addAndLog(values: Float32Array, offset: number, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = factor * Math.log(values[i] + offset);
}
