/** The options of a mel filter bank, which log-mel and MFCC share. */
import { z } from 'zod';
import { createMelFilterBank, FILTER_NORMS, type TriangularFilterBank } from '../dsp/filter-banks.js';
import { MEL_SCALES } from '../dsp/frequency-scales.js';
import { ConfigError } from '../runtime/errors.js';

/** The fields of the shared options. */
export const melFields = {
  nMels: z.int().min(1).max(1024).default(80).describe('Filters.'),
  fMin: z.number().min(0).default(0).describe('Lower end of the lowest filter in Hz.'),
  fMax: z.number().positive().optional().describe('Upper end of the highest filter in Hz; default sampleRate / 2.'),
  scale: z.enum(MEL_SCALES).default('slaney').describe('The mel scale.'),
  norm: z.enum(FILTER_NORMS).default('slaney').describe('Unit area, or a peak of 1.'),
};

/** The shared options, parsed. */
export type MelOptions = z.output<z.ZodObject<typeof melFields>>;

/**
 * The filter bank that the options describe.
 *
 * @param name of the feature, for the message
 * @throws ConfigError where the range of frequencies is none
 */
export function createMelBank(
  name: string,
  options: MelOptions & { readonly nFft: number },
  sampleRate: number,
): TriangularFilterBank {
  const { fMin, fMax = sampleRate / 2 } = options;
  if (fMax > sampleRate / 2) {
    throw new ConfigError(`${name}: expected fMax of at most ${sampleRate / 2} Hz, half the sample rate, got ${fMax}`);
  }
  if (fMin >= fMax) throw new ConfigError(`${name}: expected fMin below fMax, got ${fMin} and ${fMax} Hz`);
  return createMelFilterBank({ ...options, sampleRate, fMax });
}
