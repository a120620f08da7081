import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { softmaxLoss } from '../../src/losses/cross-entropy.js';
import { targetsOf } from '../../src/losses/reduction.js';
import { sharpnessAware } from '../../src/training/sam.js';
import { startTestEngine } from '../support/engine.js';

const { sam } = JSON.parse(readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'));

beforeAll(startTestEngine);

describe('sharpnessAware', () => {
  // Source: the paper's algorithm 1 in torch's float64 (test/fixtures/optim). Ours runs in float32: 1e-6.
  it.each([true, false])('gives the gradients of the paper’s algorithm (compiled: %s)', (isCompiled) => {
    const trained = new Map([
      ['kernel', tf.variable(tf.tensor2d(sam.kernel))],
      ['bias', tf.variable(tf.zeros([2]))],
    ]);
    const [kernel, bias] = [...trained.values()];
    const seen = tf.variable(tf.scalar(0), false);
    const targets = targetsOf(sam.labels);
    const step = ({ inputs }: { inputs: tf.Tensor }) => {
      const compute = () => {
        seen.assign(tf.add(seen, 1));
        const { value, grads } = tf.variableGrads(
          () => softmaxLoss(null, 0)(tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), bias), targets),
          [kernel, bias],
        );
        return { loss: value, gradients: new Map([...trained].map(([name, each]) => [name, grads[each.name]])) };
      };
      const { loss, gradients } = sharpnessAware(compute, trained, [seen], sam.rho);
      return { loss, kernel: gradients.get('kernel') as tf.Tensor, bias: gradients.get('bias') as tf.Tensor };
    };
    const compiled = compile(step);
    const run = isCompiled ? compiled : step;
    for (const [i, wanted] of sam.steps.entries()) {
      const before = [...kernel.dataSync()];
      const got = run({ inputs: tf.tensor2d(sam.inputs) });
      expect([...kernel.dataSync()]).toEqual(before);
      expect(seen.dataSync()[0]).toBe(i + 1);
      expect(got.loss.dataSync()[0]).toBeCloseTo(wanted.loss, 6);
      for (const [j, gradient] of [got.kernel, got.bias].entries()) {
        const values = gradient.dataSync();
        wanted.gradients[j].flat().forEach((expected: number, at: number) => {
          expect(values[at]).toBeCloseTo(expected, 6);
        });
      }
      kernel.assign(tf.sub(kernel, tf.mul(got.kernel, sam.learningRate)));
      bias.assign(tf.sub(bias, tf.mul(got.bias, sam.learningRate)));
    }
    compiled.dispose();
  });

  it('puts the weights back where the second pass fails', () => {
    const weight = tf.variable(tf.scalar(1));
    let passes = 0;
    const compute = () => {
      passes += 1;
      if (passes === 2) throw new Error('second');
      return { gradients: new Map([['w', tf.scalar(3)]]) };
    };
    expect(() => sharpnessAware(compute, new Map([['w', weight]]), [], 0.5)).toThrow('second');
    expect(weight.dataSync()[0]).toBe(1);
  });
});
