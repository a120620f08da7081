import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { MultiHeadAttention } from '../../src/layers/multi-head-attention.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

const reference = JSON.parse(readFileSync(new URL('../fixtures/layers/sequences.json', import.meta.url), 'utf8'));
const plain = ['query_kernel', 'key_kernel', 'value_kernel', 'output_kernel'];
const biases = ['query_bias', 'value_bias', 'output_bias'];

describeLayerContract(MultiHeadAttention, [
  {
    options: { nHeads: 2 },
    inputShape: [2, 5, 4],
    outputShape: [2, 5, 4],
    freeAxes: [0, 1],
    weights: [...plain, ...biases],
  },
  {
    options: { nHeads: 3, positions: 'relative', seed: 4 },
    inputShape: [2, 4, 6],
    outputShape: [2, 4, 6],
    freeAxes: [0, 1],
    weights: [...plain, 'position_kernel', ...biases, 'position_bias'],
  },
]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each(['none', 'relative'] as const)('equals the reference, positions %s', (positions) => {
    const { x, out, ...given } = reference.multiHeadAttention;
    const { position, positionBias, out: relativeOut } = reference.relativeAttention;
    const layer = new MultiHeadAttention({ nHeads: 2, positions });
    layer.build([null, null, 4]);
    layer.built = true;
    const isRelative = positions === 'relative';
    layer.setWeights(
      [
        ...[given.query, given.key, given.value, given.output, ...(isRelative ? [position] : [])],
        ...[given.queryBias, given.valueBias, given.outputBias, ...(isRelative ? [positionBias] : [])],
      ].map((values) => tf.tensor(values)),
    );
    const y = layer.apply(tf.tensor3d(x)) as tf.Tensor;
    // float32 against float64, on values of some units.
    expect(tf.max(tf.abs(tf.sub(y, isRelative ? relativeOut : out))).dataSync()[0]).toBeLessThan(1e-5);
  });
});

test('a width that the heads don’t divide is refused', () => {
  expect(() => new MultiHeadAttention({ nHeads: 3, name: 'it' }).build([null, null, 4])).toThrow(
    'it: expected a width that 3 heads divide, got 4',
  );
  expect(() => new MultiHeadAttention({ nHeads: 1, positions: 'relative', name: 'it' }).build([null, 2, 5])).toThrow(
    'it: relative positions need an even width, got 5',
  );
});
