/**
 * RawBoost: channel-like distortions of raw speech, in eight combinations of three.
 *
 * Paper: Tak et al., "RawBoost: a raw data boosting and augmentation method applied to automatic speaker verification
 * anti-spoofing", ICASSP 2022. Numbers as in the authors' code (github.com/TakHemlata/RawBoost-antispoofing): there too
 * the filters shift the clip by one sample, and a peak above 1 is brought to 1 after each distortion but the last kind.
 */
import { z } from 'zod';
import { convolve } from '../../dsp/fast-convolution.js';
import { notchFilter } from '../../dsp/notch-filter.js';
import { whiteNoise } from '../../dsp/white-noise.js';
import type { Random } from '../../runtime/random.js';
import { type AugmentationType, probability, range } from './augmentation.js';

const schema = z.strictObject({
  probability,
  algorithm: z
    .literal([1, 2, 3, 4, 5, 6, 7, 8])
    .default(4)
    .describe(
      '1 convolutive, 2 impulsive, 3 coloured noise; in series: 4 is 1, 2 and 3, 5 is 1 and 2, 6 is 1 and 3, ' +
        '7 is 2 and 3; 8 is 1 and 2 side by side, added.',
    ),
  nFilters: z.int().min(1).max(20).default(5).describe('Convolutive: the clip and its powers up to this one.'),
  nBands: z.int().min(1).max(20).default(5).describe('Bands that each filter takes out.'),
  centreHz: range(0).default([20, 8000]).describe('Least and greatest centre of a band in Hz.'),
  bandwidthHz: range(0).default([100, 1000]).describe('Least and greatest width of a band in Hz.'),
  nTaps: range(1, 1000).default([10, 100]).describe('Least and greatest length of the filter of a band.'),
  gainDb: range().default([0, 0]).describe("Least and greatest of each filter's largest gain in dB."),
  powerLossDb: z
    .tuple([z.number(), z.number()])
    .default([5, 20])
    .describe('Convolutive: taken off the two bounds of gainDb for the powers from the second on.'),
  maxImpulsesPercent: z.number().min(0).max(100).default(10).describe('Impulsive: most samples disturbed, in percent.'),
  impulseGain: z.number().min(0).default(2).describe('Impulsive: largest disturbance, relative to the sample.'),
  snrDb: range().default([10, 40]).describe('Coloured noise: least and greatest signal-to-noise ratio in dB.'),
});

type Options = z.output<typeof schema>;

/** The registry entry; see the top of the file. */
export const rawboost: AugmentationType<typeof schema, 'waveform'> = {
  stage: 'waveform',
  schema,
  create(options, { sampleRate }) {
    const convolutive = (waveform: Float32Array, random: Random) => {
      const filters = Array.from({ length: options.nFilters }, (_, power) =>
        drawFilter(options, power === 0 ? [0, 0] : options.powerLossDb, sampleRate, random),
      );
      return convolvedPowers(waveform, filters);
    };
    const impulsive = (waveform: Float32Array, random: Random) => {
      const share = random.uniformBetween(0, options.maxImpulsesPercent) / 100;
      const positions = drawPositions(waveform.length, Math.floor(waveform.length * share), random);
      const draw = () => Float64Array.from(positions, random.uniform);
      return withImpulses(waveform, positions, draw(), draw(), options.impulseGain);
    };
    const coloured = (waveform: Float32Array, random: Random) => {
      const white = whiteNoise(waveform.length, random.uniform);
      const filter = drawFilter(options, [0, 0], sampleRate, random);
      return withColouredNoise(waveform, white, filter, random.uniformBetween(...options.snrDb));
    };
    const sideBySide = (waveform: Float32Array, random: Random) => {
      const a = convolutive(waveform, random);
      const b = impulsive(waveform, random);
      return loweredToFullScale(a.map((value, i) => value + b[i]));
    };
    const series = {
      1: [convolutive],
      2: [impulsive],
      3: [coloured],
      4: [convolutive, impulsive, coloured],
      5: [convolutive, impulsive],
      6: [convolutive, coloured],
      7: [impulsive, coloured],
      8: [sideBySide],
    }[options.algorithm];
    return {
      probability: options.probability,
      apply: (waveform, random) => series.reduce((result, distort) => distort(result, random), waveform),
    };
  },
};

function drawFilter(
  { nBands, centreHz, bandwidthHz, nTaps, gainDb }: Options,
  lossDb: readonly [number, number],
  sampleRate: number,
  random: Random,
): Float64Array {
  const bands = Array.from({ length: nBands }, () => {
    const centre = random.uniformBetween(...centreHz);
    const width = random.uniformBetween(...bandwidthHz);
    // An odd length, or the filter could not leave the highest frequency as it is.
    return { centre, width, nTaps: Math.floor(random.uniformBetween(...nTaps)) | 1 };
  });
  // With the official losses the second bound lies below the first, which a uniform draw does not mind.
  return notchFilter(bands, random.uniformBetween(gainDb[0] - lossDb[0], gainDb[1] - lossDb[1]), sampleRate);
}

/** `n` different places out of `length`, in random order. */
function drawPositions(length: number, n: number, random: Random): Int32Array {
  const places = Int32Array.from({ length }, (_, i) => i);
  for (let i = 0; i < n; i++) {
    const j = i + random.integer(length - i);
    [places[i], places[j]] = [places[j], places[i]];
  }
  return places.subarray(0, n);
}

/**
 * Convolutive noise: power `i + 1` of the clip through filter `i`, summed, without the mean; not louder than full scale.
 *
 * @param filters of odd length
 * @returns freshly allocated, as long as `waveform`
 */
export function convolvedPowers(waveform: Float32Array, filters: readonly Float64Array[]): Float32Array {
  const n = waveform.length;
  const sum = new Float64Array(n);
  const power = new Float64Array(n).fill(1);
  for (const filter of filters) {
    for (let i = 0; i < n; i++) power[i] *= waveform[i];
    const filtered = filteredBy(power, filter);
    for (let i = 0; i < n; i++) sum[i] += filtered[i];
  }
  let mean = 0;
  for (let i = 0; i < n; i++) mean += sum[i] / n;
  return loweredToFullScale(Float32Array.from(sum, (value) => value - mean));
}

/**
 * Impulsive noise that depends on the signal: at each place `x + gain x (2 u - 1) (2 v - 1)`; not louder than full scale.
 *
 * @param positions places in the waveform
 * @param u one number of 0 to 1 for each place
 * @param v as `u`
 * @returns freshly allocated, as long as `waveform`
 */
export function withImpulses(
  waveform: Float32Array,
  positions: Int32Array,
  u: ArrayLike<number>,
  v: ArrayLike<number>,
  gain: number,
): Float32Array {
  const result = waveform.slice();
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i];
    result[at] += gain * waveform[at] * (2 * u[i] - 1) * (2 * v[i] - 1);
  }
  return loweredToFullScale(result);
}

/**
 * Stationary noise that does not depend on the signal: white noise through a filter, at a ratio of the two norms.
 *
 * @param white as long as `waveform`
 * @returns freshly allocated, as long as `waveform`; not lowered
 */
export function withColouredNoise(
  waveform: Float32Array,
  white: Float32Array,
  filter: Float64Array,
  snrDb: number,
): Float32Array {
  const noise = filteredBy(white, filter);
  const disturbance = norm(noise);
  const scale = disturbance === 0 ? 0 : norm(waveform) / disturbance / 10 ** (snrDb / 20);
  return waveform.map((value, i) => value + scale * noise[i]);
}

/** The convolution from half a filter's length and one sample on, as long as `signal`. */
function filteredBy(signal: ArrayLike<number>, filter: Float64Array): Float32Array {
  const start = (filter.length + 1) / 2;
  const full = convolve(signal, filter);
  const result = new Float32Array(signal.length);
  result.set(full.subarray(start, start + signal.length));
  return result;
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}

/** Divides in place by the peak where that is above 1. */
function loweredToFullScale(waveform: Float32Array): Float32Array {
  let peak = 1;
  for (let i = 0; i < waveform.length; i++) peak = Math.max(peak, Math.abs(waveform[i]));
  if (peak > 1) for (let i = 0; i < waveform.length; i++) waveform[i] /= peak;
  return waveform;
}
