/** A feature as ops: what its extractor computes from a waveform, by ops that every runtime has. */
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureExtractor } from '../features/feature.js';
import type { Level } from '../features/level-option.js';
import type { DeltaBlock, FeatureStage } from '../features/stages.js';
import { ConfigError } from '../runtime/errors.js';

/** Waveforms `[batch, samples]` to features `[batch, frames, bins]`. */
export type FrontEnd = (waveform: tf.Tensor2D) => tf.Tensor;

/**
 * The front-end of an extractor.
 *
 * @param name of the feature, for the message
 * @throws ConfigError where the feature is no list of stages
 */
export function createFrontEnd(name: string, extractor: FeatureExtractor): FrontEnd {
  const stages = extractor.stages?.();
  if (stages === undefined) {
    throw new ConfigError(
      `export: the feature ${name}, with its options, can't be part of a program; leave \`withFeatures\` out`,
    );
  }
  return (waveform) => tf.tidy(() => applyStages(waveform, stages));
}

function applyStages(waveform: tf.Tensor2D, stages: readonly FeatureStage[]): tf.Tensor3D {
  return stages.reduce((x, stage) => applyStage(x, stage), waveform as tf.Tensor) as tf.Tensor3D;
}

function applyStage(x: tf.Tensor, stage: FeatureStage): tf.Tensor {
  switch (stage.kind) {
    case 'high-pass':
      return highPass(x as tf.Tensor2D, stage.coefficient, stage.start);
    case 'spectrum':
      return powerSpectra(x as tf.Tensor2D, stage);
    case 'product':
      return timesMatrix(x as tf.Tensor3D, stage.matrix, stage.nColumns);
    case 'level':
      return tf.concat(
        columnGroups(x as tf.Tensor3D, stage.groups).map((group) => toLevel(group, stage.level)),
        2,
      );
    case 'deltas':
      return withDeltas(x as tf.Tensor3D, stage.deltas);
    case 'normalization':
      return normalized(x as tf.Tensor3D, stage.variance, stage.smallest);
    case 'side-by-side': {
      const parts = stage.parts.map((part) => applyStages(x as tf.Tensor2D, part));
      const nFrames = Math.min(...parts.map((part) => part.shape[1]));
      return tf.concat(
        parts.map((part) => tf.slice(part, [0, 0, 0], [-1, nFrames, -1])),
        2,
      );
    }
  }
}

function highPass(x: tf.Tensor2D, coefficient: number, start: 'keep' | 'extrapolate'): tf.Tensor2D {
  const before = tf.slice(x, [0, 0], [-1, x.shape[1] - 1]);
  const after = tf.slice(x, [0, 1], [-1, x.shape[1] - 1]);
  const kept = tf.slice(x, [0, 0], [-1, 1]);
  const first = start === 'keep' ? kept : tf.sub(tf.mul(kept, 3), tf.slice(x, [0, 1], [-1, 1]));
  return tf.concat([first as tf.Tensor2D, tf.sub(after, tf.mul(before, coefficient)) as tf.Tensor2D], 1);
}

/** Framing, window and Fourier transform as one convolution, by windowed cosines and sines. */
function powerSpectra(x: tf.Tensor2D, stage: FeatureStage & { kind: 'spectrum' }): tf.Tensor3D {
  const { window, nFft, hopLength, start, padMode } = stage;
  const nSamples = x.shape[1];
  const nFrames = stage.nFrames(nSamples);
  const before = Math.max(0, -start);
  const end = start + (nFrames - 1) * hopLength + window.length;
  const after = Math.max(0, end - nSamples);
  const paddings: [number, number][] = [
    [0, 0],
    [before, after],
  ];
  const isWide = padMode === 'reflect' && Math.max(before, after) >= nSamples;
  if (isWide) throw new ConfigError(`export: expected clips longer than half a frame, got ${nSamples} samples`);
  const padded =
    before + after === 0 ? x : padMode === 'reflect' ? tf.mirrorPad(x, paddings, 'reflect') : tf.pad(x, paddings);
  const used = tf.slice(padded, [0, Math.max(0, start)], [-1, end + before - Math.max(0, start)]);
  const nBins = nFft / 2 + 1;
  const waves = new Float32Array(window.length * 2 * nBins);
  for (const [n, weight] of window.entries()) {
    for (let bin = 0; bin < nBins; bin++) {
      // The angle is taken modulo a turn, which keeps it exact.
      const angle = (2 * Math.PI * ((bin * n) % nFft)) / nFft;
      waves[n * 2 * nBins + bin] = weight * Math.cos(angle);
      waves[n * 2 * nBins + nBins + bin] = weight * Math.sin(angle);
    }
  }
  const kernel = tf.tensor4d(waves, [1, window.length, 1, 2 * nBins]);
  const signal = tf.reshape(used, [x.shape[0], 1, used.shape[1] as number, 1]) as tf.Tensor4D;
  const spectra = tf.square(tf.conv2d(signal, kernel, [1, hopLength], 'valid'));
  const [cosines, sines] = tf.split(tf.reshape(spectra, [x.shape[0], nFrames, 2 * nBins]), 2, 2);
  return tf.add(cosines, sines);
}

function timesMatrix(x: tf.Tensor3D, matrix: Float64Array, nColumns: number): tf.Tensor3D {
  const [nRows, nFrames, width] = x.shape;
  const factor = tf.tensor2d(Float32Array.from(matrix), [width, nColumns]);
  return tf.reshape(tf.matMul(tf.reshape(x, [nRows * nFrames, width]), factor), [nRows, nFrames, nColumns]);
}

function columnGroups(x: tf.Tensor3D, widths: readonly number[]): tf.Tensor3D[] {
  return widths.length === 1 ? [x] : tf.split(x, [...widths], 2);
}

const DECIBELS_PER_LOG = 10 / Math.LN10;

function toLevel(powers: tf.Tensor3D, level: Level): tf.Tensor3D {
  switch (level.type) {
    case 'natural':
      return tf.log(tf.add(powers, level.offset));
    case 'log10':
      return tf.mul(tf.log(tf.add(powers, level.offset)), Math.LOG10E);
    case 'none':
      return level.exponent === 1 ? tf.sqrt(powers) : powers;
    case 'decibel': {
      const { reference, floor, topDb } = level;
      const highest = tf.maximum(tf.max(powers, [1, 2], true), floor);
      const lowest = topDb === null ? tf.scalar(floor) : tf.maximum(tf.mul(highest, 10 ** (-topDb / 10)), floor);
      const decibels = (power: tf.Tensor) => tf.mul(tf.log(power), DECIBELS_PER_LOG);
      const zero = reference === 'max' ? decibels(highest) : tf.scalar(10 * Math.log10(Math.max(floor, reference)));
      return tf.sub(decibels(tf.maximum(powers, lowest)), zero);
    }
  }
}

function withDeltas(x: tf.Tensor3D, deltas: readonly DeltaBlock[]): tf.Tensor3D {
  const blocks = [x];
  for (const delta of deltas) blocks.push(difference(blocks[delta.of], delta));
  return tf.concat(blocks, 2);
}

function difference(x: tf.Tensor3D, { weights, place, isHeld }: DeltaBlock): tf.Tensor3D {
  const nFrames = x.shape[1];
  const half = (weights.length - 1) / 2;
  const frame = (at: number) => tf.slice(x, [0, at, 0], [-1, 1, -1]);
  const beyond = (at: number) => {
    const source = place(at, nFrames);
    return source < 0 ? tf.mul(frame(0), 0) : frame(source);
  };
  const reach = Array.from({ length: half }, (_, i) => i);
  const padded = isHeld
    ? x
    : tf.concat([...reach.map((i) => beyond(i - half)), x, ...reach.map((i) => beyond(nFrames + i))], 1);
  const length = (padded.shape[1] as number) - 2 * half;
  const terms = [...weights.entries()]
    .filter(([, weight]) => weight !== 0)
    .map(([n, weight]) => tf.mul(tf.slice(padded, [0, n, 0], [-1, length, -1]), weight));
  const sum = terms.reduce((total, term) => tf.add(total, term)) as tf.Tensor3D;
  if (!isHeld) return sum;
  const edge = (at: number) => reach.map(() => tf.slice(sum, [0, at, 0], [-1, 1, -1]));
  return tf.concat([...edge(0), sum, ...edge(length - 1)], 1);
}

function normalized(x: tf.Tensor3D, variance: boolean, smallest: number): tf.Tensor3D {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  if (!variance) return centred as tf.Tensor3D;
  const deviation = tf.sqrt(tf.mean(tf.square(centred), 1, true));
  return tf.div(centred, tf.maximum(deviation, smallest));
}
