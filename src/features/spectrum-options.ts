/** The options that every feature over short-time power spectra shares, stated once; only their defaults differ. */
import { z } from 'zod';
import { FRAME_LENGTHS, PAD_MODES, type PadMode, PowerSpectrogram } from '../dsp/power-spectrogram.js';
import { PRE_EMPHASIS_STARTS } from '../dsp/pre-emphasis.js';
import { WINDOW_NAMES, WINDOW_SYMMETRIES, type WindowName } from '../dsp/windows.js';

/** What a feature sets the shared options to where its user does not. */
export interface SpectrumDefaults {
  readonly nFft: number;
  /** Where it is absent, the window is as long as the transform. */
  readonly winLength?: number;
  readonly hopLength: number;
  readonly window: WindowName;
  readonly padMode: PadMode;
  readonly preEmphasis: number;
}

/** The fields of the high-pass, with a feature's default for its coefficient. */
export function preEmphasisFields(coefficient: number) {
  return {
    preEmphasis: z
      .number()
      .min(0)
      .max(1)
      .default(coefficient)
      .describe('Coefficient of the high-pass before all else; 0 is none.'),
    preEmphasisStart: z
      .enum(PRE_EMPHASIS_STARTS)
      .default('keep')
      .describe("The high-pass's first sample: as it was, or three times it less the second, as librosa has it."),
  };
}

/** The fields of the shared options, for a strict object that is closed with {@link windowFits}. */
export function spectrumFields(defaults: SpectrumDefaults) {
  const winLength = z.int().min(1);
  return {
    nFft: z
      .int()
      .min(2)
      .max(65536)
      .multipleOf(2)
      .default(defaults.nFft)
      .describe('Samples of the transform; powers of two are fastest.'),
    winLength: (defaults.winLength === undefined
      ? winLength.optional()
      : winLength.optional().default(defaults.winLength)
    ).describe(
      `Samples under the window, at most nFft${defaults.winLength === undefined ? ', which is the default' : ''}.`,
    ),
    hopLength: z.int().min(1).max(65536).default(defaults.hopLength).describe('Samples from frame to frame.'),
    window: z.enum(WINDOW_NAMES).default(defaults.window).describe('Shape of the window.'),
    windowSymmetry: z
      .enum(WINDOW_SYMMETRIES)
      .default('periodic')
      .describe('One period, as librosa and torch have it, or symmetric, as NumPy has it.'),
    center: z.boolean().default(true).describe('Whether frames are centred on their time, with the ends padded.'),
    padMode: z.enum(PAD_MODES).default(defaults.padMode).describe('What is beyond the ends; constant is silence.'),
    frameLength: z
      .enum(FRAME_LENGTHS)
      .default('transform')
      .describe('Without center: frames as long as the transform, the window in their middle, or as the window.'),
    ...preEmphasisFields(defaults.preEmphasis),
  };
}

/** The shared options, parsed. */
export type SpectrumOptions = z.output<z.ZodObject<ReturnType<typeof spectrumFields>>>;

/** A check that the window is no longer than the transform, for `refine`. */
export const windowFits: [
  (options: Pick<SpectrumOptions, 'winLength' | 'nFft'>) => boolean,
  { path: string[]; error: (issue: { readonly input?: unknown }) => string },
] = [
  ({ winLength = 0, nFft }) => winLength <= nFft,
  {
    path: ['winLength'],
    error: ({ input }) => {
      const { winLength, nFft } = input as { winLength: number; nFft: number };
      return `expected at most nFft, got ${winLength} > ${nFft}; raise nFft or shorten the window`;
    },
  },
];

/** The spectrogram that the options describe. */
export function createSpectrogram(options: SpectrumOptions): PowerSpectrogram {
  return new PowerSpectrogram({ ...options, winLength: options.winLength ?? options.nFft });
}
