import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { Gru } from '../../src/layers/gru.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

const reference = JSON.parse(readFileSync(new URL('../fixtures/layers/sequences.json', import.meta.url), 'utf8')).gru;
const weights = ['kernel', 'recurrent_kernel', 'bias', 'recurrent_bias'];

describeLayerContract(Gru, [
  { options: { units: 3 }, inputShape: [2, 5, 4], outputShape: [2, 5, 3], freeAxes: [0, 1], weights },
  { options: { units: 2, seed: 9 }, inputShape: [3, 2, 2], outputShape: [3, 2, 2], freeAxes: [0, 1], weights },
]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test('a stack equals PyTorch’s', () => {
    let y: tf.Tensor = tf.tensor3d(reference.x);
    for (const index of [0, 1]) {
      const layer = new Gru({ units: 4 });
      layer.build([null, null, y.shape[2] as number]);
      layer.built = true;
      layer.setWeights(
        ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((role) =>
          tf.transpose(reference.weights[`${role}_l${index}`]),
        ),
      );
      y = layer.apply(y) as tf.Tensor;
    }
    const wanted = tf.tensor3d(reference.out);
    expect(y.shape).toEqual(wanted.shape);
    // float32 against float64.
    expect(tf.max(tf.abs(tf.sub(y, wanted))).dataSync()[0]).toBeLessThan(1e-6);
  });

  test('one frame has a gradient, too: none for the recurrent kernel', () => {
    const layer = new Gru({ units: 2 });
    const x = tf.ones([1, 1, 3]);
    layer.apply(x);
    const { grads } = tf.variableGrads(() => tf.sum(layer.apply(x) as tf.Tensor) as tf.Scalar);
    const sizes = layer.weights.map((weight) => tf.max(tf.abs(grads[weight.name])).dataSync()[0] > 0);
    expect(sizes).toEqual([true, false, true, true]);
  });

  test('no frames are refused', () => {
    expect(() => new Gru({ units: 2 }).apply(tf.zeros([1, 0, 3]))).toThrow(/at least one frame/);
  });
});

test('gives the same values and gradients as a compiled program', async () => {
  await tf.setBackend('tensorflow');
  const layer = new Gru({ units: 4 });
  const x = tf.tensor3d(reference.x);
  layer.apply(x);
  const step = ({ x }: { x: tf.Tensor }) => {
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(layer.apply(x) as tf.Tensor)) as tf.Scalar);
    return { value, ...Object.fromEntries(layer.weights.map(({ name }, i) => [weights[i], grads[name]])) };
  };
  const compiled = compile(step);
  const [eager, program]: Record<string, tf.Tensor>[] = [step({ x }), compiled({ x })];
  for (const name of ['value', ...weights]) {
    expect(tf.max(tf.abs(tf.sub(eager[name], program[name]))).dataSync()[0], name).toBeLessThan(1e-5);
  }
  compiled.dispose();
});
