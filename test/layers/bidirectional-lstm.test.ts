import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BidirectionalLstm } from '../../src/layers/bidirectional-lstm.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

const reference = JSON.parse(readFileSync(new URL('../fixtures/layers/pytorch.json', import.meta.url), 'utf8')).bilstm;
const weights = ['forward', 'backward'].flatMap((direction) =>
  ['kernel', 'recurrent_kernel', 'bias', 'recurrent_bias'].map((role) => `${direction}_${role}`),
);

describeLayerContract(BidirectionalLstm, [
  { options: { units: 3 }, inputShape: [2, 5, 4], outputShape: [2, 5, 6], freeAxes: [0, 1], weights },
  { options: { units: 2, seed: 9 }, inputShape: [3, 2, 2], outputShape: [3, 2, 4], freeAxes: [0, 1], weights },
]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test('equals PyTorch’s', () => {
    const layer = new BidirectionalLstm({ units: 4 });
    layer.build([null, null, 3]);
    layer.built = true;
    layer.setWeights(
      ['', '_reverse'].flatMap((suffix) =>
        ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((role) =>
          tf.transpose(reference.weights[`${role}_l0${suffix}`]),
        ),
      ),
    );
    const y = layer.apply(tf.tensor3d(reference.x)) as tf.Tensor;
    const wanted = tf.tensor3d(reference.out);
    expect(y.shape).toEqual(wanted.shape);
    // float32 against float64.
    expect(tf.max(tf.abs(tf.sub(y, wanted))).dataSync()[0]).toBeLessThan(1e-6);
  });

  test('one frame has a gradient, too: none for the recurrent weights', () => {
    const layer = new BidirectionalLstm({ units: 2 });
    const x = tf.ones([1, 1, 3]);
    layer.apply(x);
    const { grads } = tf.variableGrads(() => tf.sum(layer.apply(x) as tf.Tensor) as tf.Scalar);
    const sizes = layer.weights.map((weight) => tf.max(tf.abs(grads[weight.name])).dataSync()[0] > 0);
    expect(sizes).toEqual([true, false, true, true, true, false, true, true]);
  });

  test('no frames are refused', () => {
    expect(() => new BidirectionalLstm({ units: 2 }).apply(tf.zeros([1, 0, 3]))).toThrow(/at least one frame/);
  });
});

test('the two directions and two seeds start differently', () => {
  const start = (seed: number) => {
    const layer = new BidirectionalLstm({ units: 4, seed });
    layer.build([null, null, 3]);
    return layer.getWeights().map((weight) => weight.dataSync());
  };
  const values = start(1);
  expect(start(1)).toEqual(values);
  expect(new Set([...values, ...start(2)].map((each) => each[0])).size).toBe(16);
  expect(Math.max(...values.map((each) => Math.max(...each.map(Math.abs))))).toBeLessThanOrEqual(0.5);
});
