import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { buildModel } from '../../src/models/registry.js';
import { trainingCall } from '../../src/models/training-call.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';

beforeAll(startTestEngine);

it('a model is called for training, in blocks or not, with the same outputs', () => {
  const values = [false, true].map((isRecomputed) => {
    const net = buildModel({ type: 'lcnn', width: 0.125 }, [48, 20], 1);
    const call = trainingCall(net, 'lcnn', isRecomputed);
    const outputs = tf.tidy(() => [...(call(spreadTensor([2, 48, 20], 1), { seed: 1 }) as tf.Tensor).dataSync()]);
    net.dispose();
    return outputs;
  });
  expect(values[0]).toEqual(values[1]);
});

it('a model without blocks says which have some', () => {
  const net = buildModel({ type: 'lcnn-small' }, [48, 20], 1);
  expect(() => trainingCall(net, 'lcnn-small', true)).toThrow(ConfigError);
  expect(() => trainingCall(net, 'lcnn-small', true)).toThrow(
    /training.gradientCheckpointing: lcnn-small has no blocks to compute again \(.*lcnn.* have\); set it to false/,
  );
  net.dispose();
});
