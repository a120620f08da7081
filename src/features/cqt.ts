/**
 * Constant-Q spectrogram: bins equally spaced in octaves, each as sharp in frequency as its place allows. Evaluated by
 * its definition at the full sample rate; `librosa.cqt` resamples octave by octave and prunes its filters, and so
 * differs by 1 to 4 percent. With the defaults it is librosa's amplitude_to_db(|cqt(...)|, ref=np.max), transposed, but for that.
 *
 * Todisco, Delgado, Evans, "Constant Q cepstral coefficients: a spoofing countermeasure for automatic speaker
 * verification", 2017, for its use.
 */
import { z } from 'zod';
import { ConstantQTransform } from '../dsp/constant-q.js';
import { highestFrequency, longestLength } from '../dsp/constant-q-wavelets.js';
import { preEmphasize } from '../dsp/pre-emphasis.js';
import { PseudoConstantQTransform } from '../dsp/pseudo-constant-q.js';
import { ConfigError } from '../runtime/errors.js';
import { checkPower, countFrames, type FeatureExtractor, type FeatureType } from './feature.js';
import { applyLevel, levelOption } from './level-option.js';
import { normalizationOption, normalizeFrames } from './normalization.js';
import { preEmphasisFields } from './spectrum-options.js';

/** The note C1. */
const C1 = 440 * 2 ** (-45 / 12);
/** Samples of the longest filter: its tables take 16 times as many numbers. */
const MAX_LENGTH = 2 ** 17;

const schema = z.strictObject({
  nBins: z.int().min(1).max(1024).default(84).describe('Filters, which are the bins of the feature.'),
  binsPerOctave: z.int().min(1).max(192).default(12).describe('Filters from a frequency to its double.'),
  fMin: z.number().positive().default(C1).describe('Centre of the lowest filter in Hz.'),
  filterScale: z
    .number()
    .min(0.01)
    .max(10)
    .default(1)
    .describe('Length of the filters; below 1 sharper in time, less so in frequency.'),
  hopLength: z
    .int()
    .min(1)
    .max(65536)
    .default(512)
    .describe('Samples from frame to frame; multiples of 32 and more are fastest.'),
  method: z
    .enum(['exact', 'pseudo'])
    .default('exact')
    .describe(
      'exact: by definition, near librosa.cqt; pseudo: from magnitudes of one spectrum, as librosa.pseudo_cqt.',
    ),
  ...preEmphasisFields(0),
  log: levelOption({ type: 'decibel', reference: 'max', offset: 1e-6 }),
  normalization: normalizationOption,
});

/** The constant-Q spectrogram: `[frames, nBins]`. */
export const cqt: FeatureType<typeof schema> = { schema, version: 1, create };

function create(options: z.output<typeof schema>, sampleRate: number): FeatureExtractor {
  const { nBins, hopLength, method, preEmphasis, preEmphasisStart, log, normalization } = options;
  const constantQ = { ...options, sampleRate };
  const highest = highestFrequency(constantQ);
  if (highest > sampleRate / 2) {
    throw new ConfigError(
      `cqt: expected filters up to ${sampleRate / 2} Hz, half the sample rate, got ${highest.toFixed(1)} Hz; lower nBins or fMin`,
    );
  }
  const longest = longestLength(constantQ);
  if (longest > MAX_LENGTH) {
    throw new ConfigError(
      `cqt: expected filters of at most ${MAX_LENGTH} samples, got ${Math.ceil(longest)}; raise fMin or lower binsPerOctave`,
    );
  }
  const transform = method === 'exact' ? new ConstantQTransform(constantQ) : new PseudoConstantQTransform(constantQ);

  function compute(waveform: Float32Array): Float32Array {
    countFrames('cqt', transform, waveform);
    // A filter reaches over many frames, so the samples themselves tell best where they are broken.
    for (let from = 0; from < waveform.length; from += hopLength) {
      let power = 0;
      const end = Math.min(from + hopLength, waveform.length);
      for (let i = from; i < end; i++) power += waveform[i] * waveform[i];
      checkPower('cqt', power, from / hopLength);
    }
    const result = transform.power(preEmphasize(waveform, preEmphasis, preEmphasisStart));
    applyLevel(result, log);
    normalizeFrames(result, nBins, normalization);
    return result;
  }

  return { nBins, hopLength, nFrames: (nSamples) => transform.nFrames(nSamples), compute };
}
