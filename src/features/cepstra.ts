/** Cepstral coefficients: filter energies through a logarithm and a cosine transform. LFCC and MFCC are this. */
import { z } from 'zod';
import { CosineTransform } from '../dsp/cosine-transform.js';
import type { TriangularFilterBank } from '../dsp/filter-banks.js';
import type { PowerSpectrogram } from '../dsp/power-spectrogram.js';
import { ConfigError } from '../runtime/errors.js';
import { appendDeltas, type DeltaOptions, deltaStages } from './delta-option.js';
import { checkPower, countFrames, type FeatureExtractor } from './feature.js';
import { applyLevel, type Level } from './level-option.js';
import { type Normalization, normalizationStages, normalizeFrames } from './normalization.js';
import { type FeatureStage, filterStage, spectrumStages } from './stages.js';

/** The fields that cepstral features share, beside those of spectrum, level, deltas and normalisation. */
export const cepstralFields = {
  lifter: z
    .number()
    .min(0)
    .default(0)
    .describe('Coefficient k is multiplied by 1 + lifter / 2 sin(pi (k + 1) / lifter), as librosa has it; 0 is none.'),
  cosine: z
    .boolean()
    .default(true)
    .describe('Whether the cosine transform is taken; without it the log energies of the filters are the feature.'),
};

/** What the coefficients are made with. */
export interface CepstralOptions extends DeltaOptions, z.output<z.ZodObject<typeof cepstralFields>> {
  /** Of the feature, for messages. */
  readonly name: string;
  readonly nFft: number;
  readonly hopLength: number;
  /** Coefficients that are kept; read where `cosine` is set. */
  readonly nCoefficients: number;
  /** Whether the frame's own log energy, the filters' share of its power over nFft, replaces coefficient 0. */
  readonly energy: boolean;
  readonly log: Level;
  readonly normalization: Normalization;
}

/**
 * The extractor of `[frames, nCoefficients * (1 + nDeltas)]`, coefficients first, then their deltas.
 *
 * @throws ConfigError for more coefficients than filters
 */
export function createCepstra(
  spectrogram: PowerSpectrogram,
  bank: TriangularFilterBank,
  options: CepstralOptions,
): FeatureExtractor {
  const { name, nFft, hopLength, lifter, cosine, energy, log, nDeltas, normalization } = options;
  const { nFilters } = bank;
  if (cosine && options.nCoefficients > nFilters) {
    throw new ConfigError(
      `${name}: expected at most as many coefficients as filters, got ${options.nCoefficients} > ${nFilters}`,
    );
  }
  const nCoefficients = cosine ? options.nCoefficients : nFilters;
  const cosines = new CosineTransform(nFilters, nCoefficients);
  const lifts = Float64Array.from({ length: nCoefficients }, (_, k) =>
    lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * (k + 1)) / lifter),
  );
  const nBins = nCoefficients * (1 + nDeltas);
  const row = new Float64Array(nFilters);

  function compute(waveform: Float32Array): Float32Array {
    const nFrames = countFrames(name, spectrogram, waveform);
    const energies = new Float32Array(nFrames * nFilters);
    const totals = new Float32Array(nFrames);
    spectrogram.forEachFrame(waveform, (frame, power) => {
      const total = bank.apply(power, energies, frame * nFilters);
      checkPower(name, total, frame);
      totals[frame] = (power[0] + total) / nFft;
    });
    applyLevel(energies, log);
    if (energy) applyLevel(totals, log);

    const result = new Float32Array(nFrames * nBins);
    for (let frame = 0; frame < nFrames; frame++) {
      const from = frame * nFilters;
      const to = frame * nBins;
      if (cosine) {
        for (let m = 0; m < nFilters; m++) row[m] = energies[from + m];
        cosines.apply(row, result, to);
      } else for (let m = 0; m < nFilters; m++) result[to + m] = energies[from + m];
      if (lifter > 0) for (let k = 0; k < nCoefficients; k++) result[to + k] *= lifts[k];
      if (energy) result[to] = totals[frame];
    }
    appendDeltas(name, result, nCoefficients, options);
    normalizeFrames(result, nBins, normalization);
    return result;
  }

  /** Levels of the filters, and of the frame where its energy is wanted, to coefficients. */
  function coefficients(): FeatureStage {
    const matrix = new Float64Array((nFilters + (energy ? 1 : 0)) * nCoefficients);
    for (let m = 0; m < nFilters; m++) {
      row.fill(0)[m] = 1;
      const column = new Float64Array(nCoefficients);
      if (cosine) cosines.apply(row, column);
      else column[m] = 1;
      for (let k = energy ? 1 : 0; k < nCoefficients; k++) matrix[m * nCoefficients + k] = column[k] * lifts[k];
    }
    if (energy) matrix[nFilters * nCoefficients] = 1;
    return { kind: 'product', matrix, nColumns: nCoefficients };
  }

  return {
    nBins,
    hopLength,
    nFrames: (nSamples) => spectrogram.nFrames(nSamples),
    compute,
    stages: () =>
      normalizationStages(normalization, [
        ...spectrumStages(spectrogram),
        filterStage(bank, spectrogram.nBins, energy ? 1 / nFft : undefined),
        { kind: 'level', level: log, groups: energy ? [nFilters, 1] : [nFilters] },
        coefficients(),
        ...deltaStages(options),
      ]),
  };
}
