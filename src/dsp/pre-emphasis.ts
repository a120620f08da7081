/** The high-pass y[n] = x[n] - c x[n-1] that evens out the fall of speech towards high frequencies. */

/**
 * The first sample behind the high-pass: `keep` takes x[0]; `extrapolate` is librosa's 3 x[0] - x[1], whose initial
 * state continues the line through the first two samples.
 */
export const PRE_EMPHASIS_STARTS = ['keep', 'extrapolate'] as const;

/** One of `PRE_EMPHASIS_STARTS`. */
export type PreEmphasisStart = (typeof PRE_EMPHASIS_STARTS)[number];

/** One sample behind the high-pass. */
export function preEmphasizedSample(
  waveform: Float32Array,
  at: number,
  coefficient: number,
  start: PreEmphasisStart,
): number {
  if (at > 0) return waveform[at] - coefficient * waveform[at - 1];
  const isKept = coefficient === 0 || start === 'keep' || waveform.length === 1;
  return isKept ? waveform[0] : 3 * waveform[0] - waveform[1];
}

/**
 * A whole waveform behind the high-pass.
 *
 * @param coefficient 0 is none
 * @returns `waveform` itself where there is no high-pass
 */
export function preEmphasize(waveform: Float32Array, coefficient: number, start: PreEmphasisStart): Float32Array {
  if (coefficient === 0) return waveform;
  return Float32Array.from(waveform, (_, at) => preEmphasizedSample(waveform, at, coefficient, start));
}
