import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import type { Engine } from '../../src/runtime/engine.js';
import { startTestEngine } from '../support/engine.js';
import { residentMegabytes } from '../support/resident-memory.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

type Step = { x: tf.Tensor; seed: tf.Tensor };

const counts = () => [tf.memory().numTensors, engine.liveTensors()];

/** A step of gradient descent on the squared logits of a model. */
function descent(model: LayersModel) {
  const trained = [...variablesOf(namedWeights(model)).values()].filter(({ trainable }) => trainable);
  return ({ x, seed }: Step) => {
    const forward = () => tf.mean(tf.square(tf.sub(model.apply(x, { training: true, seed }) as tf.Tensor, 1)));
    const { value, grads } = tf.variableGrads(forward as () => tf.Scalar, trained);
    for (const variable of trained) variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 0.01)));
    return { loss: value };
  };
}

/** An LCNN with dropout, and what a step on it takes. */
function setUp() {
  const model = buildModel({ type: 'lcnn', width: 0.125 }, [48, 20], 1);
  const x = tf.randomNormal([4, 48, 20], 0, 1, 'float32', 3);
  return { model, x, step: descent(model) };
}

function run(step: (inputs: Step) => { loss: tf.Tensor }, x: tf.Tensor, seed: number): number {
  return tf.tidy(() => step({ x, seed: tf.scalar(seed, 'int32') }).loss.dataSync()[0]);
}

describe('a compiled function', () => {
  it('gives what the function gives, and assigns what it assigns', () => {
    const variable = tf.variable(tf.scalar(1));
    const fn = ({ x }: { x: tf.Tensor }) => {
      variable.assign(tf.add(variable, tf.sum(x)));
      return { product: tf.mul(x, variable), x, constant: tf.tensor1d([1, 2, 3]) };
    };
    const compiled = compile(fn);
    const x = tf.tensor1d([1, 2]);
    const first = compiled({ x });
    expect([...first.product.dataSync()]).toEqual([4, 8]);
    expect([...first.x.dataSync()]).toEqual([1, 2]);
    expect([...first.constant.dataSync()]).toEqual([1, 2, 3]);
    // Plain code and the compiled function see each other's assignments.
    expect(variable.dataSync()[0]).toBe(4);
    variable.assign(tf.scalar(10));
    expect([...compiled({ x }).product.dataSync()]).toEqual([13, 26]);
    expect(compiled.nRecordings).toBe(1);
    compiled.dispose();
    tf.dispose([variable, x]);
  });

  it('has 20 losses with dropout that are, to the bit, those of the plain function', () => {
    const [plain, other] = [setUp(), setUp()];
    const compiled = compile(other.step);
    for (let seed = 0; seed < 20; seed++) {
      expect(run(compiled, other.x, seed)).toBe(run(plain.step, plain.x, seed));
    }
    // Masks are drawn anew by the seed: the same step on the same weights differs.
    const drawn = compile(({ x, seed }: Step) => ({ y: other.model.apply(x, { training: true, seed }) as tf.Tensor }));
    const [a, b, c] = [1, 2, 1].map((seed) =>
      tf.tidy(() => drawn({ x: other.x, seed: tf.scalar(seed, 'int32') }).y.dataSync()[0]),
    );
    expect(a).not.toBe(b);
    expect(a).toBe(c);
    compiled.dispose();
    drawn.dispose();
  });

  it('is recorded once for each shape, and keeps the programs used last', () => {
    const compiled = compile(({ x }: { x: tf.Tensor }) => ({ y: tf.neg(x) }), { maxPrograms: 2 });
    const use = (length: number) => tf.tidy(() => compiled({ x: tf.ones([length]) }).y.shape);
    for (const length of [3, 4, 3, 4, 3]) expect(use(length)).toEqual([length]);
    expect(compiled.nRecordings).toBe(2);
    use(5); // drops 4
    use(3);
    expect(compiled.nRecordings).toBe(3);
    use(4);
    expect(compiled.nRecordings).toBe(4);
    compiled.dispose();
  });

  it('gives back all that it held', () => {
    const { model, x, step } = setUp();
    run(step, x, 0);
    const before = counts();
    const outer = tf.tidy(() => tf.square(x));
    const compiled = compile((inputs: Step) => ({ loss: tf.sum(tf.mul(step(inputs).loss, outer)) }));
    run(compiled, x, 1);
    expect(counts()).toEqual([before[0] + 2, before[1] + 2]);
    compiled.dispose();
    outer.dispose();
    expect(counts()).toEqual(before);
    // A disposed function starts anew.
    expect(run(compile(step), x, 1)).toBeTypeOf('number');
    model.dispose();
  });

  // 500 are watched by the trainer's own test, and 2,000 of LCNN's by `npm run bench -- step-memory`.
  it('runs 100 steps in the same memory', () => {
    const { model, x, step } = setUp();
    const compiled = compile(step);
    for (let seed = 0; seed < 50; seed++) run(compiled, x, seed);
    const [tensors, megabytes] = [counts(), residentMegabytes()];
    for (let seed = 0; seed < 100; seed++) run(compiled, x, seed);
    expect(counts()).toEqual(tensors);
    // The allocator's pools still move by some megabytes; 8 % is 330 KB a step, less than its activations.
    expect(residentMegabytes() / megabytes).toBeLessThan(1.08);
    expect(compiled.nRecordings).toBe(1);
    compiled.dispose();
    model.dispose();
  });

  it('gives memory back program by program', () => {
    const { model, x, step } = setUp();
    const once = () => {
      const compiled = compile(step);
      run(compiled, x, 1);
      compiled.dispose();
    };
    for (let i = 0; i < 5; i++) once();
    const [tensors, megabytes] = [counts(), residentMegabytes()];
    for (let i = 0; i < 8; i++) once();
    expect(counts()).toEqual(tensors);
    // From the fifth on it moves by 1 %; 3 % is less than 2 MB a program.
    expect(residentMegabytes() / megabytes).toBeLessThan(1.03);
    model.dispose();
  });
});
