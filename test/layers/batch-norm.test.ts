import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, type BatchNormOptions } from '../../src/layers/batch-norm.js';
import { ShapeError } from '../../src/runtime/errors.js';
import { spreadTensor } from '../support/gradient-check.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/layers/pytorch.json', import.meta.url), 'utf8'),
).batchNorm;
const statistics = ['moving_mean', 'moving_variance'];

describeLayerContract(BatchNorm, [
  {
    options: {},
    inputShape: [3, 4, 2, 3],
    outputShape: [3, 4, 2, 3],
    freeAxes: [0, 1, 2],
    weights: ['gamma', 'beta', ...statistics],
  },
  {
    options: { center: false, scale: false, momentum: 0.3, epsilon: 0.01 },
    inputShape: [6, 4],
    outputShape: [6, 4],
    freeAxes: [0],
    weights: statistics,
  },
  {
    options: { center: false },
    inputShape: [3, 5, 4],
    outputShape: [3, 5, 4],
    freeAxes: [0, 1],
    weights: ['gamma', ...statistics],
  },
  {
    options: { scale: false },
    inputShape: [3, 5, 4],
    outputShape: [3, 5, 4],
    freeAxes: [0, 1],
    weights: ['beta', ...statistics],
  },
]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  const train = (options: BatchNormOptions, x: tf.Tensor) => {
    const layer = new BatchNorm(options);
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    return { layer, y };
  };
  // float32 against float64: 1e-6 is some ulp of values about 1.
  const expectNear = (tensor: tf.Tensor, wanted: number[]) => {
    const values = tensor.dataSync();
    expect(values.length).toBe(wanted.length);
    values.forEach((value, i) => {
      expect(Math.abs(value - wanted[i])).toBeLessThan(2e-6);
    });
  };

  test('a training step equals PyTorch’s: biased variance for the output, unbiased for the running one', () => {
    const { layer, y } = train({ center: false, scale: false }, tf.tensor2d(reference.input));
    expectNear(y, reference.output.flat());
    const [mean, variance] = layer.getWeights();
    expectNear(mean, reference.running_mean);
    expectNear(variance, reference.running_var);
  });

  test('momentum is the share of the new batch, 0 and 1 included', () => {
    const x = tf.tensor2d([[1], [3]]);
    for (const momentum of [0, 0.25, 1]) {
      const [mean, variance] = train({ center: false, scale: false, momentum }, x).layer.getWeights();
      expectNear(mean, [2 * momentum]);
      expectNear(variance, [1 - momentum + 2 * momentum]);
    }
  });

  test('a call may take another share, 1 for the batch’s statistics alone', () => {
    const layer = new BatchNorm({ momentum: 0.1 });
    layer.apply(tf.tensor2d([[1], [3]]), { training: true, momentum: 1 });
    expectNear(layer.getWeights()[2], [2]);
    expectNear(layer.getWeights()[3], [2]);
  });

  test('statistics also move inside variableGrads, once a step', () => {
    const layer = new BatchNorm({ momentum: 0.5 });
    const x = spreadTensor([8, 3], 1);
    layer.apply(x);
    const gradients = tf.variableGrads(
      () => tf.sum(tf.square(layer.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
    );
    expect(Object.keys(gradients.grads)).toHaveLength(2);
    expectNear(layer.getWeights()[2], [...tf.mul(tf.mean(x, 0), 0.5).dataSync()]);
  });

  test('inference neither uses nor moves the batch’s statistics', () => {
    const layer = new BatchNorm({ center: false, scale: false, epsilon: 1e-5 });
    layer.build([null, 2]);
    layer.built = true;
    layer.setWeights([tf.tensor1d([1, -1]), tf.tensor1d([4, 0.25])]);
    expectNear(layer.apply(tf.tensor2d([[3, 0]])) as tf.Tensor, [2 / Math.sqrt(4.00001), 1 / Math.sqrt(0.25001)]);
    expectNear(layer.getWeights()[0], [1, -1]);
  });

  test('a training batch of one value a channel is refused', () => {
    expect(() => train({}, tf.zeros([1, 3]))).toThrow(ShapeError);
    expect(() => train({}, tf.zeros([1, 3]))).toThrow(/more than one value a channel/);
  });
});
