import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { countParameters, namedWeights } from '../../src/models/named-weights.js';
import { describeOutputs, namedOutputs } from '../../src/models/outputs.js';
import { buildModel } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeModelContract } from '../support/model-contract.js';

const small = { width: 0.0625, nEmbedding: 3 };

describeModelContract('dual-branch', [
  {
    options: {
      ...small,
      split: 9,
      nAttacks: 0,
      dropout: 0.5,
      nLogits: 2,
      head: 'linear',
      pooling: { type: 'attentive-statistics', units: 4 },
    },
    inputShape: [17, 20],
    freeShape: [null, 20],
    nLogits: 2,
    isRandom: true,
  },
  {
    options: { ...small, split: 8, nAttacks: 0, dropout: 0, nLogits: 1, head: 'cosine', pooling: 'mean' },
    inputShape: [16, 16],
    freeShape: [null, 16],
    nLogits: 1,
    isRandom: false,
  },
]);

beforeAll(async () => {
  await startTestEngine();
});

test('has as many trained weights as its description says', () => {
  expect(countParameters(namedWeights(buildModel({ type: 'dual-branch' }, [400, 144], 1)))).toBe(728_265);
});

test('a second output tells the attacks, and trains every weight with the first', () => {
  const net = buildModel({ type: 'dual-branch', ...small, split: 9, nAttacks: 4, dropout: 0 }, [17, 20], 1);
  expect(describeOutputs(net)).toEqual({ nLogits: 2, kind: 'linear', nAttackClasses: 5 });
  const trained = [...namedWeights(net)].filter(([, { trainable }]) => trainable);
  const step = ({ x }: { x: tf.Tensor }) => {
    const { value, grads } = tf.variableGrads(
      () => {
        const { logits, attackLogits } = namedOutputs(net.apply(x, { training: true, seed: 1 }) as tf.Tensor[]);
        const target = tf.tensor2d([
          [1, 0, 0, 0, 0],
          [0, 0, 0, 1, 0],
        ]);
        const attacks = tf.sum(tf.mul(tf.logSoftmax(attackLogits as tf.Tensor), target));
        return tf.sub(
          tf.sum(
            tf.mul(
              tf.logSoftmax(logits),
              tf.tensor2d([
                [0, -1],
                [-1, 0],
              ]),
            ),
          ),
          attacks,
        ) as tf.Scalar;
      },
      trained.map(([, { variable }]) => variable),
    );
    return { value, ...Object.fromEntries(trained.map(([name, { variable }]) => [name, grads[variable.name]])) };
  };
  const compiled = compile(step);
  const x = spreadTensor([2, 17, 20], 1);
  const [eager, program]: Record<string, tf.Tensor>[] = [step({ x }), compiled({ x })];
  for (const [name, values] of Object.entries(eager)) {
    expect(tf.max(tf.abs(values)).dataSync()[0], name).toBeGreaterThan(0);
    expect(tf.max(tf.abs(tf.sub(values, program[name]))).dataSync()[0], name).toBeLessThan(1e-4);
  }
  compiled.dispose();
});

test('each branch sees its bins alone', () => {
  const net = buildModel({ type: 'dual-branch', ...small, split: 9, nAttacks: 0 }, [17, 20], 1);
  const embeddings = ['first', 'second'].map((name) => net.getLayer(`${name}-bins`).outputShape);
  expect(embeddings).toEqual([
    [null, 17, 9],
    [null, 17, 11],
  ]);
});

test('features that don’t reach beyond the split are refused', () => {
  for (const shape of [[400, 60], [400, 67], [7, 144], [64600]]) {
    expect(() => buildModel({ type: 'dual-branch' }, shape, 1)).toThrow(
      /dual-branch: expected .* on either side of split, got .* with split 60; join two features/,
    );
  }
});
