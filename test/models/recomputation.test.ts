import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { inBlocks } from '../../src/models/in-blocks.js';
import { buildModel, models } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';

beforeAll(async () => {
  await startTestEngine();
});

/** Narrow models of those that name the ends of their blocks, with the shape of an example. */
const CASES: Readonly<Record<string, { readonly options: object; readonly inputShape: readonly number[] }>> = {
  conformer: { options: { units: 4, nBlocks: 1, nHeads: 2, kernelSize: 3, nChannels: 2 }, inputShape: [16, 8] },
  lcnn: { options: { width: 0.125 }, inputShape: [32, 16] },
  rawnet2: {
    options: { nFilters: 2, kernelSize: 9, nChannels: 3, pooling: 'mean', head: 'linear' },
    inputShape: [4400],
  },
  resnet2: { options: { width: 0.0625, nBlocks: 1, pooling: 'mean' }, inputShape: [16, 8] },
};

const named = models.entries().filter(([, { recomputation }]) => Array.isArray(recomputation));

test.each(named)('%s gives the same in its blocks', (type, { recomputation }) => {
  const { options, inputShape } = CASES[type];
  const [plain, parted] = [1, 1].map((seed) => buildModel({ type, ...options }, inputShape, seed));
  const x = spreadTensor([2, ...inputShape], 1);
  const call = { training: true, seed: 3 };
  const values = inBlocks(parted, recomputation as readonly string[])(x, call) as tf.Tensor;
  expect(values.dataSync()).toEqual((plain.apply(x, call) as tf.Tensor).dataSync());
});
