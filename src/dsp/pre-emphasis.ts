/**
 * The first-order high-pass y[n] = x[n] - coefficient x[n-1] that flattens the spectrum of speech; y[0] = x[0].
 *
 * @param coefficient in [0, 1]
 */
export function preEmphasize(waveform: Float32Array, coefficient: number): Float32Array {
  const result = new Float32Array(waveform.length);
  if (waveform.length > 0) result[0] = waveform[0];
  for (let i = 1; i < waveform.length; i++) result[i] = waveform[i] - coefficient * waveform[i - 1];
  return result;
}
