/** Linear-phase filters that take bands out of a spectrum, as RawBoost draws them. */
import { createFourierTransform } from './fourier.js';
import { createWindow } from './windows.js';

/** A band to take out. */
export interface StopBand {
  /** Hz; what lies below 0 or above half the sampling rate is cut off. */
  readonly centre: number;
  /** Hz. */
  readonly width: number;
  /** Length of the filter, odd; longer is steeper. */
  readonly nTaps: number;
}

/** Points at which the peak of the response is looked for, from 0 to half the sampling rate. */
const N_POINTS = 512;
/** Hz that an edge keeps from the ends of the spectrum. */
const EDGE = 1e-3;

/**
 * The filters of all bands convolved with each other and scaled, so that the largest gain is `gainDb`. Each is a sinc
 * design under a Hamming window with gain 1 at 0 Hz, as from `scipy.signal.firwin`.
 *
 * @param bands at least one
 * @returns `1 + sum of (nTaps - 1)` coefficients
 */
export function notchFilter(bands: readonly StopBand[], gainDb: number, sampleRate: number): Float64Array {
  let filter = Float64Array.of(1);
  for (const band of bands) filter = convolved(stopBand(band, sampleRate), filter);
  const scale = 10 ** (gainDb / 20) / peakGain(filter);
  return filter.map((value) => value * scale);
}

function stopBand({ centre, width, nTaps }: StopBand, sampleRate: number): Float64Array {
  const nyquist = sampleRate / 2;
  const low = centre - width / 2 <= 0 ? EDGE : centre - width / 2;
  const high = centre + width / 2 >= nyquist ? nyquist - EDGE : centre + width / 2;
  const window = createWindow('hamming', nTaps, 'symmetric');
  const taps = window.map((weight, i) => {
    const m = i - (nTaps - 1) / 2;
    return weight * (lowPass(low / nyquist, m) + lowPass(1, m) - lowPass(high / nyquist, m));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/** Tap `m` off the centre of an ideal low-pass filter; `cutOff` as a share of half the sampling rate. */
function lowPass(cutOff: number, m: number): number {
  return m === 0 ? cutOff : Math.sin(Math.PI * cutOff * m) / (Math.PI * m);
}

function peakGain(filter: Float64Array): number {
  const { size, input, output, run } = createFourierTransform(2 * N_POINTS);
  // Samples of the spectrum of a longer filter are those of the filter wrapped round.
  for (const [i, value] of filter.entries()) input[2 * (i % size)] += value;
  run();
  let peak = 0;
  for (let k = 0; k < N_POINTS; k++) peak = Math.max(peak, Math.hypot(output[2 * k], output[2 * k + 1]));
  return peak;
}

function convolved(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const result = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) result[i + j] += a[i] * b[j];
  return result;
}
