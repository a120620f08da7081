import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { TransformerLayer } from '../../src/layers/transformer-layer.js';
import { ShapeError } from '../../src/runtime/errors.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeLayerContract } from '../support/layer-contract.js';

const weights = [
  ...['query', 'key', 'value', 'projection', 'intermediate', 'output'].flatMap((map) => [
    `${map}_kernel`,
    `${map}_bias`,
  ]),
  ...['attention', 'final'].flatMap((norm) => [`${norm}_gamma`, `${norm}_beta`]),
];
const shapes = { inputShape: [2, 5, 4], outputShape: [2, 5, 4], freeAxes: [0, 1], weights, neutral: ['key_bias'] };
const sizes = { nHeads: 2, intermediateSize: 6 };

// Numbers of the reference: test/models/wav2vec2.parity.test.ts.
describeLayerContract(TransformerLayer, [
  { options: { ...sizes, normFirst: true, epsilon: 1e-3, hop: 2, receptiveField: 3, seed: 4 }, ...shapes },
  {
    options: { ...sizes, hiddenDropout: 0.2, attentionDropout: 0.2, activationDropout: 0.2, layerDrop: 0.01, seed: 4 },
    ...shapes,
  },
]);

const apply = (layer: TransformerLayer, x: tf.Tensor, call: object) => [
  ...(layer.apply(x, call) as tf.Tensor).dataSync(),
];

test('no frame attends to padding', () => {
  const layer = new TransformerLayer({ ...sizes, hop: 2, receptiveField: 3 });
  const clip = spreadTensor([1, 3, 4], 1);
  const padded = tf.concat([clip, spreadTensor([1, 2, 4], 2)], 1);
  const alone = apply(layer, clip, {});
  // Three frames end within 7 samples.
  const told = apply(layer, padded, { lengths: tf.tensor1d([7], 'int32') });
  alone.forEach((value, i) => {
    expect(told[i]).toBeCloseTo(value, 5);
  });
});

test('a layer that is dropped passes its input on, as often as it is told', () => {
  const layer = new TransformerLayer({ ...sizes, name: 'dropped', layerDrop: 0.25 });
  const x = spreadTensor([1, 3, 4], 1);
  const given = [...x.dataSync()];
  const n = 200;
  const dropped = Array.from({ length: n }, (_, seed) => apply(layer, x, { training: true, seed })).filter((values) =>
    values.every((value, i) => value === given[i]),
  ).length;
  // Four standard deviations of a binomial.
  expect(Math.abs(dropped / n - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / n));
});

test('computed again in the backward pass it gives the same gradients', () => {
  const layer = new TransformerLayer({ ...sizes, name: 'again', hiddenDropout: 0.3, attentionDropout: 0.3 });
  const x = spreadTensor([2, 3, 4], 1);
  layer.apply(x);
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const gradientsOf = (recompute: boolean) => {
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(layer.apply(x, { training: true, seed: 3, recompute }) as tf.Tensor)) as tf.Scalar,
      variables,
    );
    return variables.map(({ name }) => [...grads[name].dataSync()]);
  };
  expect(gradientsOf(true)).toEqual(gradientsOf(false));
});

test('heads that can not share the features are refused', () => {
  expect(() => new TransformerLayer({ ...sizes, nHeads: 3 }).apply(tf.zeros([1, 2, 4]))).toThrow(ShapeError);
});
