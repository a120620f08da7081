import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { sincFilters } from '../../src/dsp/sinc-filters.js';
import { SincConvolution } from '../../src/layers/sinc-convolution.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(SincConvolution, [
  {
    options: { nFilters: 3, kernelSize: 5 },
    inputShape: [2, 12],
    outputShape: [2, 8, 3],
    freeAxes: [0, 1],
    weights: [],
  },
  {
    options: { nFilters: 6, kernelSize: 3, sampleRate: 8000, scale: 'inverse-mel', maxMaskedFilters: 2 },
    inputShape: [2, 9],
    outputShape: [2, 7, 6],
    freeAxes: [0, 1],
    weights: [],
  },
]);

test('is the inner product of each stretch with each filter', () => {
  const bank = { nFilters: 2, kernelSize: 5, sampleRate: 16000, scale: 'linear' } as const;
  const x = spreadTensor([1, 7], 1);
  const [samples, filters] = [x.dataSync(), sincFilters(bank)];
  const y = (new SincConvolution({ nFilters: 2, kernelSize: 5, scale: 'linear' }).apply(x) as tf.Tensor).dataSync();
  for (let frame = 0; frame < 3; frame++) {
    for (let band = 0; band < 2; band++) {
      let sum = 0;
      for (let i = 0; i < 5; i++) sum += (samples[frame + i] as number) * (filters[i * 2 + band] as number);
      expect(y[frame * 2 + band]).toBeCloseTo(sum, 5);
    }
  }
});

test('in training silences neighbouring filters, by the seed alone, and from none to the most', () => {
  const layer = new SincConvolution({ name: 'it', nFilters: 8, kernelSize: 3, maxMaskedFilters: 3 });
  const x = tf.ones([2, 10]);
  const silenced = (seed: number): number[] => {
    const magnitudes = tf.sum(tf.abs(layer.apply(x, { training: true, seed }) as tf.Tensor), [0, 1]).dataSync();
    return [...magnitudes].flatMap((value, i) => (value === 0 ? [i] : []));
  };
  expect(silenced(5)).toEqual(silenced(5));
  const all = Array.from({ length: 60 }, (_, seed) => silenced(seed));
  for (const filters of all) expect(filters).toEqual(filters.map((_, i) => (filters[0] as number) + i));
  expect(new Set(all.map(({ length }) => length))).toEqual(new Set([0, 1, 2, 3]));
  expect(new Set(all.flat())).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(tf.min(tf.sum(tf.abs(layer.apply(x) as tf.Tensor), [0, 1])).dataSync()[0]).toBeGreaterThan(0);
});

test('options and input that can’t be used are refused', () => {
  expect(() => new SincConvolution({ nFilters: 2, kernelSize: 4 })).toThrow(/kernelSize: must be odd/);
  expect(() => new SincConvolution({ nFilters: 2, kernelSize: 3, maxMaskedFilters: 3 })).toThrow(
    /at most nFilters, got 3 > 2/,
  );
  const layer = new SincConvolution({ nFilters: 2, kernelSize: 5, maxMaskedFilters: 1 });
  expect(() => layer.apply(tf.zeros([1, 4]))).toThrow(/at least 5 samples, got \[1, 4\]/);
  expect(() => layer.apply(tf.zeros([1, 8, 1]))).toThrow(/expected rank 2 \[batch, samples\], got rank 3/);
  expect(() => layer.apply(tf.zeros([1, 8]), { training: true })).toThrow(/training needs a seed, got none/);
});
