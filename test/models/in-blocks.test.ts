import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { summarizeProgram } from '../../src/graph/summarize.js';
import { inBlocks } from '../../src/models/in-blocks.js';
import type { ModelType } from '../../src/models/model.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { buildModel, models } from '../../src/models/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';

const SHAPE = [48, 20];

beforeAll(startTestEngine);

/** What a step on a fresh model gives: loss, gradients and batch statistics; and the memory it needs, if compiled. */
function stepOf(isInBlocks: boolean, isCompiled: boolean) {
  const net = buildModel({ type: 'lcnn', width: 0.25 }, SHAPE, 1);
  const weights = [...namedWeights(net).values()];
  const trained = weights.filter(({ trainable }) => trainable).map(({ variable }) => variable);
  const blocks = inBlocks(net, (models.ours.lcnn as ModelType).recomputation as readonly string[]);
  const step = ({ x, seed }: { x: tf.Tensor; seed: tf.Tensor }): Record<string, tf.Tensor> => {
    const args = { training: true, seed };
    const { value, grads } = tf.variableGrads(
      () => tf.mean(tf.square((isInBlocks ? blocks(x, args) : net.apply(x, args)) as tf.Tensor)) as tf.Scalar,
      trained,
    );
    return { value, ...Object.fromEntries(trained.map(({ name }, i) => [`gradient${i}`, grads[name]])) };
  };
  const compiled = compile(step);
  const inputs = { x: spreadTensor([4, ...SHAPE], 1), seed: tf.scalar(4, 'int32') };
  const outputs = isCompiled ? compiled(inputs) : tf.tidy(() => step(inputs));
  const values = [...Object.values(outputs), ...weights.map(({ variable }) => variable)].map((tensor) => [
    ...tensor.dataSync(),
  ]);
  const bytes = isCompiled ? summarizeProgram(compiled.programFor(inputs)).peakActivationBytes : Number.NaN;
  compiled.dispose();
  tf.dispose([outputs, inputs]);
  net.dispose();
  return { values, bytes };
}

describe('LCNN in blocks', () => {
  it('gives the loss, gradients and statistics of the model, to the bit, in less memory', () => {
    const plain = stepOf(false, true);
    const blocked = stepOf(true, true);
    expect(blocked.values).toEqual(plain.values);
    expect(stepOf(true, false).values).toEqual(plain.values);
    expect(blocked.bytes).toBeLessThan(0.9 * plain.bytes);
  });
});

it('refuses blocks that are none', () => {
  const net = buildModel({ type: 'lcnn', width: 0.25 }, SHAPE, 1);
  expect(() => inBlocks(net, ['nowhere'])).toThrow(ConfigError);
  // The skip around the LSTMs passes this one by.
  expect(() => inBlocks(net, ['lstm1'])).toThrow(/also takes .*; end blocks where a single tensor leads on/);
  net.dispose();
});
