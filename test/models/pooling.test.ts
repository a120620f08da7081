import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile } from '../../src/graph/compile.js';
import { headSchema } from '../../src/models/head.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { poolingSchema } from '../../src/models/pooling.js';
import { parseOptions } from '../../src/runtime/options.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';
import { toy } from '../support/toy-model.js';

beforeAll(async () => {
  await startTestEngine();
});

const POOLINGS = [
  { type: 'mean' },
  { type: 'statistics' },
  { type: 'attentive-statistics', units: 3 },
  { type: 'attentive-statistics', units: 3, channelwise: false },
  { type: 'self-attention', units: 3, nHeads: 2 },
  { type: 'bilstm', units: 3, nLayers: 2 },
  { type: 'gru', units: 3, nLayers: 2 },
  { type: 'transformer', units: 8, nHeads: 2, nLayers: 2, dropout: 0.1 },
];
const HEADS = [{ type: 'linear' }, { type: 'mlp', units: 4, dropout: 0.2 }, { type: 'cosine' }];
const BATCH = 2;

const build = (pooling: unknown, head: unknown, seed = 1) =>
  toy.build(toy.schema.parse({ nChannels: 3, pooling, head }), [null, 4], seed);

describe.each([
  ...POOLINGS.map((pooling) => [pooling, HEADS[0]]),
  ...HEADS.slice(1).map((head) => [POOLINGS[0], head]),
])('%j and %j', (pooling, head) => {
  test('give logits and a gradient to each weight, eager and compiled alike', () => {
    const net = build(pooling, head);
    const trained = [...namedWeights(net)].filter(([, { trainable }]) => trainable);
    const step = ({ x, seed }: { x: tf.Tensor; seed: tf.Tensor }) => {
      const { value, grads } = tf.variableGrads(
        () => {
          const logits = net.apply(x, { training: true, seed }) as tf.Tensor;
          expect(logits.shape).toEqual([BATCH, 2]);
          return tf.sum(
            tf.mul(
              tf.logSoftmax(logits),
              tf.tensor2d([
                [1, 0.2],
                [0.3, 1],
              ]),
            ),
          ) as tf.Scalar;
        },
        trained.map(([, { variable }]) => variable),
      );
      return { value, ...Object.fromEntries(trained.map(([name, { variable }]) => [name, grads[variable.name]])) };
    };
    const compiled = compile(step);
    const inputs = { x: spreadTensor([BATCH, 5, 4], 1), seed: tf.scalar(3, 'int32') };
    const [eager, program]: Record<string, tf.Tensor>[] = [step(inputs), compiled(inputs)];
    for (const [name, values] of Object.entries(eager)) {
      expect(tf.max(tf.abs(values)).dataSync()[0], name).toBeGreaterThan(0);
      expect(tf.max(tf.abs(tf.sub(values, program[name]))).dataSync()[0], name).toBeLessThan(1e-4);
    }
    compiled.dispose();
  });
});

test('weights are named after their part, and none twice', () => {
  const names = [...namedWeights(build(POOLINGS[7], HEADS[1])).keys()];
  expect(names).toContain('pooling-block2-attention/query_kernel');
  expect(names).toContain('hidden/kernel');
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]+\/[a-z_]+$/);
});

test('a bare type stands for its defaults', () => {
  expect(poolingSchema.parse('gru')).toEqual({ type: 'gru', units: 128, nLayers: 1 });
  expect(headSchema.parse('mlp')).toEqual({ type: 'mlp', units: 128, activation: 'relu', dropout: 0 });
});

test('what is wrong in a part is told by its path, with the nearest option', () => {
  const schema = z.strictObject({ pooling: poolingSchema.prefault('mean') });
  const parse = (pooling: unknown) => () => parseOptions(schema, { pooling }, 'model');
  expect(parse({ type: 'gru', unit: 3 })).toThrow(/unknown option pooling\.unit \(did you mean "units"\?\)/);
  expect(parse({ type: 'transformer', units: 6, nHeads: 4 })).toThrow(/pooling\.nHeads: must divide units/);
  expect(parse('max')).toThrow(/pooling\.type: /);
});
