import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { CosineLogits } from '../../src/layers/cosine-logits.js';
import { angularLogits } from '../../src/losses/a-softmax.js';
import { softmaxLoss } from '../../src/losses/cross-entropy.js';
import type { ClassWeights, Loss, ModelHead } from '../../src/losses/loss.js';
import { targetsOf } from '../../src/losses/reduction.js';
import { createLoss, decisionScore, losses } from '../../src/losses/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { lossChecks } from '../../src/testing/loss-checks.js';
import { startTestEngine } from '../support/engine.js';

/** Source: core_modules of nii-yamagishilab and torch 2.9.1 in float32; tolerance 1e-5. */
const { embedding, cases } = JSON.parse(
  readFileSync(new URL('../fixtures/losses/reference.json', import.meta.url), 'utf8'),
);
const TOLERANCE = 1e-5;

beforeAll(startTestEngine);

const LINEAR: ModelHead = { nLogits: 2, kind: 'linear' };
const make = (loss: { type: string; [option: string]: unknown }, head: ModelHead, classWeights: ClassWeights = null) =>
  createLoss({ loss, classWeights }, [1, 1], head);

function expectNear(got: tf.Tensor, expected: unknown): void {
  const wanted = [expected].flat(Number.POSITIVE_INFINITY) as number[];
  expect(got.size).toBe(wanted.length);
  const values = got.dataSync();
  for (const [i, value] of wanted.entries()) {
    expect(Math.abs(values[i] - value), `${i}: ${values[i]} for ${value}`).toBeLessThan(
      TOLERANCE * Math.max(1, Math.abs(value)),
    );
  }
}

/** The loss of an embedding by a cosine layer with these weights, and both gradients: op by op, and as one program. */
function expectCosineCase(name: string, outputsToLoss: (cosines: tf.Tensor, targets: tf.Tensor) => tf.Scalar): void {
  const { weight, labels, loss, grad_embedding, grad_weight } = cases[name];
  const layer = new CosineLogits({ seed: 1, nLogits: weight[0].length });
  layer.build([null, weight.length]);
  layer.setWeights([tf.tensor2d(weight)]);
  const kernel = layer.trainableWeights[0].read() as tf.Variable;
  const input = tf.variable(tf.tensor2d(embedding));
  const compute = ({ targets }: { targets: tf.Tensor }) => {
    const { value, grads } = tf.variableGrads(
      () => outputsToLoss(layer.apply(input) as tf.Tensor, targets),
      [input, kernel],
    );
    return { loss: value, embedding: grads[input.name], weight: grads[kernel.name] };
  };
  const compiled = compile(compute);
  for (const run of [compute, compiled]) {
    const got = run({ targets: targetsOf(labels) });
    expectNear(got.loss, loss);
    expectNear(got.embedding, grad_embedding);
    expectNear(got.weight, grad_weight);
  }
  compiled.dispose();
}

describe('losses on cosines equal the reference, with their gradients, compiled and op by op', () => {
  test('am-softmax', () => {
    expectCosineCase(
      'am_softmax',
      make({ type: 'am-softmax', scale: 20, margin: 0.9 }, { nLogits: 2, kind: 'cosine' }),
    );
  });

  test('oc-softmax', () => {
    const options = { scale: 20, marginBonafide: 0.9, marginSpoof: 0.2 };
    expectCosineCase('oc_softmax', make({ type: 'oc-softmax', ...options }, { nLogits: 1, kind: 'cosine' }));
  });

  test('p2sgrad', () => {
    expectCosineCase('p2sgrad', make({ type: 'p2sgrad' }, { nLogits: 2, kind: 'cosine' }));
  });

  test('a-softmax’s logits, given the embedding’s own length', () => {
    const { weight, labels, loss } = cases.a_softmax;
    const layer = new CosineLogits({ seed: 1 });
    layer.build([null, weight.length]);
    layer.setWeights([tf.tensor2d(weight)]);
    const kernel = layer.trainableWeights[0].read() as tf.Variable;
    const input = tf.variable(tf.tensor2d(embedding));
    const targets = targetsOf(labels);
    const { value, grads } = tf.variableGrads(() => {
      const length = tf.norm(input, 2, 1, true);
      const cosines = layer.apply(input) as tf.Tensor;
      // The lambda that the reference starts from, at its first step.
      const logits = angularLogits(cosines, targets, length, { margin: 4, lambda: 1500 / 1.1 });
      return softmaxLoss(null, 0)(logits, targets);
    }, [input, kernel]);
    expectNear(value, loss);
    expectNear(grads[input.name], cases.a_softmax.grad_embedding);
    expectNear(grads[kernel.name], cases.a_softmax.grad_weight);
  });
});

describe('losses on logits equal torch, with their gradients, compiled and op by op', () => {
  function expectLogitCase(loss: Loss, logits: tf.Tensor, labels: number[], expected: { loss: number; grad: unknown }) {
    const compute = (inputs: { logits: tf.Tensor; targets: tf.Tensor }) => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x, inputs.targets))(inputs.logits);
      return { value, grad };
    };
    const compiled = compile(compute);
    for (const run of [compute, compiled]) {
      const got = run({ logits, targets: targetsOf(labels) });
      expectNear(got.value, expected.loss);
      expectNear(got.grad, expected.grad);
    }
    compiled.dispose();
  }

  test.each([
    ['weighted_ce', 0],
    ['weighted_ce_label_smoothing_0.1', 0.1],
  ])('%s', (name, labelSmoothingFactor) => {
    const { weight, logits, labels, ...expected } = cases[name];
    const loss = make({ type: 'cross-entropy', labelSmoothingFactor }, LINEAR, weight);
    expectLogitCase(loss, tf.tensor2d(logits), labels, expected);
  });

  test('focal', () => {
    const { logit, labels, ...expected } = cases['binary_focal_alpha0.25_gamma2'];
    const loss = make({ type: 'focal', gamma: 2, alpha: 0.25 }, { nLogits: 1, kind: 'linear' });
    expectLogitCase(loss, tf.tensor2d(logit, [6, 1]), labels, expected);
  });
});

describe('createLoss', () => {
  const values = [-30, -2, 0, 0.5, 40];
  let [labels, one, two]: tf.Tensor[] = [];
  beforeAll(() => {
    labels = targetsOf([1, 0, 1, 1, 0]);
    one = tf.tensor2d(values, [5, 1]);
    two = tf.tensor2d(values.map((value) => [0, value]));
  });
  const number = (scalar: tf.Tensor) => scalar.dataSync()[0] as number;

  it('gives binary cross-entropy and focal loss of one logit equal to those of [0, logit]', () => {
    const binary = make({ type: 'binary-cross-entropy' }, { nLogits: 1, kind: 'linear' });
    const softmax = make({ type: 'cross-entropy' }, LINEAR);
    expect(number(binary(one, labels))).toBeCloseTo(number(softmax(two, labels)), 5);
    const focal = (nLogits: number) => make({ type: 'focal' }, { nLogits, kind: 'linear' });
    expect(number(focal(1)(one, labels))).toBeCloseTo(number(focal(2)(two, labels)), 5);
  });

  it('gives focal loss without gamma as binary cross-entropy', () => {
    const focal = make({ type: 'focal', gamma: 0 }, { nLogits: 1, kind: 'linear' });
    const binary = make({ type: 'binary-cross-entropy' }, { nLogits: 1, kind: 'linear' });
    expect(number(focal(one, labels))).toBeCloseTo(number(binary(one, labels)), 5);
  });

  const heads = losses
    .entries()
    .map(([type, { needs }]) => [type, { nLogits: needs.nLogits[0], kind: needs.kind } as ModelHead] as const);

  it.each(heads)('weighs classes by inverse frequency when balanced: %s', (type, head) => {
    const outputs = tf.tensor2d([0.3, -0.2, 0.1, 0.9].slice(0, 2 * head.nLogits), [2, head.nLogits]);
    const targets = targetsOf([0, 1]);
    const loss = { type };
    const balanced = createLoss({ loss, classWeights: 'balanced' }, [30, 10], head);
    const explicit = createLoss({ loss, classWeights: [40 / 60, 40 / 20] }, [1, 1], head);
    expect(number(balanced(outputs, targets))).toBeCloseTo(number(explicit(outputs, targets)), 6);
    const plain = createLoss({ loss, classWeights: null }, [30, 10], head);
    expect(number(plain(outputs, targets))).not.toBeCloseTo(number(explicit(outputs, targets)), 3);
  });

  it.each(['cross-entropy', 'binary-cross-entropy', 'focal', 'oc-softmax'])(
    'of a mixed clip mixes as it does: %s',
    (type) => {
      const [, head] = heads.find(([name]) => name === type) as (typeof heads)[number];
      const outputs = tf.tensor2d([0.3, -0.2].slice(0, head.nLogits), [1, head.nLogits]);
      const at = (share: number) => number(make({ type }, head)(outputs, tf.tensor2d([[1 - share, share]])));
      expect(at(0.25)).toBeCloseTo(0.75 * at(0) + 0.25 * at(1), 5);
    },
  );

  it.each(['am-softmax', 'a-softmax', 'p2sgrad'])('draws a mixed clip to both classes alike: %s', (type) => {
    const loss = make({ type }, { nLogits: 2, kind: 'cosine' });
    const at = (row: number[], share: number) => number(loss(tf.tensor2d([row]), tf.tensor2d([[1 - share, share]])));
    expect(at([0.3, -0.2], 0.25)).toBeCloseTo(at([-0.2, 0.3], 0.75), 5);
    expect(at([0.3, -0.2], 0.25)).toBeLessThan(at([0.3, -0.2], 0.75));
  });

  it('refuses a loss that does not fit the model’s last layer, with what to set', () => {
    expect(() => make({ type: 'binary-cross-entropy' }, LINEAR)).toThrow(ConfigError);
    expect(() => make({ type: 'binary-cross-entropy' }, LINEAR)).toThrow(
      'training.loss: binary-cross-entropy needs a model with 1 logit a clip, got 2 logits; ' +
        'set model.nLogits to 1, or training.loss to "cross-entropy" or "focal"',
    );
    expect(() => make({ type: 'oc-softmax' }, LINEAR)).toThrow(
      /needs a model with 1 cosine a clip, got 2 logits; set model.head to "cosine" and model.nLogits to 1, or/,
    );
    expect(() => make({ type: 'cross-entropy' }, { nLogits: 2, kind: 'cosine' })).toThrow(
      /needs a model with 2 logits a clip, got 2 cosines; set model.head to "linear", or training.loss to "am-softmax"/,
    );
  });

  it('decides at score 0, and between the margins of one-class softmax', () => {
    expect(decisionScore({ type: 'cross-entropy' })).toBe(0);
    expect(decisionScore({ type: 'oc-softmax', marginBonafide: 0.8, marginSpoof: 0.4 })).toBeCloseTo(0.6, 12);
  });
});

describe.each(losses.entries())('%s keeps the contract of losses', (type, entry) => {
  for (const { name, run } of lossChecks(type, entry, [{}])) test(name, run);
});
