/**
 * The formulas of `test/fixtures/models`: the scripts there fill weights and inputs by them, so that of a reference only
 * its results are stored.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { WeightRule } from '../../src/models/foreign-weights.js';
import { namedWeights } from '../../src/models/named-weights.js';
import type { StoredTensor } from '../../src/runtime/safetensors.js';
import { largestError } from './arrays.js';

/** A tensor of the reference: element k from 1 is `offset + scale * sin(12.9898 k + n)`. */
export interface TensorFormula {
  readonly shape: readonly number[];
  readonly n: number;
  readonly scale: number;
  readonly offset: number;
}

/** What is kept of a gradient: its length, and its inner products with sin(k) and sin(2 k). */
export interface GradientDigest {
  readonly l2: number;
  readonly dots: readonly number[];
}

/** sin(step k + phase), k from 1. */
export function sines(length: number, step: number, phase: number): Float64Array {
  return Float64Array.from({ length }, (_, k) => Math.sin(step * (k + 1) + phase));
}

/** The weights under the reference's names. */
export function tensorsByFormula(formulas: Readonly<Record<string, TensorFormula>>): Map<string, StoredTensor> {
  return new Map(
    Object.entries(formulas).map(([name, { shape, n, scale, offset }]): [string, StoredTensor] => {
      const values = sines(tf.util.sizeFromShape([...shape]), 12.9898, n);
      return [
        name,
        { dtype: 'F32', shape: [...shape], data: Float32Array.from(values, (sine) => offset + scale * sine) },
      ];
    }),
  );
}

/** `[batch, samples]`: a tone that swells and falls, and what sounds like noise; other ones in each row. */
export function waveformsByFormula([batch, samples]: readonly number[]): tf.Tensor {
  const rows = Array.from({ length: batch }, (_, row) => {
    const tone = sines(samples, 0.05 + 0.31 * row, 0);
    const swell = sines(samples, 0.0013 * (row + 1), 0.4);
    const noise = sines(samples, 12.9898 + 0.31 * row, 0);
    return tf.tensor1d(Float32Array.from(tone, (value, i) => 0.5 * value * swell[i] + 0.2 * noise[i]));
  });
  return tf.stack(rows);
}

/**
 * Expects the gradients, given under our names, to be the reference's, and none to be missing.
 *
 * @param tolerance `relative` to a gradient's length, plus `absolute`
 */
export function expectGradientDigests(
  net: LayersModel,
  gradients: ReadonlyMap<string, Float32Array>,
  digests: Readonly<Record<string, GradientDigest>>,
  rules: readonly WeightRule[],
  tolerance: { readonly relative: number; readonly absolute: number },
): void {
  expect(gradients.size).toBe(Object.keys(digests).length);
  const weights = namedWeights(net);
  for (const { from, to, axes } of rules) {
    if (!(from in digests)) continue;
    const { l2, dots } = digests[from];
    const { variable } = weights.get(to) as { variable: tf.Variable };
    // Back to the reference's layout, in which the script took its inner products.
    const inverse = axes?.map((_, axis) => axes.indexOf(axis));
    const values = tf.tidy(() => {
      const ours = tf.tensor(gradients.get(to) as Float32Array, variable.shape);
      return (inverse === undefined ? ours : tf.transpose(ours, inverse)).dataSync<'float32'>();
    });
    // What a batch norm takes away again has no gradient but rounding.
    const allowed = l2 < 1e-12 ? 1e-5 : tolerance.relative * l2 + tolerance.absolute;
    expect(Math.abs(Math.hypot(...values) - l2), from).toBeLessThan(allowed);
    dots.forEach((wanted, j) => {
      const dot = values.reduce((sum, value, k) => sum + value * Math.sin((j + 1) * (k + 1)), 0);
      expect(Math.abs(dot - wanted), from).toBeLessThan(allowed);
    });
  }
}

/** Expects running statistics to be the reference's, to 1e-5 of the largest value or of 1. */
export function expectStatistics(
  net: LayersModel,
  statistics: Readonly<Record<string, readonly number[]>>,
  rules: readonly WeightRule[],
): void {
  const weights = namedWeights(net);
  for (const [from, wanted] of Object.entries(statistics)) {
    const { to } = rules.find((rule) => rule.from === from) as WeightRule;
    const values = weights.get(to)?.variable.dataSync() ?? [];
    expect(largestError(values, wanted), from).toBeLessThan(1e-5 * Math.max(1, ...wanted));
  }
}
