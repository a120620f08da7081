import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { printProgram } from '../../src/graph/program.js';
import { summarizeProgram } from '../../src/graph/summarize.js';
import { recomputed } from '../../src/layers/recomputed.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import type { Engine } from '../../src/runtime/engine.js';
import { startTestEngine } from '../support/engine.js';

const [ROWS, WIDTH, DEPTH] = [64, 16, 6];

type Step = { x: tf.Tensor; seed: tf.Tensor };

let engine: Engine;
let kernels: tf.Variable[];
let means: tf.Variable[];
let unused: tf.Variable;
beforeAll(async () => {
  engine = await startTestEngine();
  kernels = Array.from({ length: DEPTH }, (_, i) =>
    tf.tidy(() => tf.variable(tf.sub(uniformTensor([WIDTH, WIDTH], i, 7), 0.5))),
  );
  means = Array.from({ length: DEPTH }, () => tf.variable(tf.zeros([WIDTH]), false));
  unused = tf.variable(tf.zeros([3]));
});
afterAll(() => tf.dispose([...kernels, ...means, unused]));

/** A residual block with dropout, a moving average that it assigns, and a seed that it takes from around it. */
function block(x: tf.Tensor, seed: number | tf.Tensor, i: number): tf.Tensor {
  const h = tf.tanh(tf.matMul(x as tf.Tensor2D, kernels[i] as tf.Tensor2D));
  means[i].assign(tf.add(tf.mul(means[i], 0.9), tf.mean(h, 0)));
  const mask = tf.cast(tf.greater(uniformTensor(h.shape, seed, i), 0.3), 'float32');
  return tf.add(x, tf.square(tf.mul(h, mask)));
}

/** The gradients of a stack's mean, by the input and the kernels. */
function gradientsOf(isRecomputed: boolean) {
  return ({ x, seed }: Step): Record<string, tf.Tensor> => {
    const stack = (input: tf.Tensor): tf.Tensor => {
      let h = input;
      for (let i = 0; i < DEPTH; i++) {
        h = isRecomputed
          ? recomputed((y) => block(y, seed, i), [h], [kernels[i], means[i], unused])
          : block(h, seed, i);
      }
      return tf.mean(tf.square(h));
    };
    const { value, grads } = tf.engine().gradients(() => stack(x), [x, ...kernels], undefined as unknown as tf.Tensor);
    return { loss: value, ...Object.fromEntries(grads.map((gradient, i) => [`gradient${i}`, gradient])) };
  };
}

function run(step: (inputs: Step) => Record<string, tf.Tensor>): number[][] {
  return tf.tidy(() => {
    for (const mean of means) mean.assign(tf.zeros([WIDTH]));
    const results = step({ x: uniformTensor([ROWS, WIDTH], 5, 5), seed: tf.scalar(3, 'int32') });
    return [...Object.values(results), ...means].map((tensor) => [...tensor.dataSync()]);
  });
}

describe('a recomputed block', () => {
  it('has the result, the gradients and the assignments of the block itself, to the bit, eager and compiled', () => {
    const expected = run(gradientsOf(false));
    expect(expected.flat().filter((value) => value !== 0).length).toBeGreaterThan(ROWS * WIDTH);
    expect(run(gradientsOf(true))).toEqual(expected);
    const compiled = compile(gradientsOf(true));
    expect(run(compiled)).toEqual(expected);
    compiled.dispose();
  });

  it('leaves no tensor behind', () => {
    run(gradientsOf(true));
    const before = [tf.memory().numTensors, engine.liveTensors()];
    run(gradientsOf(true));
    expect([tf.memory().numTensors, engine.liveTensors()]).toEqual(before);
  });

  it('keeps less, and computes again only what waits for the gradient', () => {
    const inputs = () => ({ x: tf.zeros([ROWS, WIDTH]), seed: tf.scalar(1, 'int32') });
    const [plain, other] = [false, true].map((isRecomputed) =>
      tf.tidy(() => {
        const compiled = compile(gradientsOf(isRecomputed));
        const program = compiled.programFor(inputs());
        const text = printProgram(program);
        const { peakActivationBytes } = summarizeProgram(program);
        const nAwaiting = program.operations.filter(({ after }) => after !== undefined).length;
        compiled.dispose();
        return { text, peakActivationBytes, nAwaiting };
      }),
    );
    const count = (text: string) => text.match(/= Tanh\(/g)?.length;
    expect(count(plain.text)).toBe(DEPTH);
    expect(count(other.text)).toBe(2 * DEPTH);
    expect(plain.nAwaiting).toBe(0);
    expect(other.nAwaiting).toBeGreaterThan(3 * DEPTH);
    expect(other.peakActivationBytes).toBeLessThan(0.6 * plain.peakActivationBytes);
  });

  it('runs without a gradient, too', () => {
    const [direct, through] = tf.tidy(() => {
      const x = uniformTensor([ROWS, WIDTH], 1, 1);
      return [block(x, 1, 0), recomputed((y) => block(y, 1, 0), [x], [kernels[0], means[0]])].map((y) => [
        ...y.dataSync(),
      ]);
    });
    expect(through).toEqual(direct);
  });
});
